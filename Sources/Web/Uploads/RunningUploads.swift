import Database
import Domain
import Foundation
import Secrets
import Synchronization

/// The confirmations of checked files that this process is at. Each has a thread of its own, so that the form is answered soon, however long it takes;
/// whoever looks meanwhile sees how far it is, in every process.
final class RunningUploads: Sendable {
  private struct Entry {
    var step: WorkStep?
    /// Whether the one who asked was answered before the end.
    var isLeft = false
    var result: Result<FlashMessage?, any Error>?
  }

  /// How a draft's confirmation stands, apart from whether it is confirmed.
  enum State {
    /// Nobody is at it.
    case idle
    /// Somebody is at it; with the step, once there is one.
    case running(WorkStep?)
    /// It ended when nobody waited for it.
    case ended(UploadRun.End)
  }

  private let entries = Mutex<[Int64: Entry]>([:])
  private let working = DispatchGroup()
  private let runs: UploadRuns
  private let database: any Database
  private let settings: SiteSettings
  private let log: SiteLog
  private let changes: WakeUp

  /// Seconds between two signs of life, of which other processes read.
  private static let beat = 2.0
  /// How many files may be confirmed at one time.
  private static let most = 32
  private static let tooMany = Failure(.busy, "Many files are being confirmed at this moment. Try again in a few seconds.")

  init(_ database: any Database, settings: SiteSettings, log: SiteLog, changes: WakeUp) throws {
    (self.database, self.settings, self.log, self.changes) = (database, settings, log, changes)
    runs = UploadRuns(of: try Token.random().text, in: database)
  }

  /// Confirms a draft, and waits a moment for the end.
  ///
  /// - Parameters:
  ///   - draft: one of the viewer's own.
  ///   - asked: what the form said, for the page that shows a refusal.
  /// - Returns: what to tell of it; nil where it goes on, this one or one that somebody else began.
  /// - Throws: what `work` throws in time; `Failure` of code `busy` where too much is under way.
  func run(_ draft: Int64, asked: [String: String], _ work: @escaping @Sendable (WorkListener) throws -> FlashMessage) throws
    -> FlashMessage?
  {
    let isFirst = try entries.withLock { entries in
      if entries[draft] != nil { return false }
      if entries.count >= RunningUploads.most { throw RunningUploads.tooMany }
      entries[draft] = Entry()
      return true
    }
    guard isFirst else { return nil }
    let ended = DispatchSemaphore(value: 0)
    working.enter()
    start("upload") { [self] in
      perform(draft, asked, work)
      ended.signal()
      working.leave()
    }
    let patience = settings.confirmationPatience.components
    _ = ended.wait(timeout: .now() + .milliseconds(Int(patience.seconds * 1000 + patience.attoseconds / 1_000_000_000_000_000)))
    let result: Result<FlashMessage?, any Error>? = entries.withLock { entries in
      if let result = entries[draft]?.result { return result }
      entries[draft]?.isLeft = true
      return nil
    }
    guard let result else {
      if database.dialect == .postgres { start("upload-beat") { [self] in beat(draft) } }
      return nil
    }
    noting { try runs.forget(draft) }
    entries.withLock { $0[draft] = nil }
    return try result.get()
  }

  /// The step of a draft that this process is at; nil where it is at none. To be asked before the draft is read, since what ends can be read then.
  func own(_ draft: Int64) -> WorkStep?? { entries.withLock { entries in entries[draft].map(\.step) } }

  /// How the confirmation of a draft stands.
  ///
  /// - Parameter own: what `own` said before the draft was read.
  func state(of draft: some CheckedUpload, own: WorkStep??, at now: Moment, in connection: any Connection) throws -> State {
    if let own, !draft.isDone { return .running(own) }
    guard let run = try UploadRun.latest(of: draft, in: connection) else { return .idle }
    if let end = run.end { return .ended(end) }
    let isAlive = !draft.isDone && run.isAlive(elsewhereThan: runs.process, at: now, on: connection.dialect)
    return isAlive ? .running(run.step) : .idle
  }

  /// Waits for what is under way when the server stops. What does not end in time is undone whole, and can be confirmed again.
  func waitForEnd(atMost seconds: Int) { _ = working.wait(timeout: .now() + .seconds(seconds)) }
}

extension RunningUploads {
  private func perform(_ draft: Int64, _ asked: [String: String], _ work: (WorkListener) throws -> FlashMessage) {
    let result = Result<FlashMessage?, any Error> {
      guard try runs.begin(draft, at: settings.clock.now) else { return nil }
      return try work(WorkListener { step in self.entries.withLock { $0[draft]?.step = step } })
    }
    let isLeft = entries.withLock { entries in
      if entries[draft]?.isLeft == true { return true }
      entries[draft]?.result = result
      return false
    }
    guard isLeft else { return }
    noting {
      if let end = end(result, asked) { try runs.end(draft, end, at: settings.clock.now) }
    }
    entries.withLock { $0[draft] = nil }
    changes.signal()
  }

  private func end(_ result: Result<FlashMessage?, any Error>, _ asked: [String: String]) -> UploadRun.End? {
    switch result {
    case .success(let message): return message.map { .done($0.text) }
    case .failure(let failure as Failure): return .refused(.init(failure, asked: asked))
    case .failure(let error):
      log.problem("\(error)")
      let sentence = "Something went wrong before this was done. The fault is ours and was noted; try again."
      return .refused(.init(Failure(.conflict, sentence), asked: asked))
    }
  }

  private func beat(_ draft: Int64) {
    while let step = own(draft) {
      noting { try runs.note(draft, step, at: settings.clock.now) }
      Thread.sleep(forTimeInterval: RunningUploads.beat)
    }
  }

  private func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
    let thread = Thread(block: body)
    thread.name = name
    thread.start()
  }

  private func noting(_ body: () throws -> Void) {
    do {
      try body()
    } catch {
      log.problem("\(error)")
    }
  }
}
