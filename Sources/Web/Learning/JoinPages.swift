import Domain
import HTTPServer
import Templates

/// What an invitation's link leads to: the invitee sees who invites to what, sets a password or signs in, and joins.
enum JoinPages {
  /// GET /join/:token
  static func show(_ context: Context) throws -> Response {
    let token = context.request.parameters["token"] ?? ""
    do {
      let offer = try find(token, context)
      if offer.hasJoined { return try context.redirect(to: .learn(offer.organizationSlug, offer.programSlug)) }
      try note(offer, context)
      return try page(context, JoinModel(offer, .join(token), context.session?.viewer, mail: .joinMail(token)))
    } catch let refusal as JoinRefusal {
      return try JoinRefusedPages.page(context, refusal)
    }
  }

  /// POST /join/:token
  static func create(_ context: Context) throws -> Response {
    let token = context.request.parameters["token"] ?? ""
    do {
      let offer = try find(token, context)
      return try accept(offer, .join(token), context)
    } catch let refusal as JoinRefusal {
      return try JoinRefusedPages.page(context, refusal)
    }
  }

  /// POST /join/:token/mail: for whoever was passed a link that proves too little to choose a password.
  static func send(_ context: Context) throws -> Response {
    let token = context.request.parameters["token"] ?? ""
    do {
      let offer = try find(token, context)
      let isNew = try context.site.joining.sendAgain(offer)
      return try context.redirect(
        to: .join(token),
        saying: isNew
          ? .done("The invitation is on its way to \(offer.email). Open the link in that email to choose a password.")
          : .info("An email was asked for a few minutes ago. Look into the mailbox of \(offer.email), and try again later."))
    } catch let refusal as JoinRefusal {
      return try JoinRefusedPages.page(context, refusal)
    }
  }

  /// Joins whoever is signed in, or whoever sets the account's first password with this form.
  static func accept(_ offer: JoinOffer, _ action: Path, _ context: Context) throws -> Response {
    let program = Path.learn(offer.organizationSlug, offer.programSlug)
    let form = try context.form()
    let welcome = FlashMessage.done("You are a member of \(offer.programName).")
    if let viewer = context.session?.viewer {
      // Whoever is not the one who was invited has to say so on a page that names both.
      guard viewer.accountID == offer.user || form["as"] == "\(viewer.accountID)" else {
        return try page(context, JoinModel(offer, action, viewer))
      }
      let isNew = try context.site.joining.accept(offer, as: viewer.accountID)
      return try context.redirect(to: program, saying: isNew ? welcome : .info("You are a member of \(offer.programName) already."))
    }
    guard offer.maySetPassword else { return try context.redirect(to: .signIn(returningTo: action)) }
    do {
      _ = try context.site.joining.accept(offer, password: form["password"] ?? "", confirmation: form["confirmation"] ?? "")
    } catch let failure as Failure where failure.code == .invalid {
      return try page(context, JoinModel(offer, action, nil, failure: failure))
    }
    var response = try context.redirect(to: program)
    if let cookie = try context.site.sessions.open(account: offer.user) {
      response.setCookie(
        try context.site.cookies.make(context.site.cookies.session, cookie, maxAge: .seconds(SessionStore.absoluteSeconds)))
    }
    return response
  }

  static func page(_ context: Context, _ model: JoinModel) throws -> Response {
    try context.render(
      "learning/join",
      Page(
        "Join \(model.offer.programName)", in: [model.offer.organizationName], hasErrors: model.failure != nil,
        brandColor: model.offer.brandColor),
      ["join": model], status: model.failure == nil ? 200 : 422)
  }

  private static func find(_ token: String, _ context: Context) throws -> JoinOffer {
    try context.read { try context.site.joining.offer(token, to: context.session?.viewer.accountID, in: $0) }
  }

  /// A page is shown although its visit cannot be noted.
  private static func note(_ offer: JoinOffer, _ context: Context) throws {
    do {
      try context.site.joining.noteOpened(offer)
    } catch {
      context.site.log.problem("\(error)", id: context.request.id)
    }
  }
}

/// What the invitee is asked, by who is looking.
struct JoinModel: ValueConvertible {
  let offer: JoinOffer
  let action: Path
  let viewer: Viewer?
  let failure: Failure?
  /// Where the invitation is asked for by email; nil where it cannot be.
  let mail: Path?

  init(_ offer: JoinOffer, _ action: Path, _ viewer: Viewer?, failure: Failure? = nil, mail: Path? = nil) {
    (self.offer, self.action, self.viewer, self.failure, self.mail) = (offer, action, viewer, failure, mail)
  }

  private var isOther: Bool { viewer.map { $0.accountID != offer.user } ?? false }

  var templateValue: Value {
    [
      "organization": offer.organizationName,
      "program": offer.programName,
      "tagline": offer.tagline.isEmpty ? nil : offer.tagline,
      "banner": offer.banner.map(PictureModel.init),
      "name": offer.name,
      "email": offer.email,
      "errors": ErrorSummary(failure),
      "action": action,
      "password": viewer == nil && offer.maySetPassword ? ["fields": passwordFields] as Value : nil,
      "signIn": viewer == nil && !offer.maySetPassword ? signIn : nil,
      "button": viewer != nil && !isOther ? ["label": "Join \(offer.programName)"] as Value : nil,
      "other": other,
    ]
  }

  private var signIn: Value {
    ["link": Path.signIn(returningTo: action), "mail": offer.isCopied ? mail : nil]
  }

  private var passwordFields: [FormField] {
    let hint = "At least \(SetPassword.shortest) characters; a few words that do not belong together are good."
    let faults = failure?.fields ?? []
    return [
      FormField("password", "Choose a password", kind: .password, hint: hint, autocomplete: "new-password", faults: faults),
      FormField("confirmation", "The same password again", kind: .password, autocomplete: "new-password", faults: faults),
    ]
  }

  private var other: Value? {
    guard isOther, let viewer else { return nil }
    return ["invited": offer.email, "present": viewer.email, "account": "\(viewer.accountID)"]
  }
}
