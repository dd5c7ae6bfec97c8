import Domain
import HTTPServer
import Templates

/// The page behind a one-time link.
enum SetPasswordPages {
  /// GET /set-password/:token
  static func show(_ context: Context) throws -> Response {
    let token = context.request.parameters["token"] ?? ""
    do {
      return try page(context, SetPasswordModel(token: token, email: try context.site.setPassword.target(of: token).email))
    } catch let failure as Failure where failure.code == .gone {
      return try spent(context, failure)
    }
  }

  /// POST /set-password/:token
  static func create(_ context: Context) throws -> Response {
    let token = context.request.parameters["token"] ?? ""
    let form = try context.form()
    do {
      let target = try context.site.setPassword.target(of: token)
      do {
        try context.site.setPassword.set(form["password"] ?? "", confirmation: form["confirmation"] ?? "", token: token)
      } catch let failure as Failure where failure.code == .invalid {
        return try page(context, SetPasswordModel(token: token, email: target.email, failure: failure))
      }
      return try context.redirect(to: .signIn, saying: .done("Your password is set. Sign in with it."))
    } catch let failure as Failure where failure.code == .gone {
      return try spent(context, failure)
    }
  }

  private static func page(_ context: Context, _ model: SetPasswordModel) throws -> Response {
    try context.render(
      "identity/set-password", Page("Set your password", hasErrors: model.failure != nil), ["setPassword": model],
      status: model.failure == nil ? 200 : 422)
  }

  private static func spent(_ context: Context, _ failure: Failure) throws -> Response {
    try context.render(
      "identity/link-invalid", Page("This link no longer works"),
      ["linkInvalid": ["text": failure.sentence, "signInLink": Path.signIn] as Value],
      status: failure.code.status)
  }
}

private struct SetPasswordModel: ValueConvertible {
  let token: String
  let email: String
  var failure: Failure?

  var templateValue: Value {
    let faults = failure?.fields ?? []
    let hint = "At least \(SetPassword.shortest) characters; a few words that do not belong together are good."
    return [
      "email": email,
      "errors": ErrorSummary(failure),
      "action": Path.setPassword(token),
      "fields": [
        FormField("password", "New password", kind: .password, hint: hint, autocomplete: "new-password", faults: faults),
        FormField("confirmation", "The same password again", kind: .password, autocomplete: "new-password", faults: faults),
      ],
    ]
  }
}
