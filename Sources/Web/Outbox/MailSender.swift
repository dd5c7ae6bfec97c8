import Domain
import Foundation
import Mail
import Synchronization

/// The thread that works in the background while the site is served: it sends mail, gives back the licenses of removals that can no longer be undone,
/// moves engagements to the stage that time has brought them to, and takes away checked files that are no longer needed.
public final class MailSender: Sendable {
  private let site: Site
  private let stoppedAt = Mutex<ContinuousClock.Instant?>(nil)
  private let ended = DispatchSemaphore(value: 0)

  /// How long the mail that is under way may take when the server stops.
  private static let grace = Duration.seconds(5)
  /// Seconds between two looks, where nobody calls; and between two tries of a mail server that cannot be used.
  private static let tick = 2.0, firstPause = 15.0, longestPause = 300.0

  /// The background work of a site.
  public init(_ site: Site) { self.site = site }

  /// Begins. To be called once.
  public func start() {
    let thread = Thread { [self] in
      work()
      ended.signal()
    }
    thread.name = "mail"
    thread.start()
  }

  /// Lets the mail that is under way end, for a few seconds; begins no other.
  public func beginStop() {
    stoppedAt.withLock { $0 = $0 ?? .now }
    site.changes.signal()
  }

  /// Waits for the end; `beginStop` came before.
  public func waitForEnd() { ended.wait() }

  private var isStopped: Bool { stoppedAt.withLock { $0 != nil } }
  private var isCancelled: Bool { stoppedAt.withLock { $0.map { ContinuousClock.now > $0 + MailSender.grace } ?? false } }

  private func work() {
    // An SQLite file has one server at a time, so that whoever sent before it has ended.
    if site.database.dialect == .sqlite { noting { try Outbox.takeBackClaims(at: site.clock.now, in: site.database) } }
    var round: MailRound?
    var (pause, nextTry, nextRelease) = (0.0, ContinuousClock.now, ContinuousClock.now)
    while !isStopped {
      if ContinuousClock.now >= nextRelease {
        noting { _ = try Removal.releaseDue(at: site.clock.now, in: site.database) }
        noting { _ = try DueEngagements.move(at: site.clock.now, in: site.database) }
        noting { try OrderStatistics.survey(in: site.database) }
        noting { try UploadPurge.run(at: site.clock.now, in: site.database) }
        nextRelease = .now + .seconds(5)
      }
      if let server = site.settings.mailServer, ContinuousClock.now >= nextTry {
        noting {
          let current = try round ?? makeRound(server)
          round = current
          guard let trouble = try current.run() else {
            pause = 0
            return
          }
          pause = min(max(pause * 2, MailSender.firstPause), MailSender.longestPause)
          nextTry = .now + .seconds(pause)
          site.log.problem("the mail server \(server) cannot be used; it is tried again in \(Int(pause)) s: \(trouble)")
        }
      }
      if !isStopped { site.changes.wait(seconds: MailSender.tick) }
    }
  }

  private func makeRound(_ server: SMTPURL) throws -> MailRound {
    try MailRound(site, server: server, isStopped: { self.isStopped }, isCancelled: { self.isCancelled }) { seconds in
      self.site.changes.wait(seconds: seconds)
    }
  }

  private func noting(_ body: () throws -> Void) {
    do {
      try body()
    } catch {
      site.log.problem("\(error)")
    }
  }
}
