public import Database

/// A 360° assessment or a survey: what is asked, for every organization or for one.
public struct Questionnaire: Sendable, Equatable {
  /// Which of the two.
  public enum Kind: Sendable, Equatable, CaseIterable {
    case assessment
    case survey

    var table: SQL { self == .assessment ? "feedback_assessments" : "surveys" }
    var column: SQL { self == .assessment ? "feedback_assessment_id" : "survey_id" }
    /// A word for the audit trail.
    var subject: String { self == .assessment ? "feedback_assessment" : "survey" }
    /// As a sentence names it.
    public var noun: String { self == .assessment ? "360° assessment" : "survey" }
  }

  /// Which of the two, and the row's id.
  public let kind: Kind, id: Int64
  /// Whether it is the platform's and serves every organization.
  public let isPlatform: Bool
  /// The name, unique among those of its owner; a description that may be empty.
  public let name: String, description: String
  /// What is asked, in order.
  public let questions: [String]

  private static let columns: SQL = "q.id, q.organization_id, q.name, q.description, q.questions"

  private init(_ kind: Kind, _ row: borrowing Row) {
    (self.kind, id, isPlatform) = (kind, row.int(0), row.int(1) == 0)
    (name, description) = (row.text(2), row.text(3))
    questions = row.text(4).split(separator: "\n").map(String.init)
  }

  /// Finds one of an owner's own.
  ///
  /// - Throws: `Failure.notFound` where the owner has none.
  public static func find(_ kind: Kind, id: Int64, of owner: SetUpOwner, in connection: any Connection) throws -> Questionnaire {
    let found = try connection.first(
      "SELECT \(columns) FROM \(kind.table) q WHERE q.organization_id = \(owner.id) AND q.id = \(id)", { Questionnaire(kind, $0) })
    guard let found else { throw Failure.notFound }
    return found
  }

  /// Finds one that an organization may use: its own, or the platform's.
  ///
  /// - Throws: `Failure.notFound` where there is none, or the viewer reaches single programs only.
  public static func find(
    _ kind: Kind, id: Int64, scope: OrganizationScope, in connection: any Connection
  ) throws -> Questionnaire {
    let found = try connection.first(
      "SELECT \(columns) FROM \(kind.table) q WHERE q.organization_id IN (0, \(scope.organization.id)) AND q.id = \(id)",
      { Questionnaire(kind, $0) })
    guard scope.reachesOrganization, let found else { throw Failure.notFound }
    return found
  }

  /// Every one that an owner may use, by name: its own first, then the platform's.
  public static func all(_ kind: Kind, for owner: SetUpOwner, in connection: any Connection) throws -> [Questionnaire] {
    try connection.all(
      """
      SELECT \(columns) FROM \(kind.table) q WHERE q.organization_id IN (0, \(owner.id)) ORDER BY q.organization_id DESC, q.name, q.id
      """
    ) { Questionnaire(kind, $0) }
  }

  /// Makes one, or changes the one of an id.
  ///
  /// - Throws: `Failure`: `invalid` with the fields `name`, `description` and `questions`, `conflict` for a name that is taken; `notFound`.
  public static func save(
    _ draft: QuestionnaireDraft, _ kind: Kind, id: Int64? = nil, of owner: SetUpOwner, at now: Moment, in database: any Database
  ) throws -> Saved {
    try database.write(organization: owner.id, patience: .seconds(30)) { try save(draft, kind, id: id, of: owner, at: now, in: $0) }
  }

  static func save(
    _ draft: QuestionnaireDraft, _ kind: Kind, id: Int64?, of owner: SetUpOwner, at now: Moment, in tx: any Connection
  ) throws -> Saved {
    let present = try id.map { try find(kind, id: $0, of: owner, in: tx) }
    let draft = draft.tidied
    try draft.check()
    let taken = try tx.scalar(
      "SELECT COUNT(*) FROM \(kind.table) WHERE organization_id = \(owner.id) AND name = \(draft.name) AND id <> \(id ?? 0)")
    var faults = DraftFaults()
    faults.require(taken == 0, "name", "There is a \(kind.noun) \"\(draft.name)\" already. Choose another name.")
    try faults.refuse(.conflict)
    guard let present else {
      let made = try tx.scalar(
        """
        INSERT INTO \(kind.table) (organization_id, name, description, questions, created_at)
        VALUES (\(owner.id), \(draft.name), \(draft.description), \(draft.questions), \(now.text)) RETURNING id
        """)
      try audit("\(kind.subject)_created", kind, made, draft.values, owner, at: now, in: tx)
      return Saved(id: made, isNew: true, changes: [])
    }
    let changes = draft.changes(from: QuestionnaireDraft(present))
    guard !changes.isEmpty else { return Saved(id: present.id, isNew: false, changes: []) }
    try tx.run(
      """
      UPDATE \(kind.table) SET name = \(draft.name), description = \(draft.description), questions = \(draft.questions)
      WHERE id = \(present.id)
      """)
    try audit("\(kind.subject)_changed", kind, present.id, changes.map { ($0.name, $0.after) }, owner, at: now, in: tx)
    return Saved(id: present.id, isNew: false, changes: changes)
  }

  /// Why it cannot be deleted; nil where it can.
  public func use(in connection: any Connection) throws -> String? {
    try SetUpUse.sentence([
      (connection.scalar("SELECT COUNT(*) FROM engagements WHERE \(kind.column) = \(id)"), "engagement", "engagements"),
      (connection.scalar("SELECT COUNT(*) FROM coaching_groups WHERE \(kind.column) = \(id)"), "group", "groups"),
    ])
  }

  /// Deletes one that nothing uses.
  ///
  /// - Throws: `Failure` of code `conflict` that says what uses it; `notFound`.
  public static func remove(_ kind: Kind, id: Int64, of owner: SetUpOwner, at now: Moment, in database: any Database) throws {
    try database.write(organization: owner.id, patience: .seconds(30)) { tx in
      let present = try find(kind, id: id, of: owner, in: tx)
      if let use = try present.use(in: tx) { throw Failure(.conflict, use) }
      try tx.run("DELETE FROM \(kind.table) WHERE id = \(id)")
      try audit("\(kind.subject)_removed", kind, id, [("name", present.name)], owner, at: now, in: tx)
    }
  }

  private static func audit(
    _ action: String, _ kind: Kind, _ id: Int64, _ values: [(name: String, value: String)], _ owner: SetUpOwner, at now: Moment,
    in tx: any Connection
  ) throws {
    try AuditTrail.record(
      action, by: owner.viewer.accountID, organization: owner.id, about: .init(kind: kind.subject, id: id), values: values, at: now, in: tx)
  }
}

/// What a 360° assessment or a survey is to say, as typed on a page or in a file.
public struct QuestionnaireDraft: Sendable, Equatable, Codable, SetUpDraft {
  /// The name, a description that may be empty, and the questions, one a line.
  public var name = "", description = "", questions = ""

  /// Nothing typed yet.
  public init() {}

  /// What one says now.
  public init(_ questionnaire: Questionnaire) {
    (name, description) = (questionnaire.name, questionnaire.description)
    questions = questionnaire.questions.joined(separator: "\n")
  }

  static var parts: [(name: String, value: KeyPath<QuestionnaireDraft, String>)] {
    [("name", \.name), ("description", \.description), ("questions", \.questions)]
  }

  var tidied: QuestionnaireDraft {
    var draft = QuestionnaireDraft()
    (draft.name, draft.description) = (DraftFaults.tidied(name), DraftFaults.tidied(description))
    draft.questions = DraftFaults.tidied(questions).split(separator: "\n").map { $0.trimmingBlanks() }.filter { !$0.isEmpty }
      .joined(separator: "\n")
    return draft
  }

  func check() throws {
    var faults = DraftFaults()
    faults.name(name)
    faults.text(description, "description", "The description", most: 2000, lines: true)
    let lines = questions.split(separator: "\n")
    if lines.isEmpty {
      faults.add("questions", "Write at least one question, one a line.")
    } else if lines.count > 100 {
      faults.add("questions", "There may be at most 100 questions. These are \(lines.count).")
    } else if let long = lines.firstIndex(where: { $0.count > 500 || !$0.isPrintable() }) {
      faults.add("questions", "Question \(long + 1) must have at most 500 characters, all of them printable.")
    }
    try faults.refuse()
  }
}

extension Questionnaire {
  /// What a list may be sorted by.
  public enum Key: String, Sendable {
    case name, questions, owner
  }

  /// Finds those whose name, description or questions contain a text.
  public static func list(
    _ kind: Kind, for owner: SetUpOwner, search: String, sort: Sorting<Key>, request: PageRequest, in connection: any Connection
  ) throws -> ShortList<Questionnaire> {
    try ShortList(
      all(kind, for: owner, in: connection), search: search, descending: sort.descending, request: request, texts: texts,
      key: { $0.key(sort.key) })
  }

  /// The same, all of them, as CSV with a byte order mark.
  public static func write(
    _ kind: Kind, for owner: SetUpOwner, search: String, sort: Sorting<Key>, in connection: any Connection,
    to sink: @escaping (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let found = ShortList.found(
      try all(kind, for: owner, in: connection), search: search, descending: sort.descending, texts: texts, key: { $0.key(sort.key) })
    try SetUpFile.write(["Name", "Owner", "Description", "Questions"], found, to: sink) {
      [
        .text($0.name), .text($0.isPlatform ? "Platform" : "Organization"), .text($0.description),
        .text($0.questions.joined(separator: "\n")),
      ]
    }
  }

  private static func texts(_ entry: Questionnaire) -> [String] { [entry.name, entry.description] + entry.questions }

  private func key(_ key: Key) -> (number: Int64, text: String) {
    switch key {
    case .name: (0, name.folded)
    case .questions: (Int64(questions.count), name.folded)
    case .owner: (isPlatform ? 1 : 0, name.folded)
    }
  }
}
