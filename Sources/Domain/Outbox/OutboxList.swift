import CSV
public import Database

/// What the Outbox page may be narrowed to.
public struct OutboxFilter: Sendable, Equatable {
  /// The person that mails are for, by id; nil for everybody.
  public var person: Int64?
  /// A text in the recipient's name or address.
  public var search = ""
  /// States and kinds, any of them; none for all. Waiting stands for being sent, too.
  public var states: [OutboxMail.State] = [], kinds: [MailKind] = []

  /// Everything.
  public init() {}

  func condition(organization: Int64) -> SQL? {
    var all: [SQL] = []
    if !states.isEmpty { all.append("o.state IN (\(list: states.flatMap { $0 == .waiting ? ["WAITING", "SENDING"] : [$0.rawValue] }))") }
    if !kinds.isEmpty { all.append("o.kind IN (\(list: kinds.map(\.rawValue)))") }
    if let person { all.append("o.user_id = \(person)") }
    let wanted = search.folded
    if !wanted.isEmpty { all.append("o.user_id IN (\(people(wanted, organization: organization)))") }
    return all.isEmpty ? nil : SQL.join(all, " AND ")
  }
}

/// The mails of an organization: searched, filtered, page by page, latest first unless asked otherwise.
public struct OutboxList: Sendable {
  /// What the list may be sorted by.
  public enum Key: String, Sendable, CaseIterable {
    case created, recipient

    var key: SortKey {
      switch self {
      case .created: SortKey(column: "o.id", kind: .number, isIndexed: true)
      case .recipient: SortKey(column: "o.recipient", kind: .text)
      }
    }
  }

  let scope: OrganizationScope

  /// The mails of an organization.
  ///
  /// - Throws: `Failure.notFound` for a viewer who does not reach the whole organization.
  public init(scope: OrganizationScope) throws {
    guard scope.reachesOrganization else { throw Failure.notFound }
    self.scope = scope
  }

  /// How many mails there are.
  public func count(in connection: any Connection) throws -> Int {
    Int(try connection.scalar("SELECT mails FROM organizations WHERE id = \(scope.organization.id)"))
  }

  /// The latest mails to a person of the organization, newest first.
  public func latest(of user: Int64, limit: Int = 10, in connection: any Connection) throws -> [OutboxMail] {
    let ids = try connection.all(
      """
      SELECT o.id FROM outbox o WHERE o.organization_id = \(scope.organization.id) AND o.user_id = \(user) ORDER BY o.id DESC LIMIT \(limit)
      """
    ) { $0.int(0) }
    return try mails(ids, in: connection)
  }

  /// What the person that the list is narrowed to is called; nil for nobody of the organization.
  public func name(of person: Int64, in connection: any Connection) throws -> String? {
    try connection.first(
      "SELECT CASE WHEN name = '' THEN email ELSE name END FROM users WHERE organization_id = \(scope.organization.id) AND id = \(person)"
    ) { $0.text(0) }
  }

  /// One page, with the exact count.
  public func page(
    _ filter: OutboxFilter, sort: Sorting<Key>, request: PageRequest, in connection: any Connection
  ) throws -> ListPage<OutboxMail> {
    let wanted = filter.search.folded
    let isSearchInMemory = connection.dialect == .sqlite && sort.key == .created && !wanted.isEmpty
    let ids =
      isSearchInMemory
      ? try searched(filter, wanted, descending: sort.descending, request: request, in: connection)
      : try query(filter, sort: sort, knownTotal: try count(in: connection)).page(request, in: connection)
    return ids.map(try mails(ids.rows, in: connection))
  }

  func query(_ filter: OutboxFilter, sort: Sorting<Key>, knownTotal: Int?) -> PagedQuery {
    let organization = scope.organization.id
    return PagedQuery(
      source: "outbox o", id: "o.id", scope: "o.organization_id = \(organization)", filter: filter.condition(organization: organization),
      knownTotal: knownTotal, key: sort.key.key, descending: sort.descending)
  }

  private func mails(_ ids: [Int64], in connection: any Connection) throws -> [OutboxMail] {
    if ids.isEmpty { return [] }
    var found: [Int64: OutboxMail] = [:]
    try connection.rows("\(OutboxMail.select) WHERE o.id IN (\(list: ids))") { row in
      found[row.int(0)] = try OutboxMail(row)
      return true
    }
    return ids.compactMap { found[$0] }
  }
}

/// A column of the Outbox list in its export.
public enum OutboxColumn: String, CaseIterable, Sendable {
  case kind, program, state, attempts, created, sent, failure
}

extension OutboxColumn: ListColumn {
  var header: String {
    switch self {
    case .kind: "Kind"
    case .program: "Program"
    case .state: "State"
    case .attempts: "Attempts"
    case .created: "Created"
    case .sent: "Sent"
    case .failure: "Answer of the mail server"
    }
  }

  func write(_ mail: OutboxMail, to writer: inout CSVWriter) {
    switch self {
    case .kind: writer.text(mail.item.kind.label)
    case .program: writer.text(mail.programName)
    case .state: writer.text(mail.state.words)
    case .attempts: writer.number(Int64(mail.attempts))
    case .created: writer.raw(mail.item.createdAt.text)
    case .sent: writer.raw(mail.sentAt?.text ?? "")
    case .failure: writer.text(mail.failure)
    }
  }
}

extension OutboxMail: Listed {
  /// The address it goes to.
  public var email: String { item.recipient }
}

extension OutboxList {
  /// Writes the mails that match as CSV with a byte order mark, in the order of the list.
  public func write(
    _ filter: OutboxFilter, sort: Sorting<Key>, in connection: any Connection, to sink: @escaping (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try ListExport(columns: OutboxColumn.allCases).write(query(filter, sort: sort, knownTotal: nil), in: connection, to: sink) {
      try mails($0, in: connection)
    }
  }
}
