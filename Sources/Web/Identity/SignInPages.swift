import Domain
import HTTPServer
import Templates

/// Sign-in and sign-out.
enum SignInPages {
  /// GET /sign-in
  static func show(_ context: Context) throws -> Response {
    let destination = context.afterSignIn(context.request.query["return"])
    // Whoever has a role is led on; the others have nowhere to go but to another account.
    if let session = context.session, !session.viewer.grants.isEmpty { return try context.redirect(to: destination ?? .start) }
    return try page(context, SignInModel(destination: destination))
  }

  /// POST /sign-in
  static func create(_ context: Context) throws -> Response {
    let form = try context.form()
    let email = form["email"] ?? ""
    let destination = context.afterSignIn(form["return"])
    let opened: SignIn.Opened
    do {
      try check(email, form["password"] ?? "")
      opened = try context.site.signIn.open(email: email, password: form["password"] ?? "", address: context.request.peer)
    } catch let failure as Failure where failure.code == .invalid {
      return try page(context, SignInModel(destination: destination, email: email, failure: failure))
    }
    if let session = context.session { try context.site.sessions.end(session) }
    context.settle { try context.site.signIn.settle(opened) }
    var response = try context.redirect(to: destination ?? .start)
    response.setCookie(
      try context.site.cookies.make(context.site.cookies.session, opened.cookie, maxAge: .seconds(SessionStore.absoluteSeconds)))
    return response
  }

  /// POST /sign-out
  static func end(_ context: Context, _ viewer: Viewer) throws -> Response {
    if let session = context.session { try context.site.sessions.end(session) }
    var response = try context.farewell(to: .signIn, saying: .done("You are signed out."))
    response.setCookie(try context.site.cookies.remove(context.site.cookies.session))
    return response
  }

  private static func check(_ email: String, _ password: String) throws {
    var faults: [Failure.Field] = []
    if email.isEmpty { faults.append(.init("email", "Email is missing.")) }
    if password.isEmpty { faults.append(.init("password", "Password is missing.")) }
    if !faults.isEmpty { throw Failure(.invalid, "Email or password is missing.", fields: faults) }
  }

  private static func page(_ context: Context, _ model: SignInModel) throws -> Response {
    try context.render(
      "identity/sign-in", Page("Sign in", hasErrors: model.failure != nil), ["signIn": model], status: model.failure == nil ? 200 : 422)
  }
}

extension Context {
  /// Writes what may also wait. The person is signed in or out already, whatever becomes of it.
  fileprivate func settle(_ body: () throws -> Void) {
    do {
      try body()
    } catch {
      site.log.problem("\(error)", id: request.id)
    }
  }

  /// Where sign-in leads on to; nil where that would be sign-in again.
  fileprivate func afterSignIn(_ text: String?) -> Path? { destination(text).flatMap { $0.text.hasPrefix(Path.signIn.text) ? nil : $0 } }
}

private struct SignInModel: ValueConvertible {
  var destination: Path?
  var email = ""
  var failure: Failure?

  var templateValue: Value {
    let faults = failure?.fields ?? []
    return [
      "lede": destination == nil ? nil : "Sign in to go on to the page you asked for.",
      "errors": ErrorSummary(failure),
      "action": Path.signIn,
      "returnPath": destination?.text ?? "",
      "fields": [
        FormField("email", "Email", kind: .email, value: email, autocomplete: "username", faults: faults),
        FormField("password", "Password", kind: .password, autocomplete: "current-password", faults: faults),
      ],
    ]
  }
}
