import Database
import Foundation
import Support
import Testing
import World

@testable import Domain

/// Contracts as the account team makes and changes them.
@Suite struct ContractTests {
  private func draft(_ change: (inout ContractDraft) -> Void = { _ in }) -> ContractDraft {
    var draft = ContractDraft()
    (draft.name, draft.kind, draft.places) = ("Year 1", "memberships", "10")
    (draft.starts, draft.ends, draft.programs) = ("2024-06-01", "2025-05-31", ["data-academy"])
    change(&draft)
    return draft
  }

  @Test(arguments: TestDatabase.engines) func daysBeginAndEndInTheOrganizationsZone(_ engine: Dialect) throws {
    try LedgerWorld.with(engine) { world in
      let made = try Contract.create(
        draft {
          $0.programs = ["data-academy", "leadership"]
          $0.occupiedOn = "first-enrollment"
        }, scope: world.scope, at: world.now, in: world.database)
      #expect(made.startsAt == "2024-05-31T22:00:00.000Z" && made.endsAt == "2025-05-31T21:59:59.999Z")
      #expect(made.kind == .memberships && made.quantity == 10 && made.occupiedOn == .firstEnrollment && made.left == 10)
      let programs = try world.database.read { try made.programs(in: $0) }
      #expect(programs.map(\.slug) == ["data-academy", "leadership"])
      #expect(ContractDraft(made, programs: programs, in: world.cast.northwind).ends == "2025-05-31")
      let event = try world.database.read {
        try $0.first("SELECT actor_id, subject_kind, subject_id FROM audit_events WHERE action = 'contract_created'") {
          "\($0.int(0)) \($0.text(1)) \($0.int(2))"
        }
      }
      #expect(event == "\(world.cast.olga.id) contract \(made.id)")
    }
  }

  @Test func whatIsWrongIsNamed() throws {
    let cases: [(String, (inout ContractDraft) -> Void)] = [
      ("name", { $0.name = " " }), ("name", { $0.name = "Year 1; Year 2" }), ("name", { $0.name = "a\nb" }), ("kind", { $0.kind = "some" }),
      ("places", { $0.places = "" }), ("places", { $0.places = "0" }), ("places", { $0.places = "-1" }), ("places", { $0.places = "1.5" }),
      ("places", { $0.places = "1000000000000" }), ("places", { $0.places = "٣" }), ("places", { $0.kind = "unlimited" }),
      ("occupied-on", { $0.occupiedOn = "never" }), ("occupied-on", { ($0.kind, $0.occupiedOn) = ("enrollments", "invitation") }),
      ("starts", { $0.starts = "" }), ("starts", { $0.starts = "2024-02-30" }), ("ends", { $0.ends = "31.05.2025" }),
      ("ends", { $0.ends = "2024-05-31" }), ("programs", { $0.programs = [] }), ("programs", { $0.programs = ["data-academy", "sales"] }),
    ]
    try LedgerWorld.with(.sqlite) { world in
      for (index, (field, change)) in cases.enumerated() {
        let failure = #expect(throws: Failure.self) {
          try Contract.create(draft(change), scope: world.scope, at: world.now, in: world.database)
        }
        #expect(failure?.code == .invalid && failure?.fields.map(\.name) == [field], "case \(index)")
      }
      let count = try world.database.read { try $0.scalar("SELECT COUNT(*) FROM contracts WHERE name = 'Year 1'") }
      #expect(count == 0)
    }
  }

  @Test(arguments: TestDatabase.engines) func aNameIsTakenOnceInAnOrganization(_ engine: Dialect) throws {
    try LedgerWorld.with(engine) { world in
      let made = try Contract.create(draft(), scope: world.scope, at: world.now, in: world.database)
      let failure = #expect(throws: Failure.self) {
        try Contract.create(draft { $0.places = "3" }, scope: world.scope, at: world.now, in: world.database)
      }
      #expect(failure?.code == .conflict && failure?.fields.map(\.name) == ["name"])
      let same = try Contract.update(id: made.id, draft(), scope: world.scope, at: world.now, in: world.database)
      #expect(same == made)
      let other = #expect(throws: Failure.self) {
        try Contract.update(id: world.contracts[0], draft(), scope: world.scope, at: world.now, in: world.database)
      }
      #expect(other?.fields.map(\.name) == ["name"])
    }
  }

  @Test(arguments: TestDatabase.engines) func anotherOrganizationsContractIsNotThere(_ engine: Dialect) throws {
    try LedgerWorld.with(engine) { world in
      let foreign = OrganizationScope(viewer: world.scope.viewer, organization: world.cast.southwind, reach: .all)
      for scope in [
        foreign,
        OrganizationScope(viewer: world.scope.viewer, organization: world.cast.northwind, reach: .programs([world.cast.dataAcademy])),
      ] {
        #expect(throws: Failure.notFound) { try world.database.read { try Contract.find(id: world.contracts[0], scope: scope, in: $0) } }
        #expect(throws: Failure.notFound) {
          try Contract.update(id: world.contracts[0], draft { $0.programs = [] }, scope: scope, at: world.now, in: world.database)
        }
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func whatIsInUseStays(_ engine: Dialect) throws {
    try LedgerWorld.with(engine) { world in
      for number in 1...3 { try world.join(world.invite(number, under: 0)) }
      func update(_ change: (inout ContractDraft) -> Void) throws -> Contract {
        try Contract.update(id: world.contracts[0], draft(change), scope: world.scope, at: world.now, in: world.database)
      }
      let failure = #expect(throws: Failure.self) {
        try update { ($0.kind, $0.places, $0.occupiedOn, $0.programs) = ("unlimited", "", "invitation", ["leadership"]) }
      }
      #expect(failure?.code == .conflict)
      #expect(failure?.fields.map(\.name) == ["kind", "occupied-on", "programs"])
      let fewer = #expect(throws: Failure.self) { try update { $0.places = "2" } }
      #expect(fewer?.fields.map(\.name) == ["places"] && fewer?.sentence.contains("3 are taken") == true)
      let changed = try update { ($0.name, $0.places, $0.programs) = ("Year 2", "3", ["data-academy", "leadership"]) }
      #expect(changed.name == "Year 2" && changed.left == 0)
      let differences = try world.differences()
      #expect(differences == [])
    }
  }

  @Test(arguments: TestDatabase.engines) func anUnusedContractMayBecomeAnother(_ engine: Dialect) throws {
    try LedgerWorld.with(engine) { world in
      let changed = try Contract.update(
        id: world.contracts[0], draft { ($0.kind, $0.places, $0.programs) = ("unlimited", "", ["leadership"]) }, scope: world.scope,
        at: world.now, in: world.database)
      #expect(changed.kind == .unlimited && changed.quantity == nil)
    }
  }

  @Test(arguments: TestDatabase.engines) func morePlacesEndTheNotice(_ engine: Dialect) throws {
    try LedgerWorld.with(engine, places: 1) { world in
      let users = try (1...2).map { try world.invite($0, under: 0) }
      try world.join(users[0])
      #expect(throws: JoinRefusal.noPlaces) { try world.join(users[1]) }
      #expect(try !world.contract(0).refusedAt.isEmpty)
      _ = try Contract.update(id: world.contracts[0], draft { $0.places = "1" }, scope: world.scope, at: world.now, in: world.database)
      #expect(try !world.contract(0).refusedAt.isEmpty)
      _ = try Contract.update(id: world.contracts[0], draft { $0.places = "2" }, scope: world.scope, at: world.now, in: world.database)
      #expect(try world.contract(0).refusedAt.isEmpty)
      #expect(try world.join(users[1]))
    }
  }

  @Test(arguments: TestDatabase.engines) func momentsOfAnImportAreNotRounded(_ engine: Dialect) throws {
    try LedgerWorld.with(engine) { world in
      let given = "2024-06-01T09:30:00.000Z"
      try world.database.write(organization: world.cast.northwind.id) {
        _ = try $0.run("UPDATE contracts SET starts_at = \(given) WHERE id = \(world.contracts[0])")
      }
      func update(_ change: (inout ContractDraft) -> Void) throws -> Contract {
        try Contract.update(id: world.contracts[0], draft(change), scope: world.scope, at: world.now, in: world.database)
      }
      #expect(try update { $0.ends = "" }.startsAt == given)
      #expect(try update { $0.starts = "2024-06-02" }.startsAt == "2024-06-01T22:00:00.000Z")
      // A day that was once given cannot be taken away.
      #expect(throws: Failure.self) { try update { $0.starts = "" } }
    }
  }

  @Test func daysKeepToTheirZoneAlsoWhenClocksChange() throws {
    let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
    let day = try #require(CivilDate("2024-03-31"))
    #expect(day.beginning(in: berlin).text == "2024-03-30T23:00:00.000Z" && day.end(in: berlin).text == "2024-03-31T21:59:59.999Z")
    #expect(CivilDate(of: day.end(in: berlin), in: berlin) == day && CivilDate(of: day.beginning(in: berlin), in: berlin) == day)
    // Midnight does not exist on that day in Beirut.
    let beirut = try #require(TimeZone(identifier: "Asia/Beirut"))
    #expect(try #require(CivilDate("2024-03-31")).beginning(in: beirut).text == "2024-03-30T22:00:00.000Z")
    for text in ["2024-02-30", "2024-2-3", "2024-06-01T00:00:00Z", "", "20240601  "] { #expect(CivilDate(text) == nil, "\(text)") }
  }
}
