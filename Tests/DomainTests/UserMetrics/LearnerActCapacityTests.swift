import Database
import Support
import Testing
import World

@testable import Domain

/// What must hold however learners come to a coach, and however often a form is sent.
@Suite struct LearnerActCapacityTests {
  private func limit(_ coach: Int64, _ capacity: Int64, _ desk: LearnerDesk) throws {
    try desk.database.write(organization: 0) { try $0.run("UPDATE coaches SET capacity = \(capacity) WHERE id = \(coach)") }
  }

  private func isRefused(_ body: () throws -> Void) -> Bool {
    do { try body() } catch { return (error as? Failure)?.code == .conflict }
    return false
  }

  @Test(arguments: TestDatabase.engines) func whoComesBackTakesAPlaceAgain(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      let (ines, mark) = (desk.world.ines, desk.world.mark)
      let moved = try desk.acted(.changeCoach(mark), on: .engagements([desk.lenas]))
      try limit(ines, 1, desk)
      #expect(isRefused { _ = try desk.acts().undo(moved.id, in: desk.database) })
      #expect(try desk.text("coach_id", desk.lenas) == "\(mark)")
      // Nothing was claimed by the undo that was refused.
      try limit(ines, 2, desk)
      #expect(try desk.acts().undo(moved.id, in: desk.database).restored == 1)

      let left = try desk.acted(.deactivate, on: .engagements([desk.lenas]))
      try limit(ines, 1, desk)
      #expect(isRefused { _ = try desk.acts().undo(left.id, in: desk.database) })
      #expect(isRefused { _ = try desk.acts().perform(.reactivate, on: .engagements([desk.lenas]), in: desk.database) })
      // Whoever has too many already may lose some.
      #expect(try desk.acted(.pause, on: .engagements([desk.noors])).changed == 1)
      try limit(ines, 2, desk)
      #expect(try desk.acted(.reactivate, on: .engagements([desk.lenas])).changed == 1)
      #expect(try desk.faults() == [])
    }
  }

  @Test(arguments: TestDatabase.engines) func aFormThatIsSentTwiceActsOnce(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      let ends = try desk.text("ends_at", desk.lenas)
      for act in [LearnerAct.extend(.days(7)), .note("Once")] {
        func send() throws -> LearnerActs.Done { try desk.acts().perform(act, on: desk.both, askedAt: Cast.now, in: desk.database) }
        let (first, second) = try (send(), send())
        #expect(first.changed == 2 && !first.isRepeated)
        #expect(second.changed == 0 && second.isRepeated)
      }
      #expect(try desk.text("ends_at", desk.lenas) == Moment(ends)?.adding(days: 7).text)
      #expect(try desk.database.read { try $0.scalar("SELECT COUNT(*) FROM engagement_notes") } == 2)
      // A page that is shown later asks for something new.
      let later = Cast.now.adding(seconds: 1)
      #expect(try desk.acts(at: later).perform(.extend(.days(7)), on: desk.both, askedAt: later, in: desk.database).changed == 2)
    }
  }

  @Test(arguments: TestDatabase.engines) func aCoachWhoLearnsKeepsTheSignIn(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      try desk.database.write(organization: 0) {
        try $0.run(
          "UPDATE coaches SET account_id = \(desk.noor), organization_id = \(desk.cast.northwind.id) WHERE id = \(desk.world.mark)")
      }
      #expect(try desk.acted(.deactivate, on: desk.both).changed == 1)
      #expect(try desk.stages() == [.deactivated, .onboarding])
    }
  }

  @Test(arguments: TestDatabase.engines) func aPlatformCoachIsCountedWithinTheOrganization(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      let (mark, south) = (desk.world.mark, desk.cast.southwind.id)
      try desk.database.write(organization: 0) { tx in
        try tx.run("UPDATE coaches SET organization_id = 0, capacity = 5 WHERE id = \(mark)")
        try tx.run("INSERT INTO coach_totals (organization_id, coach_id, clients_now, clients_ever) VALUES (\(south), \(mark), 4, 9)")
      }
      let coach = try desk.database.read { try CoachChoice.find(mark, scope: desk.scope, in: $0) }
      #expect(coach.learners == 0 && coach.places == 1)
      #expect(coach.fault(more: 2) == "Mark Osei cannot take 2 more learners now. Choose another coach, or ask the account team.")
      #expect(coach.fault(more: 1) == nil)
    }
  }
}
