import Database
import Support
import Testing
import World

@testable import Domain

/// The ledger adds up whatever happens in whatever order, and never gives more than was bought.
@Suite struct LedgerTests {
  @Test(arguments: TestDatabase.engines, [1, 2] as [UInt64])
  func afterRandomOperationsEverythingAgrees(_ engine: Dialect, seed: UInt64) throws {
    try LedgerWorld.with(engine) { world in
      var random = SeededGenerator(seed)
      var people: [Int: Int64] = [:]
      var removals: [Moment] = []
      for step in 1...2500 {
        world.cast.time.pass(seconds: Int64.random(in: 1...200, using: &random))
        let number = Int.random(in: 1...25, using: &random)
        do {
          switch Int.random(in: 0...9, using: &random) {
          case 0...2: people[number] = try world.invite(number, under: Int.random(in: 0...4, using: &random))
          case 3...5: if let user = people[number] { try world.join(user) }
          case 6: if let user = people[number], try world.remove([user]) == 1 { removals.append(world.now) }
          case 7: if let moment = removals.randomElement(using: &random) { _ = try world.restore(moment) }
          case 8:
            if let user = people[number] { _ = try world.enroll(user, course: Int.random(in: 1...LedgerWorld.courses, using: &random)) }
          default:
            if Bool.random(using: &random) { try Removal.releaseDue(at: world.now, in: world.database) }
            if let user = people[number] { _ = try world.revoke([user]) }
          }
        } catch is Failure {} catch is JoinRefusal {}
        if step % 250 == 0 {
          let differences = try world.differences()
          #expect(differences == [], "after \(step) steps")
          try expectOneAnswer(world)
        }
      }
      let over = try world.database.read { try $0.scalar("SELECT COUNT(*) FROM contracts WHERE used > quantity") }
      #expect(over == 0)
      let moved = try world.database.read { try $0.scalar("SELECT COUNT(*) FROM license_movements") }
      #expect(moved > 30)
    }
  }

  /// The ledger, what is left of each contract, Home, Members and the membership report say the same.
  private func expectOneAnswer(_ world: LedgerWorld) throws {
    let (scope, now) = (world.scope, world.now)
    let program = try world.program()
    let (members, home, contracts, ledger) = try world.database.read { connection in
      (
        try MemberList(of: program, scope: scope, now: now)
          .page(MemberFilter(), sort: Sorting(.name, descending: false), request: PageRequest(), in: connection).total,
        try HomeFigures.load(scope: scope, now: now, in: connection),
        try Contract.of(programs: [program.id], in: connection)[program.id] ?? [],
        try connection.all("SELECT contract_id, SUM(change) FROM license_movements GROUP BY contract_id") { ($0.int(0), Int($0.int(1))) }
      )
    }
    let states = try world.database.read {
      try $0.all("SELECT state FROM memberships WHERE program_id = \(program.id)") { $0.text(0) }
    }
    #expect(members == program.funnel.joined && members == states.filter { $0 == "MEMBER" }.count)
    #expect(program.funnel.invited == states.filter { $0 != "DELETED_MEMBER" }.count)
    #expect(home.funnel.joined == members && home.funnel.invited == program.funnel.invited)
    for contract in contracts {
      let given = ledger.first { $0.0 == contract.id }?.1 ?? 0
      #expect(contract.used == given && contract.left == contract.quantity.map { $0 - given })
    }
    var report: [UInt8] = []
    try world.database.export {
      try Report.membership.write(scope: scope, programs: [program.id], in: $0, bom: false) { report.append(contentsOf: $0) }
    }
    let reported = String(decoding: report, as: UTF8.self).split(separator: "\r\n").dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false)[7]
    }
    #expect(reported.map(String.init).sorted() == states.sorted())
  }

  @Test(arguments: TestDatabase.engines)
  func ofFiftyWhoWantTheLastPlaceOneGetsIt(_ engine: Dialect) throws {
    try LedgerWorld.with(engine, places: 1) { world in
      let users = try (1...50).map { try world.invite($0, under: 0) }
      let offers = try users.map { user in try world.database.read { try world.joining.offer(world.token(user), in: $0) } }
      let joining = world.joining
      let errors = onThreads(offers.count) { _ = try joining.accept(offers[$0], as: offers[$0].user) }
      #expect(errors.filter { $0 == nil }.count == 1)
      #expect(errors.filter { $0 as? JoinRefusal == .noPlaces }.count == 49)
      let used = try world.used(0)
      #expect(used == 1)
      let differences = try world.differences()
      #expect(differences == [])
      // One mail a day tells the administrators.
      let notices = try world.database.read { try $0.scalar("SELECT COUNT(*) FROM outbox WHERE kind = 'no-places-left'") }
      let administrators = try world.database.read {
        try $0.scalar(
          "SELECT COUNT(*) FROM role_assignments WHERE organization_id = \(world.cast.northwind.id) AND program_id IN (0, \(world.cast.dataAcademy))"
        )
      }
      #expect(notices == administrators && notices > 0)
    }
  }

  @Test(arguments: TestDatabase.engines)
  func aRemovalKeepsItsLicenseUntilItCannotBeUndone(_ engine: Dialect) throws {
    try LedgerWorld.with(engine) { world in
      let user = try world.invite(1, under: 0)
      #expect(try world.join(user))
      let removedAt = world.now
      #expect(try world.remove([user]) == 1)
      #expect(try world.used(0) == 1)
      world.cast.time.pass(seconds: 599)
      #expect(try Removal.releaseDue(at: world.now, in: world.database) == 0)
      #expect(try world.restore(removedAt) == 1)
      #expect(try world.remove([user]) == 1)
      let again = world.now
      world.cast.time.pass(seconds: 600)
      #expect(try world.restore(again) == 0)
      #expect(try Removal.releaseDue(at: world.now, in: world.database) == 1)
      #expect(try world.used(0) == 0)
      let movements = try world.database.read {
        try $0.all("SELECT change, reason FROM license_movements WHERE contract_id = \(world.contracts[0]) ORDER BY id") {
          "\($0.int(0)) \($0.text(1))"
        }
      }
      #expect(movements == ["1 JOINED", "-1 REMOVED"])
      // The exit mail of the removal that was undone is dropped, the other waits for its moment.
      let exits = try world.database.read { try $0.scalar("SELECT COUNT(*) FROM outbox WHERE kind = 'program-exit' AND state = 'WAITING'") }
      #expect(exits == 1)
      let differences = try world.differences()
      #expect(differences == [])
    }
  }

  @Test(arguments: TestDatabase.engines)
  func anInvitationAcceptedByAnotherAccountMovesToIt(_ engine: Dialect) throws {
    try LedgerWorld.with(engine) { world in
      let user = try world.invite(1, under: 2)
      let other = world.cast.twyla.id
      #expect(try world.join(user, as: other))
      let states = try world.database.read {
        try $0.all("SELECT user_id, state FROM memberships WHERE program_id = \(world.cast.dataAcademy) AND user_id IN (\(user), \(other))")
        {
          "\($0.int(0)) \($0.text(1))"
        }
      }
      #expect(states == ["\(other) MEMBER"])
      #expect(try world.used(2) == 1)
      let differences = try world.differences()
      #expect(differences == [])
      // Used up for the one it was sent to, and it leads home the one who joined.
      #expect(throws: JoinRefusal.self) { try world.join(user) }
    }
  }
}
