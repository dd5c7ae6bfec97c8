import Database
import Foundation
import Support
import Synchronization
import Testing
import World

@testable import Domain

/// Several senders, any of which may die, and one outbox.
@Suite struct SharedOutboxTests {
  /// A mail server that remembers what it took.
  private struct Server {
    var taken: [String: [String]] = [:]
    mutating func take(_ mail: ClaimedMail) { taken[mail.item.recipient, default: []].append(mail.item.messageID) }
  }

  @Test(arguments: TestDatabase.engines) func nobodyIsMissedAndOnlyADeathBetweenAcceptanceAndRecordRepeatsAMail(_ engine: Dialect) throws {
    try OutboxDesk.with(engine) { desk in
      let addresses = (0..<25).map { "person\($0)@example.com" }
      for address in addresses { try desk.invite(address) }
      var (server, repeats) = (Server(), Set<String>())
      var claims: [[ClaimedMail]] = [[], []]
      var steps = 0
      while try desk.states().contains(where: { $0 != "SENT" && $0 != "FAILED" }) {
        steps += 1
        try #require(steps < 5000, "the outbox is never empty")
        let sender = Int.random(in: 0...1)
        desk.cast.time.pass(seconds: Int64.random(in: 0...90))
        guard let mail = claims[sender].popLast() else {
          claims[sender] = try desk.claim(4, minutes: 20)
          continue
        }
        // A sender lays down what it cannot send in time.
        if mail.until < desk.now.adding(seconds: 60) { continue }
        switch Int.random(in: 0..<10) {
        case 0:
          server.take(mail)
          repeats.insert(mail.item.recipient)
          // It dies: the record is never made, and the rest of its claim is lost.
          claims[sender] = []
        case 1: claims[sender] = []
        case 2, 3: try Outbox.deferred(mail, "451 later", at: desk.now, in: desk.database)
        case 4: try Outbox.refused(mail, "550 no", in: desk.database)
        default:
          server.take(mail)
          try desk.accept(mail)
        }
      }
      let refused = try desk.database.read { Set(try $0.all("SELECT recipient FROM outbox WHERE state = 'FAILED'") { $0.text(0) }) }
      for address in addresses {
        let taken = server.taken[address] ?? []
        #expect(!taken.isEmpty || refused.contains(address), "\(address) was missed")
        #expect(taken.count <= 1 || repeats.contains(address), "\(address) got it twice")
        #expect(Set(taken).count <= 1, "\(address) got it under two names")
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func sendersAtOnceTakeEachMailOnce(_ engine: Dialect) throws {
    try OutboxDesk.with(engine) { desk in
      for index in 0..<40 { try desk.invite("person\(index)@example.com") }
      let (database, now) = (desk.database, desk.now)
      let taken = Mutex<[Int64]>([])
      let faults = Mutex<[String]>([])
      DispatchQueue.concurrentPerform(iterations: 4) { _ in
        do {
          while true {
            let mails = try Outbox.claim(3, at: now, until: now.adding(seconds: 600), in: database)
            if mails.isEmpty { return }
            taken.withLock { $0 += mails.map(\.id) }
          }
        } catch {
          faults.withLock { $0.append("\(error)") }
        }
      }
      let (ids, problems) = (taken.withLock { $0 }, faults.withLock { $0 })
      #expect(problems == [])
      #expect(ids.count == 40 && Set(ids).count == 40)
    }
  }
}
