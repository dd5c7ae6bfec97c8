import Database
import Domain
import Support
import Testing
import World

@testable import Web

/// Northwind with Lena and Noor, both with Ines of the platform; Mark and Hanne, coaches of its own; and Paula, who is onboarding.
struct CoachDeskSite {
  static let own = "/o/northwind/user-metrics/organization-coaches"
  static let platform = "/o/northwind/user-metrics/platform-coaches"
  /// Monday 2024-07-01, 14:00 in Berlin.
  static let monday = Moment(milliseconds: 1_719_835_200_000)

  let test: TestSite, world: CoachingWorld
  let owner: TestBrowser
  let hanne: Int64, paula: Int64
  /// The engagements of Lena and Noor.
  let lenas: Int64, noors: Int64

  /// An address beneath Mark's.
  func marks(_ rest: String = "") -> String { "\(CoachDeskSite.own)/\(world.mark)\(rest)" }

  func number(_ query: SQL) throws -> Int64 { try test.database.read { try $0.scalar(query) } }

  @discardableResult
  func story<T>(_ change: (any Connection) throws -> T) throws -> T {
    try test.database.write(organization: 0) { tx in
      let result = try change(tx)
      try world.settle(in: tx)
      return result
    }
  }

  static func with(_ engine: Dialect, _ body: (CoachDeskSite) throws -> Void) throws {
    try TestSite.with(engine) { test in
      let world = try CoachingWorld(test.cast, in: test.database)
      let made = try test.database.write(organization: 0) { tx in
        func coach(_ name: String, saved: String) throws -> Int64 {
          let (key, email) = (name.folded, name.folded.replacing(" ", with: ".") + "@northwind.example")
          let account = try tx.scalar(
            "INSERT INTO accounts (email, email_key, name, created_at) VALUES (\(email), \(email), \(name), '') RETURNING id")
          let id = try tx.scalar(
            """
            INSERT INTO coaches (organization_id, account_id, name, name_key, search_key, time_zone, meeting_link, profile_saved_at,
              hours_saved_at, created_at)
            VALUES (\(world.organization), \(account), \(name), \(key), \(key + "\n" + email), 'Europe/Oslo', 'https://meet.example/room',
              \(saved), \(saved), '') RETURNING id
            """)
          if !saved.isEmpty {
            try tx.run("INSERT INTO coach_hours (coach_id, weekday, starts_minute, ends_minute) VALUES (\(id), 1, 540, 1020)")
          }
          return id
        }
        let (hanne, paula) = (try coach("Hanne <Solberg>", saved: "x"), try coach("Paula Riedl", saved: ""))
        let noor = try world.person("Noor Haddad", "noor@northwind.example", in: tx)
        let ids = try (world.engage(test.cast.lena.id, in: tx), world.engage(noor, in: tx))
        try world.settle(in: tx)
        return (hanne, paula, ids.0, ids.1)
      }
      try body(
        CoachDeskSite(
          test: test, world: world, owner: try test.browser(of: test.cast.olga), hanne: made.0, paula: made.1, lenas: made.2, noors: made.3)
      )
    }
  }

  /// The rows of a page, by the second line of the name.
  static func emails(_ page: TestBrowser.Reply) -> [String] {
    page.body.matches(of: /row-detail">([^<]*)</).map { String($0.output.1) }
  }
}
