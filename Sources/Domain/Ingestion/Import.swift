public import CSV
public import Database

/// Takes a file of another system into an organization: all of it or nothing.
///
/// The file is streamed into temporary tables and checked there while others work; one transaction then writes what differs, with its figures and an
/// audit event. What is there already is not touched, so the same file again changes nothing.
public struct Import: Sendable {
  /// How an import goes about it.
  public struct Options: Sendable {
    /// Check everything and write nothing.
    public var isDryRun = false
    /// Write the good rows and put the bad ones into a file of their own, instead of refusing the file.
    public var skipsBadRows = false
    /// How the file's bytes are read.
    public var encoding = CSVEncoding.unicode

    /// All or nothing, and UTF-8.
    public init() {}
  }

  /// How far an import is, for whoever watches.
  public enum Progress: Sendable, Equatable {
    /// So many bytes of the file are read.
    case reading(bytes: Int64)
    /// The rows are compared with each other and with what is there.
    case checking
    /// What differs is being written; others wait with their writing until it is done.
    case writing
  }

  /// Which columns the file has, and what they become.
  public let kind: ImportKind
  /// The file.
  public let path: String
  /// How to go about it.
  public let options: Options

  /// An import that has not begun.
  public init(_ kind: ImportKind, path: String, options: Options = Options()) {
    (self.kind, self.path, self.options) = (kind, path, options)
  }

  /// Runs the import.
  ///
  /// - Parameters:
  ///   - organization: the id of the organization.
  ///   - actor: the account that acts; 0 for the command line.
  /// - Returns: what was or would be written, and what is wrong with the file. A bad file is an outcome, not an error.
  /// - Throws: `Failure` when others changed the same things meanwhile; `CSVError` when the file cannot be opened, or its bad rows cannot be written;
  ///   `DatabaseError`.
  public func run(
    organization: Int64, by actor: Int64 = AuditTrail.commandLine, into database: any Database, clock: Clock,
    progress: (Progress) -> Void = { _ in }
  ) throws -> ImportOutcome {
    try database.workbench { connection in
      let staged = ImportStaging(self, steps: kind.steps())
      return try staged.run(organization, actor, connection, clock, progress)
    }
  }
}

extension ImportKind {
  func steps() -> any ImportSteps {
    switch self {
    case .courses: CourseImport()
    case .assessments: AssessmentImport()
    case .membershipReport: MembershipImport()
    case .usageReport: UsageImport()
    case .assessmentAttempts: AttemptImport()
    case .coaches: CoachImport()
    case .engagements: EngagementImport()
    case .coachingSessions: SessionImport()
    case .feedbackInvitations: FeedbackImport()
    case .npsResponses: NPSImport()
    }
  }
}

/// What came of an import.
public struct ImportOutcome: Sendable {
  /// Rows in the file, below its header.
  public internal(set) var rows: Int64 = 0
  /// Those that were not taken.
  public internal(set) var badRows: Int64 = 0
  /// What is wrong, at most the first 100, by line.
  public internal(set) var faults: [ImportFault] = []
  /// Whether the file itself could not be read to its end, so that nothing of it was taken.
  public internal(set) var isBroken = false
  /// What was made and changed; what would be, in a dry run.
  public internal(set) var changes: [ImportChange] = []
  /// Where the bad rows went.
  public internal(set) var rejects: String?
  /// Whether the good rows are in the database now, or were there before.
  public internal(set) var isDone = false
  /// Whether nothing was written because of the bad rows.
  public internal(set) var isRefused = false
  /// Whether it was asked only what would be done.
  public internal(set) var isDryRun = false

  /// How many faults are printed.
  static let shownFaults = 100
}

extension ImportOutcome {
  /// Whether anything was made or changed, or would be.
  public var changesAnything: Bool { changes.contains { $0.created + $0.changed > 0 } }

  /// What came of it, in a sentence or two.
  public var summary: String {
    let good = rows - badRows
    if isBroken { return "Nothing was written: the file cannot be read to its end." }
    if isRefused {
      let which = badRows == 1 ? "1 of \(counted(rows, "row")) is bad" : "\(grouped(badRows)) of \(counted(rows, "row")) are bad"
      return "Nothing was written: \(which). Mend the file, or import the good rows with --skip-bad-rows."
    }
    let skipped = badRows == 0 ? "" : " \(counted(badRows, "bad row")) skipped\(rejects.map { ", written to \($0)" } ?? "")."
    guard changesAnything else {
      if good == 0 { return "Nothing changed: the file has no \(rows == 0 ? "rows" : "good row").\(skipped)" }
      return "Nothing changed: \(good == 1 ? "the row was" : "all \(grouped(good)) rows were") already there.\(skipped)"
    }
    var parts: [String] = []
    for change in changes {
      if change.created > 0 { parts.append("\(grouped(change.created)) \(change.word(change.created)) created") }
      if change.changed > 0 { parts.append("\(grouped(change.changed)) \(change.word(change.changed)) changed") }
    }
    let would = isDryRun ? "Nothing was written. An import would do this: " : ""
    return "\(would)\(counted(good, "row")): \(parts.joined(separator: ", ")).\(skipped)"
  }

  private func counted(_ number: Int64, _ word: String) -> String { "\(grouped(number)) \(word)\(number == 1 ? "" : "s")" }
}
