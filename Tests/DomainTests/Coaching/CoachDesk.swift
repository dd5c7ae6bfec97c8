import Database
import Support
import Testing
import World

@testable import Domain

/// A coach at work: Ines, of the platform, who coaches Lena at Northwind; it is Friday noon in Berlin, where both are.
struct CoachDesk: @unchecked Sendable {
  let test: TestDatabase
  let cast: Cast
  let world: CoachingWorld
  /// Lena's engagement.
  let engagement: Int64
  /// Ines.
  let scope: CoachScope

  static let now = Cast.now

  var database: any Database { test.database }

  /// Today at a full hour of Berlin.
  static func today(_ hour: Int64) -> Moment { now.adding(seconds: (hour - 12) * 3600) }

  static func with(_ engine: Dialect, _ body: (CoachDesk) throws -> Void) throws {
    try TestDatabase.migrated(engine) { test in
      let cast = try Cast(in: test.database)
      let world = try CoachingWorld(cast, in: test.database)
      let engagement = try test.database.write(organization: world.organization) { tx in
        try tx.run("UPDATE coaches SET meeting_link = 'https://meet.example/' || name_key")
        let id = try world.engage(cast.lena.id, in: tx)
        try world.settle(in: tx)
        return id
      }
      let scope = try test.database.read { try CoachScope.find(id: world.ines, for: viewer(world.inesAccount, world.ines, 0), in: $0) }
      try body(CoachDesk(test: test, cast: cast, world: world, engagement: engagement, scope: scope))
    }
  }

  static func viewer(_ person: Cast.Person, _ coach: Int64, _ organization: Int64) -> Viewer {
    Viewer(accountID: person.id, name: person.name, email: person.email, grants: [.coach(id: coach, organization: organization)])
  }

  /// Mark, of Northwind.
  func mark() throws -> CoachScope {
    try database.read {
      try CoachScope.find(id: world.mark, for: CoachDesk.viewer(world.markAccount, world.mark, world.organization), in: $0)
    }
  }

  func schedule(_ engagement: Int64? = nil, at start: Moment, link: String = "", by scope: CoachScope? = nil, now: Moment = now) throws
    -> Int64
  {
    try (scope ?? self.scope).schedule(engagement ?? self.engagement, at: start, link: link, now: now, in: database)
  }

  func booking(_ engagement: Int64? = nil, now: Moment = now) throws -> Booking {
    try database.read { try Booking.find(engagement ?? self.engagement, scope: scope, at: now, in: $0) }
  }

  func write(_ body: (any Connection) throws -> Void) throws {
    try database.write(organization: world.organization) { tx in
      try body(tx)
      try world.settle(in: tx)
    }
  }

  func check(at now: Moment = now) throws {
    try database.read { try EngagementFigures.check(at: now, in: $0) { Issue.record("\($0)") } }
  }

  func scalar(_ sql: SQL) throws -> Int64 { try database.read { try $0.scalar(sql) } }
}
