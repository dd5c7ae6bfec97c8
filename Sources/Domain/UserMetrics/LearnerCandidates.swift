public import Database

/// The people of an organization as those who may become learners.
public struct LearnerCandidates: Sendable {
  /// One person.
  public struct Person: Sendable, Equatable {
    /// The account's id, name and email.
    public let id: Int64, name: String, email: String
    /// Whether in coaching already, or deactivated: then the person cannot be added.
    public let isEngaged: Bool, isDeactivated: Bool
  }

  private let list: UserList
  private let writing: LearnerWriting

  /// The people of an organization.
  ///
  /// - Throws: `Failure.notFound` for a viewer who does not reach the whole organization.
  public init(_ scope: OrganizationScope, at now: Moment) throws {
    list = try UserList(scope: scope, now: now)
    writing = LearnerWriting(scope: scope, now: now)
  }

  private static let everyone: UserFilter = {
    var filter = UserFilter()
    filter.status = .everyone
    return filter
  }()

  /// One page of those whose name or email has the text, by name, with the exact count.
  public func page(_ search: String, number: Int, size: Int = 20, in connection: any Connection) throws -> ListPage<Person> {
    var filter = LearnerCandidates.everyone
    filter.search = search
    let page = try list.page(
      filter, sort: Sorting(.name, descending: false), request: PageRequest(number: number, size: size), showing: [], in: connection)
    return page.map(try persons(page.rows, in: connection))
  }

  /// The people with these ids, in that order; those of other organizations are left out.
  public func people(_ ids: [Int64], in connection: any Connection) throws -> [Person] {
    var found: [User] = []
    for part in InvitationSelection.parts(of: ids) {
      found += try list.users(part, filter: LearnerCandidates.everyone, showing: [], in: connection)
    }
    return try persons(found, in: connection)
  }

  private func persons(_ users: [User], in connection: any Connection) throws -> [Person] {
    var engaged: Set<Int64> = []
    for part in InvitationSelection.parts(of: users.map(\.id)) {
      engaged.formUnion(
        try connection.all(
          """
          SELECT u.id FROM users u WHERE u.organization_id = \(list.scope.organization.id) AND u.id IN (\(list: part)) AND \(writing.isEngaged("u.id"))
          """
        ) { $0.int(0) })
    }
    return users.map {
      Person(id: $0.id, name: $0.name, email: $0.email, isEngaged: engaged.contains($0.id), isDeactivated: $0.isDeactivated)
    }
  }
}
