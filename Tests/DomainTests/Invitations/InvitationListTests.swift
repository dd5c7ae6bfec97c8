import Database
import Support
import Testing
import World

@testable import Domain

@Suite struct InvitationListTests {
  /// Three people in each state.
  private static func fill(_ world: LedgerWorld) throws -> [InvitationFilter.Status: Set<Int64>] {
    var people: [InvitationFilter.Status: Set<Int64>] = [:]
    var number = 0
    for status in InvitationFilter.Status.allCases where status != .open {
      for _ in 1...3 {
        number += 1
        let user = try world.invite(number, under: number % 2 == 0 ? 4 : 0, sends: status == .queued)
        switch status {
        case .joined: _ = try world.join(user)
        case .revoked: _ = try world.revoke([user])
        case .open, .created, .queued: break
        case .expired: try set(user, "expires_at = \(world.now.text), state = 'SENT'", world)
        case .sent: try set(user, "state = 'SENT', sends = 1, sent_at = \(world.now.text)", world)
        case .failed: try set(user, "state = 'FAILED', failure = '550 no such mailbox'", world)
        case .opened: try set(user, "state = 'OPENED', opened_at = \(world.now.text)", world)
        }
        people[status, default: []].insert(user)
        if status != .joined && status != .revoked { people[.open, default: []].insert(user) }
      }
    }
    return people
  }

  private static func set(_ user: Int64, _ change: SQL, _ world: LedgerWorld) throws {
    try world.database.write(organization: world.cast.northwind.id) {
      _ = try $0.run("UPDATE invitations SET \(change) WHERE user_id = \(user)")
    }
  }

  @Test(arguments: TestDatabase.engines) func everyStateIsFoundByItsName(_ engine: Dialect) throws {
    try LedgerWorld.with(engine, places: 50) { world in
      let people = try InvitationListTests.fill(world)
      let list = InvitationList(of: try world.program(), scope: world.scope, now: world.now)
      try world.database.read { connection in
        for key in InvitationList.Key.allCases {
          for descending in [true, false] {
            let all = try list.page(
              InvitationFilter(), sort: Sorting(key, descending: descending), request: PageRequest(size: 100), in: connection)
            #expect(all.total == 24 && Set(all.rows.map(\.userID)).count == 24, "\(key)")
            for status in InvitationFilter.Status.allCases {
              var filter = InvitationFilter()
              filter.statuses = [status]
              let page = try list.page(filter, sort: Sorting(key, descending: descending), request: PageRequest(size: 100), in: connection)
              #expect(Set(page.rows.map(\.userID)) == people[status], "\(status)")
              // The order is the one of the whole list.
              #expect(page.rows.map(\.userID) == all.rows.map(\.userID).filter { people[status]?.contains($0) == true })
            }
          }
        }
        var filter = InvitationFilter()
        filter.search = "PERSON1@"
        filter.contracts = [world.contracts[0]]
        let found = try list.page(filter, sort: Sorting(.name, descending: false), request: PageRequest(), in: connection)
        #expect(found.rows.map(\.email) == ["person1@example.com"])
        #expect(found.rows.first?.word == "Created")
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func anExportHoldsJustWhatIsListed(_ engine: Dialect) throws {
    try LedgerWorld.with(engine, places: 50) { world in
      _ = try InvitationListTests.fill(world)
      let list = InvitationList(of: try world.program(), scope: world.scope, now: world.now)
      var filter = InvitationFilter()
      filter.statuses = [.failed]
      var bytes: [UInt8] = []
      try world.database.export { connection in
        try list.write(filter, sort: Sorting(.email, descending: false), columns: [.state, .sends], in: connection) {
          bytes.append(contentsOf: $0)
        }
      }
      let lines = String(decoding: bytes.dropFirst(3), as: UTF8.self).split(separator: "\r\n")
      #expect(lines.first == "Name,Email,State,Times sent")
      #expect(lines.count == 4 && lines.dropFirst().allSatisfy { $0.hasSuffix("Failed: 550 no such mailbox,0") })
    }
  }

  @Test(arguments: TestDatabase.engines) func aSelectionIsSentAgainAndTakenBackAsItsSingleOnesAre(_ engine: Dialect) throws {
    try LedgerWorld.with(engine, places: 50) { world in
      let people = try InvitationListTests.fill(world)
      let open = try #require(people[.open])
      let changes = InvitationChanges(world.scope, of: try world.program(), at: world.now)
      let everybody = InvitationSelection.matching(InvitationFilter())
      let outlook = try world.database.read { try changes.outlook(everybody, in: $0) }
      #expect(outlook == .init(selected: 24, open: 18, tooRecent: 6, hours: 24, days: 30))
      let named = try world.database.read { try changes.outlook(.people(Array(open) + Array(open)), in: $0) }
      #expect(named.selected == 18)
      let resent = try world.database.write(organization: world.cast.northwind.id) { try changes.resend(everybody, in: $0) }
      #expect(resent == .init(queued: 12, tooRecent: 6, closed: 6))
      let again = try world.database.write(organization: world.cast.northwind.id) { try changes.resend(everybody, in: $0) }
      #expect(again == .init(queued: 0, tooRecent: 18, closed: 6))
      let waiting = try world.database.read { try $0.scalar("SELECT COUNT(*) FROM outbox WHERE kind = 'invitation' AND state = 'WAITING'") }
      #expect(waiting == 15)
      // Under a contract whose places go to invitations each one taken back gives its place back.
      let holder = try world.invite(99, under: 2)
      #expect(try world.used(2) == 1)
      let revoked = try changes.revoke(everybody, in: world.database)
      #expect(revoked == 19)
      #expect(try world.used(2) == 0)
      let left = try world.database.read {
        (
          try $0.scalar("SELECT COUNT(*) FROM memberships WHERE program_id = \(world.cast.dataAcademy) AND state = 'INVITED'"),
          try $0.scalar("SELECT COUNT(*) FROM outbox WHERE kind = 'invitation' AND state = 'WAITING' AND user_id IN (\(list: open))"),
          try $0.scalar("SELECT COUNT(*) FROM audit_events WHERE action = 'invitations_revoked'"),
          try $0.scalar("SELECT SUM(change) FROM license_movements WHERE user_id = \(holder)")
        )
      }
      #expect(left == (0, 0, 4, 0))
      let differences = try world.differences()
      #expect(differences == [])
      // Taken back is not gone for ever.
      try world.invite(1, under: 0)
    }
  }

  @Test(arguments: TestDatabase.engines) func whoeverWasRemovedBeforeIsAgainAfterTheInvitationIsTakenBack(_ engine: Dialect) throws {
    try LedgerWorld.with(engine) { world in
      let user = try world.invite(1, under: 0)
      #expect(try world.join(user))
      #expect(try world.remove([user]) == 1)
      try world.invite(1, under: 0)
      let changes = InvitationChanges(world.scope, of: try world.program(), at: world.now)
      #expect(try changes.revoke(.people([user]), in: world.database) == 1)
      let state = try world.database.read { try $0.first("SELECT state FROM memberships WHERE user_id = \(user)") { $0.text(0) } }
      #expect(state == "DELETED_MEMBER")
      let differences = try world.differences()
      #expect(differences == [])
    }
  }
}
