import Database
import Support
import World

@testable import Domain

extension LearnerDesk {
  /// How a coach of a test is.
  struct Plan {
    /// Nil for the platform.
    var organization: Int64?
    var capacity: Int64?
    var isOnboarding = false, isDeactivated = false
    var zone = "Europe/Berlin"
    /// Working hours from Monday to Friday, in minutes of the day; none for nil.
    var hours: ClosedRange<Int64>? = 540...1020
    var meetingLink = "https://meet.example/room"
  }

  /// One more coach; Northwind's own unless the plan says otherwise.
  @discardableResult
  func coach(_ name: String, account: Int64? = nil, _ change: (inout Plan) -> Void = { _ in }) throws -> Int64 {
    var plan = Plan(organization: cast.northwind.id)
    change(&plan)
    let (now, email) = (Cast.now.text, name.folded.replacing(" ", with: ".") + "@coaches.example")
    return try database.write(organization: 0) { tx in
      let account =
        try account
        ?? tx.scalar("INSERT INTO accounts (email, email_key, name, created_at) VALUES (\(email), \(email), \(name), \(now)) RETURNING id")
      let saved = plan.isOnboarding ? "" : now
      let id = try tx.scalar(
        """
        INSERT INTO coaches (organization_id, account_id, name, name_key, search_key, time_zone, capacity, meeting_link, profile_saved_at,
          hours_saved_at, deactivated_at, created_at)
        VALUES (\(plan.organization ?? 0), \(account), \(name), \(name.folded), \(name.folded + "\n" + email), \(plan.zone), \(plan.capacity),
          \(plan.meetingLink), \(saved), \(saved), \(plan.isDeactivated ? now : ""), \(now)) RETURNING id
        """)
      for weekday in 1...5 {
        guard let hours = plan.hours else { continue }
        try tx.run(
          """
          INSERT INTO coach_hours (coach_id, weekday, starts_minute, ends_minute)
          VALUES (\(id), \(weekday), \(hours.lowerBound), \(hours.upperBound))
          """)
      }
      return id
    }
  }

  /// Changes what was said of coaching, and works everything out anew.
  @discardableResult
  func story<T>(_ change: (any Connection) throws -> T) throws -> T {
    try database.write(organization: 0) { tx in
      let result = try change(tx)
      try world.settle(in: tx)
      return result
    }
  }

  /// Southwind's owner in Southwind.
  var strangers: OrganizationScope {
    get throws {
      let viewer = Viewer(
        accountID: cast.sten.id, name: "Sten", email: "", grants: [.organizationAdmin(organization: cast.southwind.id)])
      return try database.read { try OrganizationScope.find(slug: "southwind", for: viewer, in: $0) }
    }
  }

  /// The sentence with which something is refused; empty where it is not.
  func refusal(_ body: () throws -> Void) throws -> String {
    do {
      try body()
      return ""
    } catch let failure as Failure { return failure.sentence }
  }
}
