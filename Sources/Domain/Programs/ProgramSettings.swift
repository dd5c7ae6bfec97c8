public import Database

/// What can be set of a program, as typed on its Settings page. Banner and invitation message have forms of their own.
public struct ProgramSettings: Sendable, Equatable, Codable, SetUpDraft {
  /// The name, and the line under it, which may be empty.
  public var name = "", tagline = ""
  /// How many courses a member may enroll in, in digits; empty for as many as there are.
  public var enrollmentLimit = ""

  /// Nothing typed yet.
  public init() {}

  /// What a program that was found through its scope has.
  public static func load(of program: Program, in connection: any Connection) throws -> ProgramSettings {
    var settings = ProgramSettings()
    (settings.name, settings.tagline) = (program.name, program.tagline)
    let limit = try connection.first("SELECT enrollment_limit FROM programs WHERE id = \(program.id)") { $0.intOrNil(0) } ?? nil
    settings.enrollmentLimit = limit.map(String.init) ?? ""
    return settings
  }

  /// Saves. Whoever has more enrollments than a lower limit keeps them.
  ///
  /// - Throws: `Failure` of code `invalid` with every faulty field: `name`, `tagline`, `enrollment-limit`; `RemovedProgram`.
  public func save(of program: Program, scope: OrganizationScope, at now: Moment, in database: any Database) throws {
    try database.write(organization: scope.organization.id, patience: .seconds(30)) {
      _ = try save(of: program, scope: scope, at: now, in: $0)
    }
  }

  /// - Returns: what was changed.
  func save(of program: Program, scope: OrganizationScope, at now: Moment, in tx: any Connection) throws -> [Saved.Change] {
    let settings = tidied
    let faults = settings.faults
    guard faults.isEmpty else { throw Failure(.invalid, faults.map(\.sentence).joined(separator: " "), fields: faults) }
    let limit = Int64(settings.enrollmentLimit)
    let present = try Program.find(slug: program.slug, scope: scope, in: tx)
    let changes = settings.changes(from: try ProgramSettings.load(of: present, in: tx))
    guard !changes.isEmpty else { return [] }
    try tx.run(
      """
      UPDATE programs SET name = \(settings.name), name_key = \(settings.name.folded), tagline = \(settings.tagline), enrollment_limit = \(limit)
      WHERE id = \(present.id) AND organization_id = \(scope.organization.id)
      """)
    try AuditTrail.record(
      "program_settings_changed", by: scope.viewer.accountID, organization: scope.organization.id,
      about: .init(kind: "program", id: present.id), values: changes.map { ($0.name, $0.after) }, at: now, in: tx)
    return changes
  }

  /// The largest limit that may be set.
  public static let mostEnrollments = 10_000

  private var tidied: ProgramSettings {
    var settings = ProgramSettings()
    settings.name = String(name.trimmingBlanks())
    settings.tagline = String(tagline.trimmingBlanks())
    settings.enrollmentLimit = String(enrollmentLimit.trimmingBlanks())
    // 007 is 7, so that what is compared and kept is the number.
    if let number = ProgramSettings.number(settings.enrollmentLimit) { settings.enrollmentLimit = String(number) }
    return settings
  }

  static var parts: [(name: String, value: KeyPath<ProgramSettings, String>)] {
    [("name", \.name), ("tagline", \.tagline), ("enrollment_limit", \.enrollmentLimit)]
  }

  private var faults: [Failure.Field] {
    var faults: [Failure.Field] = []
    if name.isEmpty || name.count > 200 || !name.isPrintable() {
      faults.append(.init("name", "The name must have between 1 and 200 characters, all of them printable."))
    }
    if tagline.count > 300 || !tagline.isPrintable() {
      faults.append(.init("tagline", "The tagline must have at most 300 characters, all of them printable."))
    }
    if !enrollmentLimit.isEmpty && ProgramSettings.number(enrollmentLimit) == nil {
      faults.append(
        .init("enrollment-limit", "The limit must be a whole number from 1 to 10,000, in digits only; leave it empty for none."))
    }
    return faults
  }

  private static func number(_ text: String) -> Int? {
    guard text.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(text), (1...mostEnrollments).contains(number) else {
      return nil
    }
    return number
  }
}
