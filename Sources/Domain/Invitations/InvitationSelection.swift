public import Database

/// Which invitations of a program an act is about.
public enum InvitationSelection: Sendable, Equatable {
  /// Those of these people.
  case people([Int64])
  /// All that match.
  case matching(InvitationFilter)

  /// Conditions on `invitations i`, to be asked one after the other; together they are the selection. Lists are bound value by value, of which an
  /// engine takes so many in one statement.
  func conditions(now: Moment) -> [SQL] {
    switch self {
    case .people(let users):
      // Each person once, however often a form names one.
      InvitationSelection.parts(of: Set(users).sorted()).map { "i.user_id IN (\(list: $0))" }
    case .matching(let filter): [filter.condition(now: now) ?? "1 = 1"]
    }
  }

  static func parts(of users: [Int64]) -> [[Int64]] {
    stride(from: 0, to: users.count, by: 500).map { Array(users[$0..<min($0 + 500, users.count)]) }
  }
}

extension InvitationChanges {
  /// What sending a selection again, or taking it back, would come to.
  public struct Outlook: Sendable, Equatable {
    /// How many are selected; are open; of these were mailed too recently to be mailed again.
    public var selected = 0, open = 0, tooRecent = 0
    /// The organization's interval between two mails to one person, in hours, and the days that a link is good.
    public var hours = 0, days = 0
  }

  /// Looks at a selection without changing anything.
  public func outlook(_ selection: InvitationSelection, in connection: any Connection) throws -> Outlook {
    let terms = try terms(in: connection)
    var outlook = Outlook(hours: Int(terms.hours), days: Int(terms.days))
    for condition in selection.conditions(now: now) {
      let these = these(condition)
      outlook.selected += Int(try connection.scalar("SELECT COUNT(*) FROM invitations i WHERE \(these)"))
      let open = Int(try connection.scalar("SELECT COUNT(*) FROM invitations i WHERE \(these) AND \(InvitationFilter.isOpen)"))
      let mailable = Int(try connection.scalar("SELECT COUNT(*) FROM invitations i WHERE \(these) AND \(mailable(terms))"))
      outlook.open += open
      outlook.tooRecent += open - mailable
    }
    return outlook
  }
}
