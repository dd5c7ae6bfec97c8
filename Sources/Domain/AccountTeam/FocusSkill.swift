public import Database

/// A skill that a learner's focus areas are chosen from; the same list for every organization.
public struct FocusSkill: Sendable, Equatable {
  /// The row's id.
  public let id: Int64
  /// The name, unique.
  public let name: String

  /// Every one, by name. Learners choose among them, so anybody may read the list.
  public static func all(in connection: any Connection) throws -> [FocusSkill] {
    try connection.all("SELECT id, name FROM focus_skills ORDER BY name_key, id") { FocusSkill(id: $0.int(0), name: $0.text(1)) }
  }

  /// Finds one, for the account team.
  ///
  /// - Throws: `Failure.notFound`.
  public static func find(id: Int64, of owner: SetUpOwner, in connection: any Connection) throws -> FocusSkill {
    let found = try connection.first("SELECT id, name FROM focus_skills WHERE id = \(id)") { FocusSkill(id: $0.int(0), name: $0.text(1)) }
    guard owner.id == 0, let found else { throw Failure.notFound }
    return found
  }

  /// Makes one, or renames the one of an id.
  ///
  /// - Throws: `Failure`: `invalid` and `conflict` with the field `name`; `notFound`.
  public static func save(
    name: String, id: Int64? = nil, of owner: SetUpOwner, at now: Moment, in database: any Database
  ) throws -> Saved {
    try database.write(organization: 0, patience: .seconds(30)) { try save(name: name, id: id, of: owner, at: now, in: $0) }
  }

  static func save(name: String, id: Int64?, of owner: SetUpOwner, at now: Moment, in tx: any Connection) throws -> Saved {
    guard owner.id == 0 else { throw Failure.notFound }
    let present = try id.map { try find(id: $0, of: owner, in: tx) }
    let name = DraftFaults.tidied(name)
    var faults = DraftFaults()
    faults.name(name)
    try faults.refuse()
    let taken = try tx.scalar("SELECT COUNT(*) FROM focus_skills WHERE name_key = \(name.folded) AND id <> \(id ?? 0)")
    faults.require(taken == 0, "name", "There is a focus skill \"\(name)\" already. Choose another name.")
    try faults.refuse(.conflict)
    guard let present else {
      let made = try tx.scalar("INSERT INTO focus_skills (name, name_key) VALUES (\(name), \(name.folded)) RETURNING id")
      try audit("focus_skill_created", made, name, owner, at: now, in: tx)
      return Saved(id: made, isNew: true, changes: [])
    }
    guard present.name != name else { return Saved(id: present.id, isNew: false, changes: []) }
    try tx.run("UPDATE focus_skills SET name = \(name), name_key = \(name.folded) WHERE id = \(present.id)")
    try EngagementFigures.settleRows(ofSkill: present.id, at: now, in: tx)
    try audit("focus_skill_changed", present.id, name, owner, at: now, in: tx)
    return Saved(id: present.id, isNew: false, changes: [.init(name: "name", before: present.name, after: name)])
  }

  /// Why it cannot be deleted; nil where it can.
  public func use(in connection: any Connection) throws -> String? {
    try SetUpUse.sentence([
      (connection.scalar("SELECT COUNT(*) FROM focus_areas WHERE focus_skill_id = \(id)"), "focus area", "focus areas"),
      (connection.scalar("SELECT COUNT(*) FROM coaching_group_skills WHERE focus_skill_id = \(id)"), "group", "groups"),
    ])
  }

  /// Deletes one that nothing uses.
  ///
  /// - Throws: `Failure` of code `conflict` that says what uses it; `notFound`.
  public static func remove(id: Int64, of owner: SetUpOwner, at now: Moment, in database: any Database) throws {
    try database.write(organization: 0, patience: .seconds(30)) { tx in
      let present = try find(id: id, of: owner, in: tx)
      if let use = try present.use(in: tx) { throw Failure(.conflict, use) }
      try tx.run("DELETE FROM focus_skills WHERE id = \(id)")
      try audit("focus_skill_removed", id, present.name, owner, at: now, in: tx)
    }
  }

  private static func audit(
    _ action: String, _ id: Int64, _ name: String, _ owner: SetUpOwner, at now: Moment, in tx: any Connection
  ) throws {
    try AuditTrail.record(
      action, by: owner.viewer.accountID, about: .init(kind: "focus_skill", id: id), values: [("name", name)], at: now, in: tx)
  }
}

extension FocusSkill {
  /// What the list may be sorted by.
  public enum Key: String, Sendable {
    case name
  }

  /// Finds those whose name contains a text.
  ///
  /// - Throws: `Failure.notFound` for an organization.
  public static func list(
    of owner: SetUpOwner, search: String, sort: Sorting<Key>, request: PageRequest, in connection: any Connection
  ) throws -> ShortList<FocusSkill> {
    guard owner.id == 0 else { throw Failure.notFound }
    return ShortList(
      try all(in: connection), search: search, descending: sort.descending, request: request, texts: { [$0.name] },
      key: { (0, $0.name.folded) })
  }

  /// The same, all of them, as CSV with a byte order mark.
  public static func write(
    search: String, sort: Sorting<Key>, in connection: any Connection, to sink: @escaping (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let found = ShortList.found(
      try all(in: connection), search: search, descending: sort.descending, texts: { [$0.name] }, key: { (0, $0.name.folded) })
    try SetUpFile.write(["Focus Skill"], found, to: sink) { [.text($0.name)] }
  }
}
