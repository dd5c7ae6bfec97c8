import Database
import Support
import Testing
import World

@testable import Domain

@Suite struct OutboxListTests {
  private let latestFirst = Sorting<OutboxList.Key>(.created, descending: true)

  /// Every filter by itself and together gives what a plain reading of all rows gives, page by page, on both engines.
  @Test(arguments: TestDatabase.engines) func everyFilterFindsWhatAPlainReadingFinds(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let crowd = try Crowd(in: test.database)
      let organization = crowd.scope.organization.id
      try test.database.write(organization: organization) { tx in
        _ = try tx.run("UPDATE outbox SET state = 'WAITING' WHERE id % 7 = 1")
        _ = try tx.run("UPDATE outbox SET state = 'SENDING' WHERE id % 7 = 2")
        _ = try tx.run("UPDATE outbox SET kind = 'program-exit' WHERE id % 3 = 1")
      }
      let list = try OutboxList(scope: crowd.scope)
      try test.database.read { connection in
        let all = try connection.all(
          """
          SELECT o.id, o.state, o.kind, o.user_id, u.search_key FROM outbox o JOIN users u ON u.organization_id = o.organization_id AND u.id = o.user_id
          WHERE o.organization_id = \(organization) ORDER BY o.id DESC
          """
        ) { (id: $0.int(0), state: $0.text(1), kind: $0.text(2), user: $0.int(3), key: $0.text(4)) }
        #expect(try list.count(in: connection) == all.count && all.count > 10)
        for states in [[], [OutboxMail.State.waiting], [.sent, .failed]] {
          for kinds in [[], [MailKind.invitation], [.programExit, .programWelcome]] {
            for search in ["", "an", "example", "zzz"] {
              for person in [nil, all[3].user] {
                var filter = OutboxFilter()
                (filter.states, filter.kinds, filter.search, filter.person) = (states, kinds, search, person)
                let expected = all.filter { mail in
                  let state = mail.state == "SENDING" ? "WAITING" : mail.state
                  return (states.isEmpty || states.contains { $0.rawValue == state })
                    && (kinds.isEmpty || kinds.contains { $0.rawValue == mail.kind })
                    && (search.isEmpty || mail.key.contains(search)) && (person == nil || mail.user == person)
                }.map(\.id)
                let page = try list.page(filter, sort: latestFirst, request: PageRequest(size: 20), in: connection)
                #expect(page.total == expected.count && page.rows.map(\.id) == Array(expected.prefix(20)), "\(states) \(kinds) \(search)")
                let last = try list.page(
                  filter, sort: Sorting(.created, descending: false), request: PageRequest(number: 999, size: 20), in: connection)
                #expect(last.rows.last?.id == expected.first)
                let byRecipient = try list.page(
                  filter, sort: Sorting(.recipient, descending: false), request: PageRequest(size: 20), in: connection)
                #expect(byRecipient.total == expected.count)
              }
            }
          }
        }
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func aMailToAnAdministratorIsFoundByTheAddress(_ engine: Dialect) throws {
    try OutboxDesk.with(engine) { desk in
      let user = try desk.invite("ines@example.com")
      let olga = desk.cast.olga
      try desk.database.write(organization: desk.scope.organization.id) { tx in
        _ = try Outbox.put(
          .init(.noPlacesLeft, to: olga.email, user: olga.id, program: desk.program.id), organization: desk.scope.organization.id,
          at: desk.now, in: tx)
      }
      let list = try OutboxList(scope: desk.scope)
      var filter = OutboxFilter()
      filter.search = "OLGA@"
      try desk.database.read { connection in
        let found = try list.page(filter, sort: latestFirst, request: PageRequest(), in: connection)
        #expect(found.rows.map(\.item.recipient) == [olga.email] && found.total == 1)
        #expect(try list.count(in: connection) == 2)
        #expect(try list.latest(of: user, in: connection).map(\.item.kind) == [.invitation])
        #expect(try list.name(of: user, in: connection) == "Ines Invited" && list.name(of: olga.id, in: connection) == nil)
      }
    }
  }
}
