public import Database

/// A coach of an organization, or of the platform.
public struct Coach: Sendable, Equatable {
  /// The row's id, and the account with which the coach signs in.
  public let id: Int64, accountID: Int64
  /// Whether the coach is the platform's and serves several organizations.
  public let isPlatform: Bool
  /// Name, and the account's email.
  public let name: String, email: String
  /// What learners read of the coach; each may be empty. Languages are separated by commas.
  public let biography: String, languages: String, credentials: String
  /// The photo; nil without one.
  public let photo: CoachPhoto?
  /// An IANA name; working hours are in this zone.
  public let timeZone: String
  /// Where sessions take place; empty for none.
  public let meetingLink: String
  /// The length of a session.
  public let sessionMinutes: Int64
  /// How many learners at once; nil for no limit.
  public let capacity: Int64?
  /// When profile and hours were first filled, and when the coach was deactivated; empty for never.
  public let profileSavedAt: String, hoursSavedAt: String, deactivatedAt: String
  /// Whether the account has a password that opens a coach's pages.
  public let hasPassword: Bool

  /// How far a coach is.
  public enum State: String, Sendable, CaseIterable {
    case active, onboarding, deactivated

    /// As badges and tabs say it.
    public var label: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
  }

  /// Onboarding until profile and hours are saved (product.md 5).
  public var state: State {
    !deactivatedAt.isEmpty ? .deactivated : profileSavedAt.isEmpty || hoursSavedAt.isEmpty ? .onboarding : .active
  }

  private static let columns: SQL = """
    c.id, c.account_id, c.organization_id, c.name, a.email, c.biography, c.languages, c.credentials, f.media_type, f.digest, c.time_zone,
    c.meeting_link, c.session_minutes, c.capacity, c.profile_saved_at, c.hours_saved_at, c.deactivated_at,
    CASE WHEN a.password_hash IS NULL OR a.vouched_by <> 0 THEN 0 ELSE 1 END
    """
  private static let source: SQL = "coaches c JOIN accounts a ON a.id = c.account_id LEFT JOIN coach_photos f ON f.id = c.photo_id"

  private init(_ row: borrowing Row) {
    (id, accountID, isPlatform) = (row.int(0), row.int(1), row.int(2) == 0)
    (name, email, biography, languages, credentials) = (row.text(3), row.text(4), row.text(5), row.text(6), row.text(7))
    photo = row.isNull(8) ? nil : CoachPhoto(mediaType: row.text(8), digest: row.text(9))
    (timeZone, meetingLink, sessionMinutes, capacity) = (row.text(10), row.text(11), row.int(12), row.intOrNil(13))
    (profileSavedAt, hoursSavedAt, deactivatedAt) = (row.text(14), row.text(15), row.text(16))
    hasPassword = row.bool(17)
  }

  /// Finds one of an owner's coaches.
  ///
  /// - Throws: `Failure.notFound` where the owner has none of that id.
  public static func find(id: Int64, of owner: SetUpOwner, in connection: any Connection) throws -> Coach {
    try find(id: id, ownerID: owner.id, in: connection)
  }

  /// The same, for whoever has made sure that the viewer may see the coach. The platform's id is 0.
  static func find(id: Int64, ownerID: Int64, in connection: any Connection) throws -> Coach {
    let found = try connection.first(
      "SELECT \(columns) FROM \(source) WHERE c.organization_id = \(ownerID) AND c.id = \(id)", { Coach($0) })
    guard let found else { throw Failure.notFound }
    return found
  }

  /// Finds one of an owner's coaches by the email to sign in with; nil for none.
  static func find(emailKey: String, of owner: SetUpOwner, in connection: any Connection) throws -> Coach? {
    try connection.first("SELECT \(columns) FROM \(source) WHERE c.organization_id = \(owner.id) AND a.email_key = \(emailKey)") {
      Coach($0)
    }
  }

  /// Every coach of an owner, by name.
  public static func all(of owner: SetUpOwner, in connection: any Connection) throws -> [Coach] {
    try connection.all("SELECT \(columns) FROM \(source) WHERE c.organization_id = \(owner.id) ORDER BY c.name_key, c.id") { Coach($0) }
  }

  /// The working hours, by weekday.
  public func hours(in connection: any Connection) throws -> WorkingHours {
    WorkingHours(
      spans: try connection.all(
        "SELECT weekday, starts_minute, ends_minute FROM coach_hours WHERE coach_id = \(id) ORDER BY weekday, starts_minute"
      ) { WorkingHours.Span(weekday: $0.int(0), startsMinute: $0.int(1), endsMinute: $0.int(2)) })
  }

  /// How many learners the coach has now, over all organizations.
  public func learners(in connection: any Connection) throws -> Int64 {
    try connection.scalar("SELECT COALESCE(SUM(clients_now), 0) FROM coach_totals WHERE coach_id = \(id)")
  }

  /// The sessions that are scheduled from a moment on.
  public func sessionsAhead(of now: Moment, in connection: any Connection) throws -> Int64 {
    try connection.scalar(
      "SELECT COUNT(*) FROM coaching_sessions WHERE coach_id = \(id) AND starts_at > \(now.text) AND state = 'SCHEDULED'")
  }
}

extension Coach {
  /// With whose learners sessions are scheduled.
  public struct Ahead: Sendable, Equatable {
    /// The organization.
    public let slug: String, name: String
    /// How many sessions.
    public let sessions: Int64
  }

  /// The organizations with whose learners sessions are scheduled from a moment on, by name; the first hundred.
  public func ahead(of now: Moment, in connection: any Connection) throws -> [Ahead] {
    try connection.all(
      """
      SELECT o.slug, o.name, COUNT(*) FROM coaching_sessions s JOIN organizations o ON o.id = s.organization_id
      WHERE s.coach_id = \(id) AND s.starts_at > \(now.text) AND s.state = 'SCHEDULED' GROUP BY o.id, o.slug, o.name ORDER BY o.name, o.id LIMIT 100
      """
    ) { Ahead(slug: $0.text(0), name: $0.text(1), sessions: $0.int(2)) }
  }

  /// What a list may be sorted by.
  public enum Key: String, Sendable {
    case name, email, state, capacity
  }

  /// Finds the coaches in whose name, email or languages a text occurs.
  public static func list(
    of owner: SetUpOwner, search: String, sort: Sorting<Key>, request: PageRequest, in connection: any Connection
  ) throws -> ShortList<Coach> {
    try ShortList(
      all(of: owner, in: connection), search: search, descending: sort.descending, request: request, texts: texts, key: { $0.key(sort.key) }
    )
  }

  /// The same, all of them, as CSV with a byte order mark.
  public static func write(
    of owner: SetUpOwner, search: String, sort: Sorting<Key>, in connection: any Connection,
    to sink: @escaping (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let found = ShortList.found(
      try all(of: owner, in: connection), search: search, descending: sort.descending, texts: texts, key: { $0.key(sort.key) })
    let headers = [
      "Name", "Email", "State", "Languages", "Credentials", "Biography", "Time Zone", "Meeting Link", "Session Minutes", "Capacity",
    ]
    try SetUpFile.write(headers, found, to: sink) { coach in
      [
        .text(coach.name), .text(coach.email), .text(coach.state.label), .text(coach.languages), .text(coach.credentials),
        .text(coach.biography), .text(coach.timeZone), .text(coach.meetingLink), .number(coach.sessionMinutes), .number(coach.capacity),
      ]
    }
  }

  private static func texts(_ coach: Coach) -> [String] { [coach.name, coach.email, coach.languages] }

  private func key(_ key: Key) -> (number: Int64, text: String) {
    switch key {
    case .name: (0, name.folded)
    case .email: (0, email.folded)
    case .state: (Int64(State.allCases.firstIndex(of: state) ?? 0), name.folded)
    case .capacity: (capacity ?? Int64.max, name.folded)
    }
  }
}
