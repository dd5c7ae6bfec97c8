import Database
import Foundation
import Support
import Testing
import World

@testable import Domain

/// A server that is killed in the middle of its work: nothing is half done, nothing is lost, and the next one goes on.
@Suite struct KilledServerTests {
  private static let people = 2200

  /// Sends what the button of a draft's page sends.
  private func confirm(_ draft: Int64, _ world: KillWorld, port: UInt16) throws -> Question {
    let host = "Host: 127.0.0.1:\(port)\r\nCookie: provost-session=\(world.session)\r\nConnection: close\r\n"
    let path = "/o/northwind/invitations/bulk/\(draft)"
    let page = try Question("GET \(path) HTTP/1.1\r\n\(host)\r\n", port: port).answer()
    let parts = page.components(separatedBy: "name=\"csrf\" value=\"")
    try #require(parts.count > 1, "\(page.prefix(600))")
    let form = "csrf=\(parts[1].prefix { $0 != "\"" })&send=1"
    return try Question(
      """
      POST \(path)/confirmation HTTP/1.1\r\n\(host)Sec-Fetch-Site: same-origin\r\n\
      Content-Type: application/x-www-form-urlencoded\r\nContent-Length: \(form.utf8.count)\r\n\r\n\(form)
      """, port: port)
  }

  /// How many of a draft's people are invited, after seeing that whatever belongs to an invitation is there for each of them or for none.
  private func invited(_ kind: String, _ world: KillWorld) throws -> Int {
    let domain = "%@\(kind).example"
    let counts = try [
      world.count("SELECT COUNT(*) FROM accounts WHERE email_key LIKE \(domain)"),
      world.count("SELECT COUNT(*) FROM users WHERE email_key LIKE \(domain) AND open_invitations = 1"),
      world.count("SELECT COUNT(*) FROM memberships WHERE email_key LIKE \(domain) AND state = 'INVITED'"),
      world.count("SELECT COUNT(*) FROM invitations WHERE email_key LIKE \(domain) AND generation = 1"),
      world.count("SELECT COUNT(*) FROM outbox WHERE recipient LIKE \(domain)"),
      world.count(
        "SELECT COUNT(*) FROM license_movements l JOIN accounts a ON a.id = l.user_id WHERE a.email_key LIKE \(domain) AND l.change = 1"),
    ]
    #expect(Set(counts).count == 1, "\(counts)")
    return counts[0]
  }

  /// Waits until a draft is confirmed or something else is the case, for a minute at most.
  private func wait(for draft: Int64, _ world: KillWorld, or isEnough: () -> Bool = { false }) throws {
    let end = ContinuousClock.now + .seconds(60)
    while !isEnough(), try world.count("SELECT COUNT(*) FROM upload_drafts WHERE id = \(draft) AND state = 'DONE'") == 0 {
      try #require(ContinuousClock.now < end, "the draft is not confirmed")
    }
  }

  @Test(arguments: TestDatabase.engines) func aKilledConfirmationInvitesEverybodyOrNobody(_ engine: Dialect) throws {
    try KillWorld.with(engine) { world in
      let first = try world.draft("whole", people: KilledServerTests.people)
      let (whole, port) = try world.serve()
      let question = try confirm(first, world, port: port)
      let start = try #require(whole.transferred)
      let answer = question.answer()
      #expect(answer.hasPrefix("HTTP/1.1 303 "), "\(answer.prefix(600))")
      try wait(for: first, world)
      let total = try #require(whole.transferred) - start
      whole.kill()
      #expect(try invited("whole", world) == KilledServerTests.people)

      // Before anything can be written, since somebody else holds the organization, and then from just after the question to just before the end of
      // what a confirmation reads and writes.
      var states: [Int] = []
      for (index, share) in [0, 0.05, 0.35, 0.65, 0.95].enumerated() {
        let draft = try world.draft("kill\(index)", people: KilledServerTests.people)
        // On PostgreSQL the one that was killed might be another process, and counts as alive for half a minute.
        let (killed, port) = try world.serve(minutes: Int64(index))
        if share == 0 {
          try world.database.write(organization: world.cast.northwind.id) { _ in
            let question = try confirm(draft, world, port: port)
            killed.kill()
            _ = consume question
          }
        } else {
          let question = try confirm(draft, world, port: port)
          let limit = try #require(killed.transferred) + Int(Double(total) * share)
          try wait(for: draft, world) { killed.transferred.map { $0 >= limit } ?? true }
          killed.kill()
          _ = consume question
        }
        states.append(try invited("kill\(index)", world))
        #expect([0, KilledServerTests.people].contains(states[index]), "killed at \(share)")
        #expect(try world.faults() == nil, "killed at \(share)")

        let (next, nextPort) = try world.serve(minutes: Int64(index) + 1)
        let again = try confirm(draft, world, port: nextPort).answer()
        #expect(again.hasPrefix("HTTP/1.1 303 "), "\(again.prefix(600))")
        try wait(for: draft, world)
        #expect(try invited("kill\(index)", world) == KilledServerTests.people)
        next.kill()
      }
      #expect(states.first == 0)
      #expect(try world.faults() == nil)
    }
  }

  /// The server is killed while it is greeted, while a mail is handed over, and after the mail server took one and before it said so.
  @Test(arguments: TestDatabase.engines) func noMailIsLostByAServerThatIsKilled(_ engine: Dialect) throws {
    let people = 30
    try KillWorld.with(engine) { world in
      let server = try SMTPServer()
      defer { server.stop() }
      try world.confirm(try world.draft("mail", people: people))
      let faults: [SMTPServer.Fault] = [.hangAtGreeting, .holdAnswer, .hangAfterContent, .none, .holdAnswer]
      for (index, fault) in faults.enumerated() {
        server.fail(fault)
        let (killed, _) = try serve(world, index, server)
        if fault == .none {
          // In the midst of a claim of twenty, at no moment in particular.
          for _ in 0..<7 { #expect(server.waitForMail()) }
        } else {
          #expect(server.waitUntilHanging())
        }
        killed.kill()
        #expect(try world.faults() == nil)
      }
      let sent = { Set(server.received.flatMap(\.to)) }
      let (last, _) = try serve(world, faults.count, server)
      // Each wait ends with a mail or after a minute.
      while sent().count < people, server.waitForMail() {}
      last.process.terminate()
      _ = last.failure()

      let expected = Set((1...people).map { "person\($0)@mail.example" })
      #expect(sent() == expected)
      var ids: [String: Set<String>] = [:]
      for mail in server.received { ids[mail.to.joined(), default: []].insert(try messageID(mail)) }
      #expect(ids.values.allSatisfy { $0.count == 1 })
      #expect(Set(ids.values.flatMap(\.self)).count == people)
      // The two that were held came twice for certain; each other kill can add one.
      #expect((people + 2...people + 3).contains(server.received.count))
      #expect(try world.count("SELECT COUNT(*) FROM outbox WHERE state = 'SENT' AND sent_at <> ''") == people)
      #expect(try world.count("SELECT COUNT(*) FROM invitations WHERE state = 'SENT' AND sends = 1") == people)
      #expect(try world.count("SELECT COUNT(*) FROM sent_mail") == people)
      #expect(try world.faults() == nil)
    }
  }

  /// On SQLite the next server takes back what the last one had taken on. On PostgreSQL others may be at work, so that it comes back after ten minutes.
  private func serve(_ world: KillWorld, _ run: Int, _ server: SMTPServer) throws -> (Served, UInt16) {
    try world.serve(
      minutes: world.database.dialect == .sqlite ? 0 : Int64(run) * 11, mailServer: "smtp://127.0.0.1:\(server.port)?rate=1000")
  }

  private func messageID(_ mail: SMTPServer.Received) throws -> String {
    // The field is folded.
    let lines = String(decoding: mail.data, as: UTF8.self).replacing("\r\n ", with: " ").components(separatedBy: "\r\n")
    let field = try #require(lines.first { $0.lowercased().hasPrefix("message-id:") })
    try #require(field.contains("@"))
    return field
  }
}
