import Domain
import HTTPServer
import Templates

/// Each reason why an invitation cannot be accepted has a page that says it and what to do.
enum JoinRefusedPages {
  /// The page of a refusal.
  static func page(_ context: Context, _ refusal: JoinRefusal) throws -> Response {
    let (title, text, status) = words(refusal, context.format)
    return try context.render(
      "learning/join-refused", Page(title), ["refused": ["text": text, "signInLink": context.session == nil ? Path.signIn : nil] as Value],
      status: status)
  }

  private static func words(_ refusal: JoinRefusal, _ format: Format) -> (title: String, text: String, status: Int) {
    switch refusal {
    case .unknown:
      return (
        "This invitation is not known",
        "The link is not complete, or nobody at this address is invited. Open the link in the invitation again, or ask whoever invited you.",
        404
      )
    case .expired:
      return ("This invitation has expired", "It was open for a limited time. Ask whoever invited you to send it again.", 410)
    case .revoked:
      return (
        "This invitation was taken back",
        "It was taken back, or a newer one was sent: look for a later invitation in your mailbox, or ask whoever invited you.", 410
      )
    case .used:
      return (
        "This invitation was used",
        "Somebody has joined with it. If that was you, sign in with the account that you joined with; else ask whoever invited you.", 410
      )
    case .unproven:
      return (
        "Open the invitation in your mailbox",
        "Your password was set with a link that somebody passed on to you, so it opens one organization only. Sign out, open the link in the email that "
          + "invites you here, and choose a new one.", 403
      )
    case .noPlaces:
      return (
        "There is no place left",
        "Every place that was bought is taken. The administrators of the program have been told; your invitation stays open.", 409
      )
    case .notBegun(let start):
      return (
        "The program has not begun", "You can join from \(format.longDate(Moment(start))) on. Your invitation stays open.", 409
      )
    case .ended(let end):
      return (
        "The program has ended", "Joining was possible until \(format.longDate(Moment(end))). Ask whoever invited you whether it goes on.",
        409
      )
    case .programRemoved(let name):
      return (
        "This program was removed",
        "\(name) was removed by its organization, so nobody can join it any more. Ask whoever invited you whether there is another program for you.",
        410
      )
    case .alreadyMember:
      return (
        "You are in this program already",
        "The account that you are signed in with has a place in this program, so it cannot take another one. Sign in with the account that was invited.",
        409
      )
    }
  }
}
