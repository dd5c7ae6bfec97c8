public import Database

/// What a coach is to be, as typed on a page or in a file.
public struct CoachDraft: Sendable, Equatable, Codable, SetUpDraft {
  /// The email to sign in with, which is the account's and stays; the name.
  public var email = "", name = ""
  /// What learners read; languages are separated by commas.
  public var biography = "", languages = "", credentials = ""
  /// An IANA name.
  public var timeZone = ""
  /// An address that begins with https://; empty for none.
  public var meetingLink = ""
  /// In digits; no capacity is no limit.
  public var sessionMinutes = "60", capacity = ""
  /// Each weekday's hours from Monday on, as `09:00-12:00, 13:00-17:00`.
  public var hours: [String] = Array(repeating: "", count: 7)

  /// Nothing typed yet.
  public init() {}

  /// What a coach is now.
  public init(_ coach: Coach, hours: WorkingHours) {
    (email, name, biography) = (coach.email, coach.name, coach.biography)
    (languages, credentials, timeZone) = (coach.languages, coach.credentials, coach.timeZone)
    (meetingLink, sessionMinutes) = (coach.meetingLink, String(coach.sessionMinutes))
    capacity = coach.capacity.map(String.init) ?? ""
    self.hours = (0..<7).map { hours.text(day: $0) }
  }

  static var parts: [(name: String, value: KeyPath<CoachDraft, String>)] {
    [
      ("name", \.name), ("biography", \.biography), ("languages", \.languages), ("credentials", \.credentials), ("time_zone", \.timeZone),
      ("meeting_link", \.meetingLink), ("session_minutes", \.sessionMinutes), ("capacity", \.capacity), ("hours", \.week),
    ]
  }

  /// The hours as one text: `Monday 09:00-17:00; Tuesday 09:00-12:00`.
  var week: String {
    zip(WorkingHours.weekdays, hours).filter { !$0.1.isEmpty }.map { "\($0.0) \($0.1)" }.joined(separator: "; ")
  }

  /// The name of the field of a weekday's hours, from 0 for Monday.
  public static func field(day: Int) -> String { "hours-" + WorkingHours.weekdays[day].lowercased() }

  /// Checks everything, and puts it into the form in which it is kept.
  ///
  /// - Throws: `Failure` of code `invalid` with every faulty field: `email`, `name`, `biography`, `languages`, `credentials`, `time-zone`,
  ///   `meeting-link`, `session-minutes`, `capacity`, `hours-monday` and so on.
  func checked() throws -> (draft: CoachDraft, hours: WorkingHours) {
    var (draft, faults) = (CoachDraft(), DraftFaults())
    draft.email = DraftFaults.tidied(email)
    if let fault = EmailAddress.fault(in: draft.email) { faults.add("email", fault) }
    (draft.name, draft.biography) = (DraftFaults.tidied(name), DraftFaults.tidied(biography))
    faults.name(draft.name)
    faults.text(draft.biography, "biography", "The biography", most: 4000, lines: true)
    draft.languages = languages.split(separator: ",").map { $0.trimmingBlanks() }.filter { !$0.isEmpty }.joined(separator: ", ")
    faults.text(draft.languages, "languages", "Languages", most: 300)
    draft.credentials = DraftFaults.tidied(credentials)
    faults.text(draft.credentials, "credentials", "Credentials", most: 500)
    draft.timeZone = DraftFaults.tidied(timeZone)
    faults.require(
      Organization.isTimeZone(draft.timeZone), "time-zone",
      "\"\(draft.timeZone)\" is not a time zone. Use an IANA name such as Europe/Berlin or UTC.")
    draft.meetingLink = DraftFaults.tidied(meetingLink)
    faults.require(
      draft.meetingLink.isEmpty || CoachDraft.isAddress(draft.meetingLink), "meeting-link",
      "The meeting link must begin with https:// and have at most 500 characters without blanks.")
    (draft.sessionMinutes, draft.capacity) = (DraftFaults.tidied(number: sessionMinutes), DraftFaults.tidied(number: capacity))
    _ = faults.number(draft.sessionMinutes, "session-minutes", "The length of a session in minutes", in: 15...480)
    if !draft.capacity.isEmpty { _ = faults.number(draft.capacity, "capacity", "The number of learners at once", in: 0...10_000) }
    var spans: [WorkingHours.Span] = []
    for (day, text) in hours.prefix(7).enumerated() {
      switch WorkingHours.read(text, day: day) {
      case .success(let read): spans += read
      case .failure(let fault): faults.add(CoachDraft.field(day: day), fault.sentence)
      }
    }
    try faults.refuse()
    let week = WorkingHours(spans: spans)
    draft.hours = (0..<7).map { week.text(day: $0) }
    return (draft, week)
  }

  static func isAddress(_ text: String) -> Bool {
    text.hasPrefix("https://") && text.count <= 500 && text.utf8.allSatisfy { $0 > 32 && $0 < 127 }
      && text.utf8.withContiguousStorageIfAvailable { MeetingLink.fault(in: UnsafeRawBufferPointer($0)) == nil } ?? false
  }
}

/// What saving a coach did.
public struct SavedCoach: Sendable {
  /// The coach's row.
  public let saved: Saved
  /// The account, and whether it was made now.
  public let accountID: Int64, isNewAccount: Bool
}

extension Coach {
  /// Makes a coach, or changes the one of an id. A new coach's account is found or made by the email; an account that exists keeps its name, and
  /// the email of a coach that exists stays.
  ///
  /// - Throws: `Failure`: `invalid` with the faulty fields; `conflict` with the field `email` for somebody who is a coach here already and for an
  ///   account that is deactivated; `notFound`.
  public static func save(
    _ draft: CoachDraft, id: Int64? = nil, of owner: SetUpOwner, at now: Moment, in database: any Database
  ) throws -> SavedCoach {
    try database.write(organization: 0, patience: .seconds(30)) { try save(draft, id: id, of: owner, at: now, in: $0) }
  }

  /// The transaction must be one of the installation, since accounts and platform coaches are everybody's.
  static func save(
    _ draft: CoachDraft, id: Int64?, of owner: SetUpOwner, at now: Moment, in tx: any Connection
  ) throws -> SavedCoach {
    let present = try id.map { try find(id: $0, of: owner, in: tx) }
    var typed = draft
    if let present { typed.email = present.email }
    let (draft, hours) = try typed.checked()
    if owner.id != 0 { try tx.beAloneToo(in: [owner.id]) }
    guard let present else { return try create(draft, hours, of: owner, at: now, in: tx) }
    let changes = draft.changes(from: CoachDraft(present, hours: try present.hours(in: tx)))
    guard !changes.isEmpty else {
      return SavedCoach(saved: Saved(id: present.id, isNew: false, changes: []), accountID: present.accountID, isNewAccount: false)
    }
    // The name stands in engagements' rows, whose organizations' locks come before the coach's row.
    if present.name != draft.name { try EngagementFigures.beAlone(withEngagementsOf: present.id, in: tx) }
    try write(draft, hours, to: present.id, email: present.email, at: now, in: tx)
    if present.name != draft.name { try EngagementFigures.settleRows(ofCoach: present.id, at: now, in: tx) }
    try audit("coach_changed", present.id, changes.map { ($0.name, $0.after) }, owner, at: now, in: tx)
    return SavedCoach(saved: Saved(id: present.id, isNew: false, changes: changes), accountID: present.accountID, isNewAccount: false)
  }

  private static func create(
    _ draft: CoachDraft, _ hours: WorkingHours, of owner: SetUpOwner, at now: Moment, in tx: any Connection
  ) throws -> SavedCoach {
    let address = try EmailAddress(draft.email)
    func conflict(_ sentence: String) -> Failure { Failure(.conflict, sentence, fields: [.init("email", sentence)]) }
    let known = try tx.first("SELECT id, deactivated_at FROM accounts WHERE email_key = \(address.key)") { ($0.int(0), $0.text(1)) }
    if let known, !known.1.isEmpty { throw conflict("The account \(address.text) is deactivated.") }
    if try find(emailKey: address.key, of: owner, in: tx) != nil { throw conflict("\(address.text) is a coach here already.") }
    let account =
      try known?.0
      ?? tx.scalar(
        """
        INSERT INTO accounts (email, email_key, name, created_at) VALUES (\(address.text), \(address.key), \(draft.name), \(now.text))
        RETURNING id
        """)
    let made = try tx.scalar(
      """
      INSERT INTO coaches (organization_id, account_id, name, name_key, search_key, created_at)
      VALUES (\(owner.id), \(account), \(draft.name), \(draft.name.folded), '', \(now.text)) RETURNING id
      """)
    try write(draft, hours, to: made, email: address.text, at: now, in: tx)
    try audit("coach_created", made, [(name: "email", value: address.text)] + draft.values, owner, at: now, in: tx)
    return SavedCoach(saved: Saved(id: made, isNew: true, changes: []), accountID: account, isNewAccount: known == nil)
  }

  /// The profile counts as saved once it says something of the coach, and the hours once there are some.
  private static func write(
    _ draft: CoachDraft, _ hours: WorkingHours, to id: Int64, email: String, at now: Moment, in tx: any Connection
  ) throws {
    let key = draft.name.folded
    try tx.run(
      """
      UPDATE coaches SET name = \(draft.name), name_key = \(key), search_key = \(key + "\n" + email.folded), biography = \(draft.biography),
        languages = \(draft.languages), credentials = \(draft.credentials), time_zone = \(draft.timeZone),
        meeting_link = \(draft.meetingLink), session_minutes = \(Int64(draft.sessionMinutes) ?? 60), capacity = \(Int64(draft.capacity)),
        profile_saved_at = CASE WHEN profile_saved_at = '' AND \(!draft.biography.isEmpty) = 1 THEN \(now.text) ELSE profile_saved_at END,
        hours_saved_at = CASE WHEN hours_saved_at = '' AND \(!hours.spans.isEmpty) = 1 THEN \(now.text) ELSE hours_saved_at END
      WHERE id = \(id)
      """)
    try tx.run("DELETE FROM coach_hours WHERE coach_id = \(id)")
    for span in hours.spans {
      try tx.run(
        """
        INSERT INTO coach_hours (coach_id, weekday, starts_minute, ends_minute)
        VALUES (\(id), \(span.weekday), \(span.startsMinute), \(span.endsMinute))
        """)
    }
  }

  static func audit(
    _ action: String, _ id: Int64, _ values: [(name: String, value: String)], _ owner: SetUpOwner, at now: Moment, in tx: any Connection
  ) throws {
    try AuditTrail.record(
      action, by: owner.viewer.accountID, organization: owner.id, about: .init(kind: "coach", id: id), values: values, at: now, in: tx)
  }
}
