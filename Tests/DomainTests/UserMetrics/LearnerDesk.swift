import Database
import Support
import Testing
import World

@testable import Domain

/// Northwind with Lena and Noor in coaching, both with Ines.
struct LearnerDesk: Sendable {
  let database: any Database, cast: Cast, world: CoachingWorld, scope: OrganizationScope
  let noor: Int64
  let lenas: Int64, noors: Int64

  var both: LearnerSelection { .engagements([lenas, noors]) }
  func acts(at now: Moment = Cast.now) throws -> LearnerActs { try LearnerActs(scope, at: now) }

  func stages(at now: Moment = Cast.now) throws -> [Stage] {
    try DueEngagements.move(at: now, in: database)
    return try database.read { connection in
      try connection.all("SELECT stage FROM engagement_rows WHERE engagement_id IN (\(lenas), \(noors)) ORDER BY engagement_id") {
        Stage(rawValue: $0.int(0)) ?? .onboarding
      }
    }
  }

  func text(_ column: SQL, _ engagement: Int64) throws -> String {
    try database.read { try $0.first("SELECT \(column) FROM engagements WHERE id = \(engagement)") { $0.text(0) } ?? "" }
  }

  func faults(at now: Moment = Cast.now) throws -> [String] {
    var faults: [String] = []
    try database.read { connection in try EngagementFigures.check(at: now, in: connection) { faults.append("\($0)") } }
    return faults
  }

  func acted(_ act: LearnerAct, on selection: LearnerSelection, at now: Moment = Cast.now) throws -> LearnerActs.Done {
    let (outlook, done) = try (
      database.read { try acts(at: now).outlook(act, on: selection, in: $0) }, acts(at: now).perform(act, on: selection, in: database)
    )
    // The page promises what then happens.
    #expect(outlook.applies == done.changed && outlook.selected - outlook.applies == done.left, "\(act)")
    #expect(try faults(at: now) == [], "\(act)")
    return done
  }

  static func with(_ engine: Dialect, _ body: (LearnerDesk) throws -> Void) throws {
    try TestDatabase.migrated(engine) { test in
      let cast = try Cast(in: test.database)
      let world = try CoachingWorld(cast, in: test.database)
      let (noor, lenas, noors) = try test.database.write(organization: 0) { tx in
        let noor = try world.person("Noor Haddad", "noor@northwind.example", in: tx)
        let ids = try (world.engage(cast.lena.id, in: tx), world.engage(noor, in: tx))
        try world.settle(in: tx)
        return (noor, ids.0, ids.1)
      }
      let viewer = Viewer(
        accountID: cast.olga.id, name: "Olga Owner", email: cast.olga.email, grants: [.organizationAdmin(organization: cast.northwind.id)])
      let scope = try test.database.read { try OrganizationScope.find(slug: "northwind", for: viewer, in: $0) }
      try body(
        LearnerDesk(database: test.database, cast: cast, world: world, scope: scope, noor: noor, lenas: lenas, noors: noors))
    }
  }
}
