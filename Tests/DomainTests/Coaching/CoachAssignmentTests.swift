import Database
import Support
import Testing
import World

@testable import Domain

/// Giving learners to one of an organization's own coaches.
@Suite struct CoachAssignmentTests {
  private func names(_ desk: LearnerDesk, _ change: (inout CoachAssignment.Filter) -> Void = { _ in }) throws -> [String] {
    var filter = CoachAssignment.Filter()
    change(&filter)
    let assignment = try CoachAssignment(to: desk.world.mark, scope: desk.scope, now: Cast.now)
    return try desk.database.read { connection in
      let page = try assignment.page(filter, sort: Sorting(.name, descending: false), request: PageRequest(), in: connection)
      #expect(try page.total == page.rows.count && assignment.ids(filter, in: connection) == page.rows.map(\.id))
      return page.rows.map(\.name)
    }
  }

  private func outlook(_ desk: LearnerDesk, _ engagements: [Int64]) throws -> CoachAssignment.Outlook {
    try desk.database.read {
      try CoachAssignment(to: desk.world.mark, scope: desk.scope, now: Cast.now).outlook(engagements, in: $0)
    }
  }

  @Test(arguments: TestDatabase.engines) func whoIsOfferedIsNotTheCoachsAlready(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      #expect(try names(desk) == ["Lena Lind", "Noor Haddad"])
      #expect(try names(desk) { $0.search = "noor@" } == ["Noor Haddad"] && names(desk) { $0.withoutCoach = true } == [])
      try desk.story { try $0.run("UPDATE engagements SET coach_id = NULL WHERE id = \(desk.lenas)") }
      #expect(try names(desk) { $0.withoutCoach = true } == ["Lena Lind"])
      try desk.database.write(organization: 0) { try $0.run("UPDATE coaches SET deactivated_at = 'x' WHERE id = \(desk.world.ines)") }
      #expect(try names(desk) { $0.withoutCoach = true } == ["Lena Lind", "Noor Haddad"])
      #expect(try names(desk) { ($0.withoutCoach, $0.search) = (true, "noor") } == ["Noor Haddad"])
      _ = try desk.acted(.changeCoach(desk.world.mark), on: .engagements([desk.lenas]))
      #expect(try names(desk) == ["Noor Haddad"])
      _ = try desk.acted(.deactivate, on: .engagements([desk.noors]), at: Cast.now.adding(seconds: 60))
      #expect(try names(desk) == [])
    }
  }

  @Test(arguments: TestDatabase.engines) func whoIsReplacedIsSaidBefore(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      let world = desk.world
      try desk.story { tx in
        try tx.run("UPDATE engagements SET coach_id = NULL WHERE id = \(desk.noors)")
        try world.session(desk.lenas, at: Cast.now.adding(days: 2), "SCHEDULED", in: tx)
      }
      let before = try outlook(desk, [desk.noors, desk.lenas, desk.lenas, 999])
      #expect(before.act.applies == 2 && before.replaced == 1 && before.fault == nil && before.act.sessions == 1)
      #expect(before.learners.map(\.name) == ["Lena Lind", "Noor Haddad"] && before.learners.map(\.coach) == ["Ines Duarte", ""])
      let assignment = try CoachAssignment(to: world.mark, scope: desk.scope, now: Cast.now)
      #expect(try assignment.assign([desk.lenas, desk.noors], in: desk.database).changed == 2)
      #expect(try desk.text("coach_changed", desk.lenas) == "1" && desk.text("coach_changed", desk.noors) == "0")
      #expect(try desk.faults() == [])
      let after = try outlook(desk, [desk.lenas, desk.noors])
      #expect(after.act.applies == 0 && after.learners.isEmpty && after.coach.learners == 2)
      // Nobody's coach but the organization's own.
      for (coach, scope) in [(world.ines, desk.scope), (world.mark, try desk.strangers), (999, desk.scope)] {
        let foreign = try CoachAssignment(to: coach, scope: scope, now: Cast.now)
        #expect(throws: Failure.notFound) { try foreign.assign([desk.lenas], in: desk.database) }
        #expect(throws: Failure.notFound) { try desk.database.read { try foreign.outlook([desk.lenas], in: $0) } }
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func placesThatAreFreeAreSaid(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      let mark = desk.world.mark
      func capacity(_ places: Int64?) throws {
        try desk.database.write(organization: 0) { try $0.run("UPDATE coaches SET capacity = \(places) WHERE id = \(mark)") }
      }
      try capacity(1)
      let sentence = "Mark Osei has 1 place free (0 of 1 learner now), and 2 learners are selected. Select at most 1."
      #expect(try outlook(desk, [desk.lenas, desk.noors]).fault == sentence && outlook(desk, [desk.lenas]).fault == nil)
      let assignment = try CoachAssignment(to: mark, scope: desk.scope, now: Cast.now)
      #expect(
        try desk.refusal { _ = try assignment.assign([desk.lenas, desk.noors], in: desk.database) }.contains("takes up to 1 learner"))
      #expect(try assignment.assign([desk.lenas], in: desk.database).changed == 1)
      #expect(try outlook(desk, [desk.noors]).fault == "Mark Osei has no place free: 1 of 1 learner now.")
      try capacity(nil)
      #expect(try outlook(desk, [desk.noors]).fault == nil)
      try desk.database.write(organization: 0) { try $0.run("UPDATE coaches SET deactivated_at = 'x' WHERE id = \(mark)") }
      #expect(try outlook(desk, [desk.noors]).fault == "Mark Osei is deactivated. Reactivate the coach first.")
      #expect(try desk.faults() == [])
    }
  }

  /// Two administrators assign at once: whoever comes second sees what the first has done.
  @Test(arguments: TestDatabase.engines) func twoWhoAssignAtOnceStayWithinTheCapacity(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      let mark = desk.world.mark
      let engagements = try desk.story { tx in
        try tx.run("UPDATE coaches SET capacity = 5 WHERE id = \(mark)")
        return try (0..<8).map {
          try desk.world.engage(desk.world.person("Learner \($0)", "learner\($0)@northwind.example", in: tx), in: tx)
        }
      }
      let errors = onThreads(8) { index in
        _ = try CoachAssignment(to: mark, scope: desk.scope, now: Cast.now).assign([engagements[index]], in: desk.database)
      }.compactMap(\.self)
      #expect(errors.count == 3 && errors.allSatisfy { ($0 as? Failure)?.code == .conflict })
      let now = try desk.database.read { try $0.scalar("SELECT clients_now FROM coach_totals WHERE coach_id = \(mark)") }
      #expect(try now == 5 && desk.faults() == [])
    }
  }
}
