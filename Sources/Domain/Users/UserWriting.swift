import Database

/// Finds or makes one person: the account of the installation, and the user of one organization. Imports do the same for many at once.
enum UserWriting {
  /// What a membership and an invitation repeat of a user.
  struct Known {
    let searchKey: String
    let emailKey: String
  }

  /// The account of that email, made where there is none.
  static func account(_ address: EmailAddress, name: String, at now: Moment, in tx: any Connection) throws -> Int64 {
    try tx.run(
      """
      INSERT INTO accounts (email, email_key, name, created_at) VALUES (\(address.text), \(address.key), \(name), \(now.text))
      ON CONFLICT (email_key) DO NOTHING
      """)
    // Held until the end of the transaction, so that nobody who erases the person elsewhere takes the account for unused.
    let held = SQL(sqlite: "", postgres: "FOR KEY SHARE")
    let id = try tx.scalar("SELECT id FROM accounts WHERE email_key = \(address.key) \(held)")
    guard id > 0 else { throw Failure(.conflict, "Somebody changed this person at the same moment. Try again.") }
    return id
  }

  /// The user that an account has in an organization, made where there is none. One that is there keeps its name, and gets the External ID where it
  /// has none.
  ///
  /// - Throws: `Failure` of code `conflict`, field `external-id`, when another person has that External ID or this one has another; `email` for a
  ///   person who is deactivated.
  static func user(
    _ account: Int64, _ address: EmailAddress, name: String, externalID: String, organization: Int64, at now: Moment, in tx: any Connection
  ) throws -> Known {
    let found = try tx.first(
      "SELECT external_id, deactivated_at, search_key, email_key FROM users WHERE organization_id = \(organization) AND id = \(account)"
    ) { (externalID: $0.textOrNil(0), isDeactivated: !$0.text(1).isEmpty, known: Known(searchKey: $0.text(2), emailKey: $0.text(3))) }
    if let found, found.isDeactivated {
      throw conflict("email", "This person is deactivated in the organization.")
    }
    if !externalID.isEmpty {
      let holder = try tx.scalar("SELECT id FROM users WHERE organization_id = \(organization) AND external_id = \(externalID)")
      if holder != 0 && holder != account { throw conflict("external-id", "Another person has the External ID \(externalID).") }
      if let other = found?.externalID, other != externalID { throw conflict("external-id", "This person has the External ID \(other).") }
    }
    if let found {
      if found.externalID == nil && !externalID.isEmpty {
        try tx.run("UPDATE users SET external_id = \(externalID) WHERE organization_id = \(organization) AND id = \(account)")
      }
      return found.known
    }
    let known = Known(searchKey: name.folded + "\n" + address.key, emailKey: address.key)
    try tx.run(
      """
      INSERT INTO users (organization_id, id, search_key, email_key, name, email, external_id, created_at)
      VALUES (\(organization), \(account), \(known.searchKey), \(known.emailKey), \(name), \(address.text),
        \(externalID.isEmpty ? nil : externalID), \(now.text))
      """)
    return known
  }

  private static func conflict(_ field: String, _ sentence: String) -> Failure {
    Failure(.conflict, sentence, fields: [.init(field, sentence)])
  }
}
