public import Database
public import Secrets

/// Creates or updates a whole customer from one JSON document: all of it or nothing. What the document does not name stays, and nothing is ever
/// deleted, so that applying it again changes nothing.
public struct Setup: Sendable {
  /// What a run did, or would do.
  public struct Outcome: Sendable {
    /// A line for each thing made (`+ group Leaders`) and each field changed (`~ group Leaders: duration_days: 180 → 90`), in order.
    public let lines: [String]
    /// Who is new and sets a password with a link: the email and the secret part of the link. Empty for a dry run.
    public let links: [(email: String, token: String)]
  }

  /// What is wrong with a document: a sentence each, with its path such as `groups[2].purchase`. Nothing was written.
  public struct Faults: Error, Sendable {
    /// All of it, in the order of the document.
    public let sentences: [String]
  }

  private struct DryRun: Error {
    let outcome: Outcome
  }

  private let document: SetupValue
  private let clock: Clock
  private let key: InstallationKey

  /// - Parameters:
  ///   - json: the document.
  ///   - key: signs the links that set passwords.
  /// - Throws: `Failure` of code `invalid` for what is no JSON.
  public init(_ json: [UInt8], clock: Clock, key: InstallationKey) throws {
    (document, self.clock, self.key) = (try SetupValue.read(json), clock, key)
  }

  /// Applies the document in one transaction, as the command line.
  ///
  /// - Parameter isDryRun: finds out what would be done, and takes it back.
  /// - Throws: `Faults`.
  public func run(isDryRun: Bool, in database: any Database) throws -> Outcome {
    do {
      return try database.write(organization: 0, patience: .seconds(60)) { tx in
        let run = SetupRun(at: clock.now, roles: Administrator(database, clock: clock, key: key), in: tx)
        let links = SetPassword(database, clock: clock, key: key)
        try run.apply(document)
        guard run.faults.sentences.isEmpty else { throw Faults(sentences: run.faults.sentences) }
        guard !isDryRun else { throw DryRun(outcome: Outcome(lines: run.lines, links: [])) }
        return Outcome(lines: run.lines, links: try run.newcomers.map { ($0.email, try links.token(account: $0.account, in: tx)) })
      }
    } catch let dry as DryRun {
      return dry.outcome
    }
  }
}

/// One application of a document within its transaction.
final class SetupRun {
  let now: Moment
  let roles: Administrator
  let tx: any Connection
  let faults = SetupFaults()
  private(set) var lines: [String] = []
  /// Accounts that were made, which have no password yet.
  private(set) var newcomers: [(email: String, account: Int64)] = []
  /// The names that the document gives things, also where these were refused: what names one of them is not at fault.
  private var named: [String: Set<String>] = [:]

  init(at now: Moment, roles: Administrator, in tx: any Connection) {
    (self.now, self.roles, self.tx) = (now, roles, tx)
  }

  static let viewer = Viewer(accountID: AuditTrail.commandLine, name: "", email: "", grants: [.accountTeam])

  private static let sections = [
    "organization", "focus_skills", "programs", "contracts", "assessments", "surveys", "purchases", "groups", "administrators", "coaches",
  ]

  func apply(_ document: SetupValue) throws {
    guard let whole = SetupObject(document, at: "", knowing: SetupRun.sections, faults) else { return }
    if !whole.has("organization") { whole.fault("organization", "This is missing.") }
    let scope = try organization(whole) ?? standIn()
    try focusSkills(whole)
    try programs(whole, scope)
    try contracts(whole, scope)
    try questionnaires(whole, "assessments", .assessment, scope)
    try questionnaires(whole, "surveys", .survey, scope)
    try purchases(whole, scope)
    try groups(whole, scope)
    try administrators(whole, scope)
    try coaches(whole, scope)
  }

  // MARK: What was done

  func made(_ what: String) { lines.append("+ \(what)") }

  func changed(_ what: String, _ changes: [Saved.Change]) {
    func word(_ text: String) -> String { text.isEmpty ? "nothing" : text.replacing("\n", with: " / ") }
    for change in changes { lines.append("~ \(what): \(change.name): \(word(change.before)) → \(word(change.after))") }
  }

  func note(_ saved: Saved, _ what: String) {
    if saved.isNew { made(what) } else { changed(what, saved.changes) }
  }

  func welcome(_ email: String, _ account: Int64) {
    if !newcomers.contains(where: { $0.account == account }) { newcomers.append((email, account)) }
  }

  // MARK: Names

  /// Takes the name of a thing of the document; false, with the fault noted, where it was there before.
  func takes(_ name: String, _ section: String, _ object: SetupObject, as key: String = "name") -> Bool {
    guard named[section, default: []].insert(name).inserted else {
      object.fault(key, "\"\(name)\" stands twice in \(section).")
      return false
    }
    return true
  }

  /// Notes a name that something else may refer to.
  func remember(_ name: String, _ section: String) { named[section, default: []].insert(name) }

  /// The id, as a draft holds it, of what a key names: empty for nothing, nil where there is none. What the document gives that name, but was refused,
  /// stands for nothing.
  func reference(_ object: SetupObject, _ key: String, to section: String, _ noun: String, among found: [(name: String, id: Int64)])
    -> String?
  {
    guard let name = object.text(key) else { return nil }
    if name.isEmpty { return "" }
    if let id = self.id(of: name, section, noun, among: found, { object.fault(key, $0) }) { return id }
    return nil
  }

  func id(
    of name: String, _ section: String, _ noun: String, among found: [(name: String, id: Int64)], _ fault: (String) -> Void
  ) -> String? {
    if let id = found.first(where: { $0.name == name })?.id { return String(id) }
    if named[section]?.contains(name) != true { fault("There is no \(noun) \"\(name)\", neither here nor in the file.") }
    return nil
  }

  /// Does something for an object and notes why it was refused.
  func attempt(_ object: SetupObject, _ names: [String: String] = [:], _ body: () throws -> Void) throws {
    do { try body() } catch let failure as Failure { object.note(failure, names) }
  }
}
