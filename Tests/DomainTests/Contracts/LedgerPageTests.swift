import Database
import Support
import Testing
import World

@testable import Domain

/// What the pages of contracts show.
@Suite struct LedgerPageTests {
  @Test(arguments: TestDatabase.engines) func everyMovementHasItsSum(_ engine: Dialect) throws {
    try LedgerWorld.with(engine, places: 40) { world in
      var users: [Int64] = []
      for number in 1...30 {
        users.append(try world.invite(number, under: 0))
        try world.join(users[number - 1])
      }
      _ = try world.remove([users[0]])
      world.cast.time.pass(seconds: 601)
      try Removal.releaseDue(at: world.now, in: world.database)
      let contract = try world.contract(0)
      let ledger = Ledger(of: contract, scope: world.scope)
      let (first, second, sum) = try world.database.read { connection in
        (
          try ledger.page(PageRequest(number: 1, size: 20), in: connection),
          try ledger.page(PageRequest(number: 2, size: 20), in: connection),
          try ledger.sum(in: connection)
        )
      }
      #expect(first.total == 31 && first.rows.count == 20 && second.rows.count == 11)
      #expect(sum == contract.used && contract.used == 29)
      let newest = try #require(first.rows.first)
      #expect(newest.change == -1 && newest.sum == 29 && newest.words == "Removed" && newest.person?.name == "Person 1")
      #expect(newest.programSlug == "data-academy")
      #expect(first.rows.dropFirst().map(\.sum) == (12...30).reversed())
      #expect(second.rows.map(\.sum) == (1...11).reversed())
      #expect(second.rows.last?.words == "Joined" && second.rows.last?.actor == "Person 1")
      var text = ""
      try world.database.export { try ledger.write(in: $0) { text += String(decoding: $0, as: UTF8.self) } }
      let lines = text.split(separator: "\r\n")
      #expect(lines.count == 32)
      #expect(lines[1].hasSuffix(",Removed,Person 1,person1@example.com,Data Academy,data-academy,Olga Owner,-1,29"))
      #expect(lines.last?.hasSuffix(",1,1") == true)
    }
  }

  @Test(arguments: TestDatabase.engines) func theListCountsWhatHappens(_ engine: Dialect) throws {
    try LedgerWorld.with(engine) { world in
      let users = try (1...3).map { try world.invite($0, under: 0) }
      try world.join(users[0])
      try world.join(users[1])
      #expect(try world.enroll(users[0], course: 1))
      func list(_ search: String = "", _ key: ContractList.Key = .name, descending: Bool = false) throws -> [ContractList.Entry] {
        try world.database.read {
          try ContractList.find(
            search: search, sort: Sorting(key, descending: descending), request: PageRequest(), scope: world.scope, in: $0
          ).page.rows
        }
      }
      let all = try list()
      #expect(all.map(\.contract.name) == (0...4).map { "Contract \($0)" })
      let first = try #require(all.first)
      #expect(first.contract.used == 2 && first.contract.utilized == 1 && first.contract.openInvitations == 1 && first.contract.left == 3)
      #expect(first.programs.map(\.name) == ["Data Academy"])
      #expect(try list("contract 3").map(\.contract.name) == ["Contract 3"])
      #expect(try list("académy").count == 5)
      #expect(try list("", .left, descending: true).first?.contract.kind == .unlimited)
      #expect(try list("", .occupied, descending: true).first?.contract.name == "Contract 0")
      let differences = try world.differences()
      #expect(differences == [])
      let narrow = OrganizationScope(
        viewer: world.scope.viewer, organization: world.cast.northwind, reach: .programs([world.cast.dataAcademy]))
      #expect(throws: Failure.notFound) {
        try world.database.read {
          try ContractList.find(search: "", sort: Sorting(.name, descending: false), request: PageRequest(), scope: narrow, in: $0)
        }
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func aProgramIsMadeOnce(_ engine: Dialect) throws {
    try LedgerWorld.with(engine) { world in
      let made = try Program.create(slug: "data-2", name: " Dáta Two ", scope: world.scope, at: world.now, in: world.database)
      #expect(made.name == "Dáta Two" && made.funnel.invited == 0)
      // The same slug in another organization is another program.
      let south = OrganizationScope(viewer: world.scope.viewer, organization: world.cast.southwind, reach: .all)
      #expect(try Program.create(slug: "data-2", name: "X", scope: south, at: world.now, in: world.database).id != made.id)
      for (slug, name, fields) in [("data-2", "Other", ["slug"]), ("new", "New", ["slug"]), ("A b", "", ["slug", "name"])] {
        let failure = #expect(throws: Failure.self) {
          try Program.create(slug: slug, name: name, scope: world.scope, at: world.now, in: world.database)
        }
        #expect(failure?.fields.map(\.name) == fields)
      }
    }
  }
}
