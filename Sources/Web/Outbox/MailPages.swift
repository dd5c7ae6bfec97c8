import Database
import Domain
import HTTPServer
import Templates

/// One mail of the outbox.
enum MailPages {
  /// GET /o/{slug}/outbox/{mail}
  static func show(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let model = try load(context, scope)
    var response = try context.render(
      "outbox/mail", Page(model.title, in: ["Outbox"], at: .settings), ["heading": model.heading, "mail": model, "view": model.view])
    MailView.allowFrame(&response)
    return response
  }

  /// GET /o/{slug}/outbox/{mail}/body: the HTML as it arrives.
  static func body(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    guard let sent = try load(context, scope).sent else { throw Failure.notFound }
    return MailView.body(sent)
  }

  /// POST /o/{slug}/outbox/{mail}/retry
  static func retry(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let id = context.mailID
    try context.site.database.write(organization: scope.organization.id, patience: .seconds(5)) { tx in
      try OutboxMail.retry(id, scope: scope, at: context.now, in: tx)
    }
    return try context.redirect(to: .mail(scope.organization.slug, id), saying: .done("The email will be sent again."))
  }

  private static func load(_ context: Context, _ scope: OrganizationScope) throws -> MailPageModel {
    try context.read { connection in
      let mail = try OutboxMail.find(context.mailID, scope: scope, in: connection)
      // What was sent is shown as it was sent; anything else as it would be sent now.
      let facts = try MailFacts.load(mail.item, at: context.now, in: connection)
      let kept = try mail.sent(in: connection).map { context.site.renderer.unsealed($0, facts) }
      // Of a mail without a recipient, who was erased, there is nothing to write any more.
      let sent = mail.item.recipient.isEmpty ? nil : try kept ?? facts.map { try context.site.renderer.render($0) }
      let house = try MailFacts.house(scope.organization.id, in: connection)?.house
      return MailPageModel(context: context, scope: scope, mail: mail, sent: sent, sender: house?.senderName ?? "")
    }
  }
}

extension Context {
  /// The mail of the address; 0, which none has, for anything that is no number.
  fileprivate var mailID: Int64 { request.parameters["mail"].flatMap { Int64($0) } ?? 0 }
}

/// A mail as it arrives, in a frame of its own, and as text.
struct MailView: ValueConvertible {
  let subject: String, text: String, frame: Path, links: [String]

  /// - Parameters:
  ///   - frame: where the HTML is.
  ///   - publicURL: what the links begin with that lead here.
  init(_ sent: SentMail, frame: Path, publicURL: PublicURL) {
    (subject, text, self.frame) = (sent.subject, sent.text, frame)
    var links: [String] = []
    for word in sent.text.split(whereSeparator: \.isWhitespace)
    where word.hasPrefix(publicURL.description + "/") && !links.contains(String(word)) {
      links.append(String(word))
    }
    self.links = links
  }

  var templateValue: Value {
    [
      "subject": subject, "text": text, "frame": frame,
      "links": links.isEmpty
        ? Value.null
        : ["items": links.compactMap { text in Link(checking: text).map { ["text": text, "link": Value.link($0)] as Value } }] as Value,
    ]
  }

  /// The HTML on its own: its inline styles count, nothing is loaded, nothing runs.
  static func body(_ sent: SentMail) -> Response {
    var response = Response.html(Array(sent.html.utf8))
    response.headers["Content-Security-Policy"] =
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'; base-uri 'none'; "
      + "sandbox allow-popups allow-popups-to-escape-sandbox"
    return response
  }

  /// Lets a page show the frame.
  static func allowFrame(_ response: inout Response) {
    response.headers["Content-Security-Policy"] = SecurityHeaders.contentSecurityPolicy + "; frame-src 'self'"
  }
}

private struct MailPageModel: ValueConvertible {
  let context: Context
  let scope: OrganizationScope
  let mail: OutboxMail
  let sent: SentMail?
  let sender: String

  private var slug: String { scope.organization.slug }
  var title: String { sent?.subject ?? mail.item.kind.label }
  var heading: Value { Page.heading(up: LinkModel(label: "Outbox", link: .outbox(slug)), lede: nil) }
  var view: MailView? { sent.map { MailView($0, frame: .mailBody(slug, mail.id), publicURL: context.site.settings.publicURL) } }

  var templateValue: Value {
    [
      "badges": [mail.state.badge], "facts": facts.map { ["label": $0.0, "value": $0.1] as Value },
      "failure": mail.state == .sent || mail.failure.isEmpty ? nil : mail.failure,
      "retry": mail.state == .failed && !mail.item.recipient.isEmpty ? ["link": Path.mailRetry(slug, mail.id)] as Value : nil,
      "nothing": sent != nil
        ? nil
        : mail.item.recipient.isEmpty
          ? "The person whom this email was for was erased, and its text with it."
          : "The occasion of this email has gone, so there is nothing to show.",
    ]
  }

  private var facts: [(String, String)] {
    let format = context.format
    let name = sender.isEmpty ? scope.organization.name : sender
    let to = mail.item.recipient.isEmpty ? mail.name : mail.name.isEmpty ? mail.item.recipient : "\(mail.name) <\(mail.item.recipient)>"
    var facts = [
      ("To", to), ("From", "\(name) <\(context.site.settings.mailAddress)>"), ("Kind", mail.item.kind.label),
      ("Created", format.time(mail.item.createdAt)),
    ]
    if !mail.programName.isEmpty { facts.insert(("Program", mail.programName), at: 3) }
    switch mail.state {
    case .sent: facts.append(("Sent", format.time(mail.sentAt)))
    case .waiting: facts.append(("Not before", format.time(mail.dueAt)))
    case .sending, .failed, .dropped: break
    }
    facts.append(("Attempts", format.number(mail.attempts)))
    return facts
  }
}
