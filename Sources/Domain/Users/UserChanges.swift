public import Database

/// What administrators change of a person: identity and attributes, and whether the person may sign in.
public struct UserChanges: Sendable {
  /// What may be changed of a person, as typed. The email is the sign-in of an account, which may be in other organizations too, and stays.
  public struct Draft: Sendable, Equatable {
    /// The name, and the customer's own id, which may be empty.
    public var name = "", externalID = ""
    /// The nine attributes; an empty or missing one is none.
    public var attributes: [Attribute: String] = [:]

    /// Nothing typed yet.
    public init() {}

    /// What a person has.
    public init(_ user: User) { (name, externalID, attributes) = (user.name, user.externalID, user.attributes) }
  }

  let scope: OrganizationScope
  let database: any Database
  let now: Moment

  /// Changes by a viewer who reaches the whole organization.
  ///
  /// - Throws: `Failure.notFound` for whoever does not.
  public init(_ scope: OrganizationScope, in database: any Database, at now: Moment) throws {
    guard scope.reachesOrganization else { throw Failure.notFound }
    (self.scope, self.database, self.now) = (scope, database, now)
  }

  private var organization: Int64 { scope.organization.id }

  /// The longest text, in bytes; an import takes the same.
  static let longest = 1000

  /// Whether a text is short enough, and every character of it can be printed.
  static func isFit(_ text: String) -> Bool {
    text.utf8.count <= longest && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
  }

  /// Saves what was typed.
  ///
  /// - Throws: `Failure`: `invalid` with the faulty fields (`name`, `external-id`, or an attribute's raw value), `conflict` for an External ID that
  ///   another person has, `notFound`.
  public func save(_ user: Int64, _ typed: Draft) throws {
    let draft = try UserChanges.checked(typed)
    try database.write(organization: organization, patience: .seconds(30)) { tx in
      let present = Draft(try UserProfile.find(id: user, scope: scope, now: now, in: tx).user)
      guard draft != present else { return }
      if !draft.externalID.isEmpty {
        let holder = try tx.scalar("SELECT id FROM users WHERE organization_id = \(organization) AND external_id = \(draft.externalID)")
        if holder != 0 && holder != user {
          throw UserChanges.conflict("external-id", "Another person has the External ID \(draft.externalID).")
        }
      }
      try write(user, draft, in: tx)
      let changed = draft.changes(from: present)
      try audit("user_changed", user, changed, in: tx)
    }
  }

  /// Writes a checked draft, and what memberships and invitations repeat of a person.
  private func write(_ user: Int64, _ draft: Draft, in tx: any Connection) throws {
    let externalID: String? = draft.externalID.isEmpty ? nil : draft.externalID
    let changes = try Attribute.allCases.map { attribute -> SQL in
      let value = try AttributeValues.id(of: draft.attributes[attribute] ?? "", attribute, organization: organization, in: tx)
      return "\(attribute.column) = \(value)"
    }
    try tx.run(
      """
      UPDATE users SET name = \(draft.name), search_key = CAST(\(draft.name.folded + "\n") AS TEXT) || email_key, external_id = \(externalID),
        \(SQL.join(changes, ", ")) WHERE organization_id = \(organization) AND id = \(user)
      """)
    try tx.run(
      """
      UPDATE invitations SET search_key = (SELECT u.search_key FROM users u WHERE u.organization_id = \(organization) AND u.id = \(user))
      WHERE organization_id = \(organization) AND user_id = \(user)
      """)
    let programs = try tx.all("SELECT program_id FROM memberships WHERE organization_id = \(organization) AND user_id = \(user)") {
      $0.int(0)
    }
    try EngagementFigures.settleRows(ofLearner: user, organization, at: now, in: tx)
    for program in programs {
      try Figure.copies.settle(.few(FewMembers(organization: organization, program: program, users: [user])), in: tx)
    }
  }

  /// Keeps a person from signing in to this organization, at once, and ends the coaching that is under way. Memberships, licenses and history stay. Of
  /// somebody who cannot sign in already it is noted again, so that whoever undoes the first decision does not undo this one.
  ///
  /// - Throws: `Failure` of code `conflict` for oneself and for the last organization admin; `notFound`.
  public func deactivate(_ user: Int64) throws {
    try database.write(organization: organization, patience: .seconds(30)) { tx in
      let profile = try UserProfile.find(id: user, scope: scope, now: now, in: tx)
      if !profile.deactivatedAt.isEmpty, profile.deactivatedAt >= now.text { return }
      if let fault = try faultOfDeactivating(user, in: tx) { throw Failure(.conflict, fault) }
      // Whoever cannot sign in is not coached, and where the first decision took the coaching away this one does.
      _ = try EngagementFigures.keeping(learners: [user], of: organization, at: now, in: tx) {
        try tx.run(
          """
          UPDATE engagements SET deactivated_at = \(now.text) WHERE organization_id = \(organization) AND user_id = \(user)
            AND ((deactivated_at = '' AND EXISTS (SELECT 1 FROM engagement_rows r
              WHERE r.organization_id = engagements.organization_id AND r.engagement_id = engagements.id AND \(Stage.isCurrent("r.stage"))))
              OR (deactivated_at <> '' AND deactivated_at = \(profile.deactivatedAt)))
          """)
        try tx.run("UPDATE users SET deactivated_at = \(now.text) WHERE organization_id = \(organization) AND id = \(user)")
      }
      try SessionStore.end(accounts: "\(user)", leaving: organization, in: tx)
      try audit("user_deactivated", user, [], in: tx)
    }
  }

  /// Why a person cannot be deactivated; nil where it is possible.
  public func faultOfDeactivating(_ user: Int64, in connection: any Connection) throws -> String? {
    if user == scope.viewer.accountID { return "You cannot deactivate yourself. Ask another administrator to do it." }
    let administrators = try connection.all(
      """
      SELECT r.account_id FROM role_assignments r JOIN accounts a ON a.id = r.account_id AND a.deactivated_at = ''
      WHERE r.role = 'ORGANIZATION_ADMIN' AND r.organization_id = \(organization) AND NOT EXISTS (
        SELECT 1 FROM users u WHERE u.organization_id = \(organization) AND u.id = r.account_id AND u.deactivated_at <> '')
      """
    ) { $0.int(0) }
    return administrators == [user]
      ? "This is the last administrator of the organization, who cannot be deactivated. Make somebody else an administrator first." : nil
  }

  /// Lets a person sign in again; coaching that ended at the same moment goes on.
  ///
  /// - Throws: `Failure.notFound`.
  public func reactivate(_ user: Int64) throws {
    try database.write(organization: organization, patience: .seconds(30)) { tx in
      let profile = try UserProfile.find(id: user, scope: scope, now: now, in: tx)
      guard !profile.deactivatedAt.isEmpty else { return }
      _ = try EngagementFigures.keeping(learners: [user], of: organization, at: now, in: tx) {
        try tx.run(
          """
          UPDATE engagements SET deactivated_at = '' WHERE organization_id = \(organization) AND user_id = \(user)
            AND deactivated_at = \(profile.deactivatedAt)
          """)
        try tx.run("UPDATE users SET deactivated_at = '' WHERE organization_id = \(organization) AND id = \(user)")
      }
      try audit("user_reactivated", user, [], in: tx)
    }
  }

  private func audit(_ action: String, _ user: Int64, _ values: [(name: String, value: String)], in tx: any Connection) throws {
    try AuditTrail.record(
      action, by: scope.viewer.accountID, organization: organization, about: .init(kind: "user", id: user), values: values, at: now, in: tx)
  }

  private static func conflict(_ field: String, _ sentence: String) -> Failure {
    Failure(.conflict, sentence, fields: [.init(field, sentence)])
  }

  private static func checked(_ typed: Draft) throws -> Draft {
    var (draft, faults) = (Draft(), [Failure.Field]())
    draft.name = String(typed.name.trimmingBlanks())
    if draft.name.isEmpty || !isFit(draft.name) {
      faults.append(.init("name", "The name must have at least one character, not too many, and all of them printable."))
    }
    draft.externalID = String(typed.externalID.trimmingBlanks())
    if !isFit(draft.externalID) {
      faults.append(.init("external-id", "The External ID is too long, or has characters that cannot be printed."))
    }
    for attribute in Attribute.allCases {
      let value = String((typed.attributes[attribute] ?? "").trimmingBlanks())
      if !isFit(value) {
        faults.append(.init(attribute.rawValue, "\(attribute.label) is too long, or has characters that cannot be printed."))
      }
      if !value.isEmpty { draft.attributes[attribute] = value }
    }
    if !faults.isEmpty { throw Failure(.invalid, faults.map(\.sentence).joined(separator: " "), fields: faults) }
    return draft
  }
}

extension UserChanges.Draft {
  /// What differs, by names for the trail.
  fileprivate func changes(from present: UserChanges.Draft) -> [(name: String, value: String)] {
    var changes: [(name: String, value: String)] = []
    if name != present.name { changes.append(("name", name)) }
    if externalID != present.externalID { changes.append(("external_id", externalID)) }
    for attribute in Attribute.allCases where attributes[attribute] != present.attributes[attribute] {
      changes.append((attribute.rawValue, attributes[attribute] ?? ""))
    }
    return changes
  }
}

extension AttributeValues {
  /// The id of an attribute's value, which is made where the organization does not have it; nil for an empty one.
  static func id(of value: String, _ attribute: Attribute, organization: Int64, in tx: any Connection) throws -> Int64? {
    if value.isEmpty { return nil }
    try tx.run(
      """
      INSERT INTO attribute_values (organization_id, attribute, value) VALUES (\(organization), \(attribute.rawValue), \(value))
      ON CONFLICT (organization_id, attribute, value) DO NOTHING
      """)
    return try tx.scalar(
      "SELECT id FROM attribute_values WHERE organization_id = \(organization) AND attribute = \(attribute.rawValue) AND value = \(value)")
  }
}
