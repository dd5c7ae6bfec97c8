public import Database
import Foundation

/// A confirmation that goes on in the background, as its row tells of it: to pages of this process and of others. Whether the draft is confirmed
/// stands in the draft alone.
public struct UploadRun: Sendable, Equatable {
  /// Why a confirmation was refused.
  public struct Refusal: Sendable, Equatable, Codable {
    /// A fault in one field of the form.
    public struct Fault: Sendable, Equatable, Codable {
      /// The field's name and the sentence beside it.
      public let name: String, sentence: String
    }
    /// One sentence for the reader.
    public let sentence: String
    /// The faulty fields.
    public let faults: [Fault]
    /// What the form had said, by the fields' names.
    public let asked: [String: String]

    /// A refusal with what had been asked.
    public init(_ failure: Failure, asked: [String: String]) {
      (sentence, self.asked) = (failure.sentence, asked)
      faults = failure.fields.map { Fault(name: $0.name, sentence: $0.sentence) }
    }

    /// The refusal as it was thrown.
    public var failure: Failure { Failure(.conflict, sentence, fields: faults.map { .init($0.name, $0.sentence) }) }
  }

  /// What came of a confirmation that nobody waited for.
  public enum End: Sendable, Equatable {
    /// It was done; a sentence tells how much.
    case done(String)
    /// It was refused.
    case refused(Refusal)
  }

  /// How it ended; nil while it goes on.
  public let end: End?
  /// The step that it was at; nil before the first.
  public let step: WorkStep?
  private let process: String, aliveAt: String

  /// Seconds without a sign of life after which a run of another process counts as ended.
  public static let patience: Int64 = 30

  /// Whether another process is at it. One SQLite file has one server at a time, so there whoever else was at it has ended.
  public func isAlive(elsewhereThan process: String, at now: Moment, on dialect: Dialect) -> Bool {
    end == nil && dialect == .postgres && self.process != process && aliveAt >= now.adding(seconds: -UploadRun.patience).text
  }

  /// The latest run of a draft that was found through the viewer.
  public static func latest(of draft: some CheckedUpload, in connection: any Connection) throws -> UploadRun? {
    try connection.first(
      "SELECT process, alive_at, ended_at, step, steps, words, sentence, refusal FROM upload_runs WHERE draft_id = \(draft.id)"
    ) { row in
      let step = row.int(3) == 0 ? nil : WorkStep(number: Int(row.int(3)), count: Int(row.int(4)), words: row.text(5))
      let end: End? =
        if row.text(2).isEmpty {
          nil
        } else if row.text(7).isEmpty {
          .done(row.text(6))
        } else {
          .refused(try JSONDecoder().decode(Refusal.self, from: Data(row.text(7).utf8)))
        }
      return UploadRun(end: end, step: step, process: row.text(0), aliveAt: row.text(1))
    }
  }
}

/// The rows of runs, as the process that is at them keeps them. They stand beside the drafts, so that no sign of life waits for a confirmation's own
/// transaction; on PostgreSQL they are the installation's to write, and not the organization's, for the same reason.
public struct UploadRuns: Sendable {
  private let database: any Database
  /// The process's mark.
  public let process: String

  /// The runs of one process.
  public init(of process: String, in database: any Database) { (self.process, self.database) = (process, database) }

  /// Begins a run of a draft.
  ///
  /// - Returns: false where another process is at it.
  public func begin(_ draft: Int64, at now: Moment) throws -> Bool {
    let silent = database.dialect == .sqlite ? now.adding(days: 1) : now.adding(seconds: -UploadRun.patience)
    return try write { tx in
      let begun = try tx.run(
        """
        INSERT INTO upload_runs (draft_id, process, alive_at) VALUES (\(draft), \(process), \(now.text))
        ON CONFLICT (draft_id) DO UPDATE SET process = excluded.process, alive_at = excluded.alive_at, ended_at = '', step = 0, steps = 0,
          words = '', sentence = '', refusal = ''
        WHERE upload_runs.ended_at <> '' OR upload_runs.process = excluded.process OR upload_runs.alive_at < \(silent.text)
        """)
      return begun > 0
    }
  }

  /// Gives a sign of life.
  public func note(_ draft: Int64, _ step: WorkStep?, at now: Moment) throws {
    try write { tx in
      _ = try tx.run(
        """
        UPDATE upload_runs SET alive_at = \(now.text), step = \(step?.number ?? 0), steps = \(step?.count ?? 0), words = \(step?.words ?? "")
        WHERE draft_id = \(draft) AND process = \(process) AND ended_at = ''
        """)
    }
  }

  /// Ends a run that nobody waited for.
  public func end(_ draft: Int64, _ end: UploadRun.End, at now: Moment) throws {
    var (sentence, refusal) = ("", "")
    switch end {
    case .done(let words): sentence = words
    case .refused(let why): refusal = String(decoding: try JSONEncoder().encode(why), as: UTF8.self)
    }
    try write { tx in
      _ = try tx.run(
        """
        UPDATE upload_runs SET ended_at = \(now.text), sentence = \(sentence), refusal = \(refusal)
        WHERE draft_id = \(draft) AND process = \(process)
        """)
    }
  }

  /// Takes away a run whose end was told to whoever waited.
  public func forget(_ draft: Int64) throws {
    try write { tx in _ = try tx.run("DELETE FROM upload_runs WHERE draft_id = \(draft) AND process = \(process)") }
  }

  private func write<T>(_ body: (any Connection) throws -> T) throws -> T {
    try database.write(organization: 0, patience: .seconds(30), body)
  }
}
