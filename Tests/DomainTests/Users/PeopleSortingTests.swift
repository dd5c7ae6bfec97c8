import Database
import Support
import Testing
import World

@testable import Domain

/// Each column sorts by what it shows, on Members and on Users, whole and filtered, and an export has the same order.
@Suite struct PeopleSortingTests {
  @Test func aColumnIsFoundByItsName() {
    #expect(MemberColumn(rawValue: "business-unit-2") == .attribute(.businessUnit2))
    #expect(UserColumn(rawValue: "external-id") == .externalID && UserColumn(rawValue: "contract") == nil)
    #expect(Set(MemberColumn.allCases.map(\.rawValue)).count == 17 && Set(UserColumn.allCases.map(\.rawValue)).count == 15)
    #expect(UserList.Key(rawValue: "last-activity") == .column(.lastActivity) && UserList.Key(rawValue: "name") == .name)
    #expect(UserList.Key(rawValue: "nothing") == nil)
    #expect(UserList.Key(rawValue: "external-id") == nil && MemberList.Key(rawValue: "external-id") == nil)
  }

  /// What rows are compared by, in words that sort; equal ones by id.
  private static func expect<Key>(_ rows: [(id: Int64, text: String)], _ sort: Sorting<Key>) {
    let sorted = rows.sorted { a, b in
      let order = PeopleSortingTests.order(a, b)
      return sort.descending ? order > 0 : order < 0
    }
    #expect(rows.map(\.id) == sorted.map(\.id), "\(sort.key) descending \(sort.descending)")
  }

  private static func order(_ a: (id: Int64, text: String), _ b: (id: Int64, text: String)) -> Int {
    let (x, y) = (Array(a.text.utf8), Array(b.text.utf8))
    if x == y { return a.id < b.id ? -1 : a.id > b.id ? 1 : 0 }
    return x.lexicographicallyPrecedes(y) ? -1 : 1
  }

  private static func digits(_ value: Int) -> String { String(1_000_000 + value) }

  private static func text(_ column: MemberColumn, _ member: Member) -> String {
    switch column {
    case .status: digits((member.risks.isEmpty ? 0 : 2) + (member.isInactive ? 1 : 0))
    case .enrollments: digits(member.enrollments)
    case .completions: digits(member.completions)
    case .lastActivity: member.lastActivityAt
    case .contract: member.contract.folded
    case .joined: member.joinedAt
    case .invited: member.invitedAt
    case .externalID: member.externalID
    case .attribute(let attribute): (member.attributes[attribute] ?? "").folded
    }
  }

  private static func text(_ column: UserColumn, _ user: User) -> String {
    switch column {
    case .status:
      digits(
        (user.completions > 0 ? 12 : user.enrollments > 0 ? 9 : user.memberPrograms > 0 ? 6 : user.openInvitations > 0 ? 3 : 0)
          + (user.isLongTermInactive ? 2 : user.isInactive ? 1 : 0))
    case .programs: digits(user.memberPrograms)
    case .enrollments: digits(user.enrollments)
    case .completions: digits(user.completions)
    case .lastActivity: user.lastActivityAt
    case .externalID: user.externalID
    case .attribute(let attribute): (user.attributes[attribute] ?? "").folded
    }
  }

  @Test(arguments: TestDatabase.engines) func membersSortByEveryColumn(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let crowd = try Crowd(in: test.database)
      try test.database.read { connection in
        let program = try Program.find(slug: "data-academy", scope: crowd.scope, in: connection)
        let list = MemberList(of: program, scope: crowd.scope, now: Crowd.now)
        var searched = MemberFilter()
        searched.search = "e"
        for column in MemberColumn.allCases where column.isSortable {
          for (filter, descending) in [(MemberFilter(), false), (MemberFilter(), true), (searched, false), (searched, true)] {
            let sort = Sorting(MemberList.Key.column(column), descending: descending)
            var rows: [(id: Int64, text: String)] = []
            var number = 1
            while true {
              let page = try list.page(filter, sort: sort, request: PageRequest(number: number, size: 20), in: connection)
              rows += page.rows.map { ($0.userID, PeopleSortingTests.text(column, $0)) }
              number += 1
              if number > page.count { break }
            }
            #expect(rows.count > 20 && Set(rows.map(\.id)).count == rows.count)
            PeopleSortingTests.expect(rows, sort)
            let exported = try list.query(filter, sort: sort, in: connection).ids(in: connection)
            #expect(exported == rows.map(\.id))
          }
        }
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func peopleSortByEveryColumn(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let crowd = try Crowd(in: test.database)
      try test.database.read { connection in
        let list = try UserList(scope: crowd.scope, now: Crowd.now)
        var everyone = UserFilter()
        everyone.status = .everyone
        var chosen = everyone
        chosen.programs = [try Program.find(slug: "data-academy", scope: crowd.scope, in: connection).id]
        for column in UserColumn.allCases where column.isSortable {
          for (filter, descending) in [(UserFilter(), false), (UserFilter(), true), (everyone, true), (chosen, false)] {
            let sort = Sorting(UserList.Key.column(column), descending: descending)
            let page = try list.page(filter, sort: sort, request: PageRequest(size: 100), showing: [column], in: connection)
            PeopleSortingTests.expect(page.rows.map { ($0.id, PeopleSortingTests.text(column, $0)) }, sort)
            let exported = try list.query(filter, sort: sort, in: connection).ids(in: connection)
            #expect(Array(exported.prefix(100)) == page.rows.map(\.id) && exported.count == page.total)
          }
        }
        for (key, descending) in [(UserList.Key.name, false), (.name, true), (.email, false), (.email, true)] {
          let sort = Sorting(key, descending: descending)
          let page = try list.page(everyone, sort: sort, request: PageRequest(size: 100), in: connection)
          PeopleSortingTests.expect(page.rows.map { ($0.id, key == .email ? $0.email : $0.name.folded + "\n" + $0.email) }, sort)
        }
      }
    }
  }
}
