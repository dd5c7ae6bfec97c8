public import Database

/// Adds learners to coaching: people whom the organization knows, or one who is new.
public struct LearnerAdding: Sendable {
  let scope: OrganizationScope
  let now: Moment

  /// Adding by a viewer who reaches the whole organization.
  ///
  /// - Throws: `Failure.notFound` for whoever does not.
  public init(_ scope: OrganizationScope, at now: Moment) throws {
    guard scope.reachesOrganization else { throw Failure.notFound }
    (self.scope, self.now) = (scope, now)
  }

  private var organization: Int64 { scope.organization.id }
  private var writing: LearnerWriting { LearnerWriting(scope: scope, now: now) }

  /// Adds people whom the organization knows: all of them in one transaction, or nobody.
  ///
  /// - Returns: how many learners were added.
  /// - Throws: `Failure` with the faulty fields, those of `EngagementDraft` and `person`.
  public func add(_ people: [Int64], _ draft: EngagementDraft, in database: any Database) throws -> Int {
    let people = Set(people).sorted()
    guard !people.isEmpty else { throw LearnerAdding.fault("person", "Choose at least one person.") }
    return try adding(in: database) { tx in
      for part in InvitationSelection.parts(of: people) {
        try tx.run(
          """
          INSERT INTO adding (user_id) SELECT u.id FROM users u WHERE u.organization_id = \(organization) AND u.id IN (\(list: part))
            AND u.erased_at = '' ORDER BY u.id
          """)
      }
      try refuseUnfit(of: people.count, in: tx)
      return try writing.write(draft, in: tx)
    }
  }

  /// Adds one person by name and email, whom the organization comes to know where it does not yet.
  ///
  /// - Returns: the person's id.
  /// - Throws: `Failure` with the faulty fields, those of `EngagementDraft` and `name`, `email`, `external-id`.
  public func add(_ person: Inviting.Person, _ draft: EngagementDraft, in database: any Database) throws -> Int64 {
    let name = String(person.name.trimmingBlanks())
    let externalID = String(person.externalID.trimmingBlanks())
    var faults: [Failure.Field] = []
    var address: EmailAddress?
    do { address = try Inviting.check(name, person.email, externalID) } catch let failure as Failure { faults = failure.fields }
    do {
      let options = try database.read { try AddingOptions(scope: scope, in: $0) }
      _ = try draft.checked(options, learners: 1, in: scope.organization, at: now)
    } catch let failure as Failure where !failure.fields.isEmpty { faults += failure.fields }
    guard let address, faults.isEmpty else { throw Failure(.invalid, faults.map(\.sentence).joined(separator: " "), fields: faults) }
    return try adding(in: database) { tx in
      let account = try UserWriting.account(address, name: name, at: now, in: tx)
      let isKnown = try tx.scalar("SELECT COUNT(*) FROM users WHERE organization_id = \(organization) AND id = \(account)") > 0
      _ = try UserWriting.user(account, address, name: name, externalID: externalID, organization: organization, at: now, in: tx)
      if !isKnown { try tx.run("UPDATE organizations SET people = people + 1 WHERE id = \(organization)") }
      if try tx.scalar("SELECT CASE WHEN \(writing.isEngaged("\(account)")) THEN 1 ELSE 0 END") == 1 {
        throw LearnerAdding.fault("email", "This person has a current engagement already.")
      }
      try tx.run("INSERT INTO adding (user_id) VALUES (\(account))")
      _ = try writing.write(draft, in: tx)
      return account
    }
  }

  private func adding<T>(in database: any Database, _ body: (any Connection) throws -> T) throws -> T {
    try database.workbench { bench in
      try LearnerWriting.prepare(in: bench)
      return try bench.write(organization: organization) { tx in
        try tx.run("DELETE FROM adding")
        return try body(tx)
      }
    }
  }

  /// How many people are named one by one.
  private static let mostNamed = 5

  private func refuseUnfit(of chosen: Int, in tx: any Connection) throws {
    let missing = chosen - Int(try tx.scalar("SELECT COUNT(*) FROM adding"))
    if missing > 0 {
      throw LearnerAdding.fault(
        "person", "\(missing) of those chosen \(missing == 1 ? "is" : "are") nobody in this organization. Choose again.")
    }
    let people: SQL = "adding a \(.lookup) users u ON u.organization_id = \(organization) AND u.id = a.user_id"
    let kinds: [(when: SQL, words: String)] = [
      ("u.deactivated_at <> ''", "deactivated: reactivate first"), (writing.isEngaged("u.id"), "in coaching already"),
    ]
    var sentences: [String] = []
    for (condition, words) in kinds {
      let count = Int(try tx.scalar("SELECT COUNT(*) FROM \(people) WHERE \(condition)"))
      guard count > 0 else { continue }
      let names = try tx.all(
        """
        SELECT CASE WHEN u.name = '' THEN u.email ELSE u.name END FROM \(people) WHERE \(condition) ORDER BY u.search_key, u.id
        LIMIT \(LearnerAdding.mostNamed)
        """
      ) { $0.text(0) }
      let more = count > names.count ? " and \(count - names.count) more" : ""
      sentences.append("\(count) of those chosen \(count == 1 ? "is" : "are") \(words) (\(names.joined(separator: ", "))\(more)).")
    }
    if !sentences.isEmpty { throw LearnerAdding.fault("person", sentences.joined(separator: " ")) }
  }

  static func fault(_ field: String, _ sentence: String) -> Failure { Failure(.conflict, sentence, fields: [.init(field, sentence)]) }
}
