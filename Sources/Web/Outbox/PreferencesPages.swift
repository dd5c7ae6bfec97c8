import Database
import Domain
import HTTPServer
import Templates

/// Where the reader of a mail chooses which emails come, without signing in: whoever holds the link is the reader.
enum PreferencesPages {
  /// GET /preferences/{token}
  static func show(_ context: Context) throws -> Response {
    let token = try token(context)
    let preferences = try context.read { try EmailPreferences.find(token, in: $0) }
    return try context.render(
      "outbox/preferences", Page("Your emails", in: [preferences.organizationName], brandColor: preferences.brandColor),
      [
        "preferences": [
          "organization": preferences.organizationName, "email": preferences.email, "action": Path.preferences(token.text),
          "announcements": preferences.announcements,
        ] as Value
      ])
  }

  /// POST /preferences/{token}
  static func save(_ context: Context) throws -> Response {
    let token = try token(context)
    let announcements = try context.form()["announcements"] == "yes"
    try context.site.database.write(organization: token.organization, patience: .seconds(5)) { tx in
      try EmailPreferences.set(announcements: announcements, for: token, at: context.now, in: tx)
    }
    return try context.redirect(to: .preferences(token.text), saying: .done("Your choice is saved."))
  }

  private static func token(_ context: Context) throws -> PreferencesToken {
    guard let token = PreferencesToken(context.request.parameters["token"] ?? "", key: context.site.key) else {
      throw Failure(.notFound, "This link is not complete. Open it again from the email, or copy all of it.")
    }
    return token
  }
}
