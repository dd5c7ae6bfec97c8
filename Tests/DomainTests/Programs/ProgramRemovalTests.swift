import Database
import Support
import Testing
import World

@testable import Domain

/// Removing a whole program: every figure stays right, the licenses are free at once, and nobody gets in afterwards.
@Suite struct ProgramRemovalTests {
  private func count(_ world: LedgerWorld, _ sql: SQL) throws -> Int64 { try world.database.read { try $0.scalar(sql) } }

  private func states(_ world: LedgerWorld) throws -> [Int64: String] {
    try world.database.read { connection in
      var states: [Int64: String] = [:]
      try connection.rows("SELECT user_id, state FROM memberships WHERE program_id = \(world.cast.dataAcademy)") { row in
        states[row.int(0)] = row.text(1)
        return true
      }
      return states
    }
  }

  /// People in every state under every kind of contract.
  private func live(_ world: LedgerWorld, _ random: inout SeededGenerator) throws {
    var people: [Int: Int64] = [:]
    for _ in 1...260 {
      world.cast.time.pass(seconds: Int64.random(in: 1...30, using: &random))
      let number = Int.random(in: 1...40, using: &random)
      do {
        switch Int.random(in: 0...9, using: &random) {
        case 0...3: people[number] = try world.invite(number, under: Int.random(in: 0...4, using: &random))
        case 4...6: if let user = people[number] { try world.join(user) }
        case 7: if let user = people[number] { _ = try world.remove([user]) }
        case 8:
          if let user = people[number] { _ = try world.enroll(user, course: Int.random(in: 1...LedgerWorld.courses, using: &random)) }
        default: if let user = people[number] { _ = try world.revoke([user]) }
        }
      } catch is Failure {} catch is JoinRefusal {}
    }
  }

  @Test(arguments: TestDatabase.engines, [1, 2, 3] as [UInt64])
  func everybodyLeavesAndEveryFigureAgrees(_ engine: Dialect, seed: UInt64) throws {
    try LedgerWorld.with(engine, places: 12) { world in
      var random = SeededGenerator(seed)
      try live(world, &random)
      let program = try world.program()
      let before = try states(world)
      let home = try world.database.read { try HomeFigures.load(scope: world.scope, now: world.now, in: $0) }
      let (spent, moved) = (try world.used(3), try count(world, "SELECT COUNT(*) FROM license_movements"))
      let mails = try count(world, "SELECT COUNT(*) FROM outbox WHERE kind = 'program-exit' AND state = 'WAITING'")
      let removal = ProgramRemoval(world.scope, of: program, at: world.now)
      let outlook = try world.database.read { try removal.outlook(in: $0) }
      let held = try (0...2).map { Int(try world.used($0)) }
      #expect(
        outlook.freed == held.enumerated().filter { $0.element > 0 }.map { .init(contract: "Contract \($0.offset)", licenses: $0.element) })

      #expect(throws: Failure.self) { try removal.remove(confirming: "data academy", in: world.database) }
      #expect(try states(world) == before, "another name changes nothing")
      let removed = try removal.remove(confirming: "  Data  Academy ", in: world.database)
      let members = before.filter { $0.value == "MEMBER" }.keys
      #expect(removed.members == members.count && outlook.members == members.count && members.count > 3)
      let invited = before.values.filter { $0 == "INVITED" }.count
      #expect(removed.invitations == invited && outlook.invitations == invited && invited > 0)

      let differences = try world.differences()
      #expect(differences == [])
      let after = try states(world)
      #expect(after.values.allSatisfy { $0 == "DELETED_MEMBER" })
      #expect(members.allSatisfy { after[$0] != nil })
      for contract in [0, 1, 2, 4] { #expect(try world.used(contract) == 0, "contract \(contract)") }
      #expect(try world.used(3) == spent, "enrollments are not given back")
      #expect(try count(world, "SELECT COUNT(*) FROM license_movements") > moved)
      #expect(try count(world, "SELECT COUNT(*) FROM license_movements WHERE reason = 'IMPORTED'") == 0, "a movement for each person")
      #expect(try count(world, "SELECT COUNT(*) FROM memberships WHERE release_at <> ''") == 0)
      #expect(
        try count(world, "SELECT COUNT(*) FROM outbox WHERE kind = 'program-exit' AND state = 'WAITING'") == mails + Int64(members.count))
      #expect(try count(world, "SELECT COUNT(*) FROM outbox WHERE kind = 'invitation' AND state = 'WAITING'") == 0)
      #expect(try count(world, "SELECT COUNT(*) FROM invitations WHERE state NOT IN ('JOINED', 'REVOKED')") == 0)
      try expectHistory(world, program, home, memberships: after.count)
      try expectClosed(world, program)
      #expect(try Removal.releaseDue(at: world.now.adding(days: 1), in: world.database) == 0)
      #expect(try world.differences() == [])
    }
  }

  /// Totals and reports keep it, funnels and lists do not.
  private func expectHistory(_ world: LedgerWorld, _ program: Program, _ before: HomeFigures, memberships: Int) throws {
    let (home, all, page) = try world.database.read { connection in
      (
        try HomeFigures.load(scope: world.scope, now: world.now, in: connection), try Program.all(scope: world.scope, in: connection),
        try Program.page(
          search: "", sort: Sorting(.name, descending: false), request: PageRequest(), scope: world.scope, in: connection)
      )
    }
    #expect(home.totals == before.totals && home.funnel == Program.Funnel(invited: 0, joined: 0, enrolled: 0, completed: 0))
    #expect(all.map(\.slug) == ["leadership"] && page.rows.map(\.slug) == ["leadership"] && page.total == 1)
    var report: [UInt8] = []
    try world.database.export {
      try Report.membership.write(scope: world.scope, programs: [program.id], in: $0, bom: false) { report.append(contentsOf: $0) }
    }
    #expect(String(decoding: report, as: UTF8.self).split(separator: "\r\n").count == 1 + memberships)
  }

  /// Nobody finds it, is invited, joins or enrolls; nothing is removed twice.
  private func expectClosed(_ world: LedgerWorld, _ program: Program) throws {
    let removed = try #require(throws: RemovedProgram.self) { try world.program() }
    #expect(removed.name == "Data Academy" && removed.removedBy == "Olga Owner" && removed.removedAt == world.now.text)
    let contract = try world.contract(4)
    #expect(throws: RemovedProgram.self) {
      try world.database.write(organization: world.cast.northwind.id) {
        try Inviting(world.scope, to: program, under: contract, at: world.now)
          .invite(.init(name: "Late", email: "late@example.com"), sends: true, mayExceed: true, in: $0)
      }
    }
    let events = try count(world, "SELECT COUNT(*) FROM audit_events")
    #expect(throws: RemovedProgram.self) {
      try ProgramRemoval(world.scope, of: program, at: world.now).remove(confirming: program.name, in: world.database)
    }
    #expect(try count(world, "SELECT COUNT(*) FROM audit_events") == events)
    for user in try states(world).keys {
      #expect(throws: Failure.self) { try world.enroll(user, course: 1) }
      let learner = try? world.database.read {
        try LearnerProgram.find(organization: "northwind", program: "data-academy", for: user, in: $0)
      }
      #expect(learner?.isReadOnly == true && learner?.programRemovedAt == world.now.text)
    }
    for user in try world.database.read({ try $0.all("SELECT user_id FROM invitations WHERE state = 'REVOKED'") { $0.int(0) } }) {
      #expect(throws: JoinRefusal.programRemoved("Data Academy")) { try world.join(user) }
    }
    #expect(throws: Failure.self) {
      try Program.create(slug: "data-academy", name: "Again", scope: world.scope, at: world.now, in: world.database)
    }
  }

  @Test(arguments: TestDatabase.engines)
  func whoJoinsAtThatMomentIsInAndOutOrRefused(_ engine: Dialect) throws {
    try LedgerWorld.with(engine, places: 50) { world in
      let users = try (1...30).map { try world.invite($0, under: $0 % 3) }
      let offers = try users.map { user in try world.database.read { try world.joining.offer(world.token(user), in: $0) } }
      let (joining, program) = (world.joining, try world.program())
      let errors = onThreads(offers.count + 2) { index in
        if index == 10 || index == 20 {
          _ = try ProgramRemoval(world.scope, of: program, at: world.now).remove(confirming: program.name, in: world.database)
        } else {
          let offer = offers[index > 20 ? index - 2 : index > 10 ? index - 1 : index]
          _ = try joining.accept(offer, as: offer.user)
        }
      }
      #expect([errors[10], errors[20]].filter { $0 == nil }.count == 1, "one of two removes it")
      #expect([errors[10], errors[20]].compactMap { $0 as? RemovedProgram }.count == 1)
      let others = errors.indices.filter { $0 != 10 && $0 != 20 }.map { errors[$0] }
      #expect(others.allSatisfy { $0 == nil || $0 as? JoinRefusal == .programRemoved("Data Academy") })
      let joined = others.filter { $0 == nil }.count
      let after = try states(world).filter { $0.key != world.cast.lena.id }
      #expect(after.count == joined && after.values.allSatisfy { $0 == "DELETED_MEMBER" })
      let exits = try count(world, "SELECT COUNT(*) FROM outbox WHERE kind = 'program-exit'")
      #expect(exits == Int64(joined + 1), "Lena was a member before")
      for contract in 0...2 { #expect(try world.used(contract) == 0) }
      #expect(try world.differences() == [])
    }
  }

  @Test(arguments: TestDatabase.engines)
  func mutedExitMailsAreNotWrittenAndADraftIsNotConfirmed(_ engine: Dialect) throws {
    try BulkDesk.with(engine) { desk in
      let world = desk.world
      try world.join(try world.invite(1, under: 0))
      let draft = try desk.check("Full Name,Email,External ID\nNora New,nora@example.com,\n")
      try world.database.write(organization: world.cast.northwind.id) { tx in
        _ = try tx.run("INSERT INTO muted_emails (organization_id, kind) VALUES (\(world.cast.northwind.id), 'program-exit')")
      }
      #expect(try world.database.read { try UploadDraft.open(scope: world.scope, in: $0) }.count == 1)
      let program = try world.program()
      _ = try ProgramRemoval(world.scope, of: program, at: world.now).remove(confirming: program.name, in: world.database)
      #expect(try count(world, "SELECT COUNT(*) FROM outbox WHERE kind = 'program-exit'") == 0)
      #expect(throws: RemovedProgram.self) { try desk.bulk.confirm(draft.id, sends: true, mayExceed: true) }
      #expect(try world.database.read { try UploadDraft.open(scope: world.scope, in: $0) } == [])
      #expect(try count(world, "SELECT COUNT(*) FROM users WHERE email = 'nora@example.com'") == 0)
    }
  }

  @Test(arguments: TestDatabase.engines)
  func aContractKeepsTheProgramAndNoneCanChooseIt(_ engine: Dialect) throws {
    try LedgerWorld.with(engine) { world in
      try world.join(try world.invite(1, under: 0))
      let (program, contract) = (try world.program(), try world.contract(0))
      _ = try ProgramRemoval(world.scope, of: program, at: world.now).remove(confirming: program.name, in: world.database)
      let programs = try world.database.read { try contract.programs(in: $0) }
      var draft = ContractDraft(contract, programs: programs, in: world.cast.northwind)
      #expect(draft.programs == [])
      draft.name = "Renamed"
      _ = try Contract.update(id: contract.id, draft, scope: world.scope, at: world.now, in: world.database)
      draft.programs = ["leadership"]
      let changed = try Contract.update(id: contract.id, draft, scope: world.scope, at: world.now, in: world.database)
      #expect(try world.database.read { try changed.programs(in: $0).map(\.slug) } == ["data-academy", "leadership"])
      let list = try world.database.read {
        try ContractList.find(
          search: "renamed", sort: Sorting(.name, descending: false), request: PageRequest(), scope: world.scope, in: $0)
      }
      #expect(list.page.rows.first?.programs.map(\.name) == ["Data Academy (removed)", "Leadership"])
      draft.programs = ["data-academy"]
      #expect(throws: Failure.self) {
        try Contract.update(id: contract.id, draft, scope: world.scope, at: world.now, in: world.database)
      }
    }
  }
}
