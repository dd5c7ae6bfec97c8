public import Database

/// What a coaching group is to say, as typed on a page or in a file. What it names is named by id.
public struct GroupDraft: Sendable, Equatable, Codable {
  /// The name, unique in the organization; a description that may be empty.
  public var name = "", description = ""
  /// Ids; empty for none.
  public var purchase = "", assessment = "", survey = ""
  /// Days, in digits.
  public var durationDays = "180"
  /// Participants of a 360° round, in digits.
  public var minimumInvited = "3", minimumAnswered = "3", maximumInvited = "15"
  /// `yes` where there is a second round, and how many days before the end it opens by itself; empty where an administrator opens it.
  public var remeasurement = "yes", remeasurementDays = ""
  /// `yes` where sessions take place at the coach's meeting link.
  public var meetingLinks = "yes"
  /// As `en`.
  public var language = "en"
  /// Focus skills by id.
  public var skills: [String] = []

  /// Languages in which what a learner reads is complete, by code.
  public static let languages = [(code: "en", name: "English")]

  /// How long an engagement may last, in days.
  static let durations: ClosedRange<Int64> = 1...3650

  /// The defaults.
  public init() {}

  /// What a group says now.
  public init(_ group: CoachingGroup) {
    (name, description) = (group.name, group.description)
    func id(_ named: CoachingGroup.Named?) -> String { named.map { String($0.id) } ?? "" }
    (purchase, assessment, survey) = (id(group.purchase), id(group.assessment), id(group.survey))
    durationDays = String(group.durationDays)
    (minimumInvited, minimumAnswered) = (String(group.minimumInvited), String(group.minimumAnswered))
    maximumInvited = String(group.maximumInvited)
    (remeasurement, meetingLinks) = (group.remeasurement ? "yes" : "no", group.meetingLinks ? "yes" : "no")
    remeasurementDays = group.remeasurementDays.map(String.init) ?? ""
    language = group.language
    skills = group.skills.map { String($0.id) }
  }

  var tidied: GroupDraft {
    var draft = GroupDraft()
    (draft.name, draft.description) = (DraftFaults.tidied(name), DraftFaults.tidied(description))
    (draft.purchase, draft.assessment, draft.survey) = (purchase, assessment, survey)
    draft.durationDays = DraftFaults.tidied(number: durationDays)
    draft.minimumInvited = DraftFaults.tidied(number: minimumInvited)
    draft.minimumAnswered = DraftFaults.tidied(number: minimumAnswered)
    draft.maximumInvited = DraftFaults.tidied(number: maximumInvited)
    (draft.remeasurement, draft.meetingLinks) = (DraftFaults.tidied(truth: remeasurement), DraftFaults.tidied(truth: meetingLinks))
    draft.remeasurementDays = DraftFaults.tidied(number: remeasurementDays)
    (draft.language, draft.skills) = (language, skills)
    return draft
  }
}

/// What a group may name.
public struct GroupChoices: Sendable {
  /// The organization's purchases.
  public let purchases: [CompanyPurchase]
  /// The organization's own 360° assessments and surveys, then the platform's.
  public let assessments: [Questionnaire], surveys: [Questionnaire]
  /// Every focus skill.
  public let skills: [FocusSkill]

  /// Reads them.
  ///
  /// - Throws: `Failure.notFound` for whoever reaches single programs only.
  public init(scope: OrganizationScope, in connection: any Connection) throws {
    let owner = try SetUpOwner(scope)
    purchases = try CompanyPurchase.all(scope: scope, in: connection)
    assessments = try Questionnaire.all(.assessment, for: owner, in: connection)
    surveys = try Questionnaire.all(.survey, for: owner, in: connection)
    skills = try FocusSkill.all(in: connection)
  }

  /// The draft with names in the place of ids, which is how changes of it are told.
  fileprivate func words(_ draft: GroupDraft) -> GroupWords {
    func name(_ id: String, _ list: [(Int64, String)]) -> String { list.first { String($0.0) == id }?.1 ?? id }
    let skills = skills.filter { draft.skills.contains(String($0.id)) }.map(\.name)
    return GroupWords(
      draft: draft, purchase: name(draft.purchase, purchases.map { ($0.id, $0.name) }),
      assessment: name(draft.assessment, assessments.map { ($0.id, $0.name) }),
      survey: name(draft.survey, surveys.map { ($0.id, $0.name) }),
      skills: skills.joined(separator: ", "))
  }
}

private struct GroupWords: SetUpDraft {
  let draft: GroupDraft
  let purchase: String, assessment: String, survey: String, skills: String

  static var parts: [(name: String, value: KeyPath<GroupWords, String>)] {
    [
      ("name", \.draft.name), ("description", \.draft.description), ("purchase", \.purchase), ("assessment", \.assessment),
      ("survey", \.survey), ("duration_days", \.draft.durationDays), ("minimum_invited", \.draft.minimumInvited),
      ("minimum_answered", \.draft.minimumAnswered), ("maximum_invited", \.draft.maximumInvited),
      ("remeasurement", \.draft.remeasurement), ("remeasurement_days", \.draft.remeasurementDays),
      ("meeting_links", \.draft.meetingLinks), ("language", \.draft.language), ("focus_skills", \.skills),
    ]
  }
}

/// A draft that holds: what is written.
private struct GroupTerms {
  let purchase: Int64?, assessment: Int64?, survey: Int64?, skills: [Int64]
  let days: Int64, participants: DraftFaults.Participants, remeasurementDays: Int64?
}

extension GroupDraft {
  fileprivate func terms(among choices: GroupChoices) throws -> GroupTerms {
    var faults = DraftFaults()
    faults.name(name)
    faults.text(description, "description", "The description", most: 2000, lines: true)
    let purchase = faults.choice(purchase, "purchase", "purchase", among: choices.purchases.map(\.id))
    let assessment = faults.choice(assessment, "assessment", "360° assessment", among: choices.assessments.map(\.id))
    let survey = faults.choice(survey, "survey", "survey", among: choices.surveys.map(\.id))
    let days = faults.number(durationDays, "duration-days", "The duration in days", in: GroupDraft.durations)
    let participants = faults.participants(minimumInvited, minimumAnswered, maximumInvited)
    var before: Int64?
    if !remeasurementDays.isEmpty {
      if remeasurement == "no" {
        faults.add("remeasurement-days", "Without remeasurement there is no day on which it opens: leave it empty.")
      } else {
        before = faults.number(remeasurementDays, "remeasurement-days", "The days before the end", in: 0...3650)
        if let before, let days, before > days {
          faults.add("remeasurement-days", "Remeasurement cannot open \(before) days before the end of \(days) days.")
        }
      }
    }
    faults.require(
      GroupDraft.languages.contains { $0.code == language }, "language",
      "Choose one of: \(GroupDraft.languages.map { "\($0.code) (\($0.name))" }.joined(separator: ", ")).")
    let known = choices.skills.filter { skills.contains(String($0.id)) }.map(\.id)
    faults.require(
      skills.allSatisfy { id in known.contains { String($0) == id } }, "skills",
      "One of the focus skills is not there any more. Choose again.")
    try faults.refuse()
    guard let days, let participants else { throw Failure.notFound }
    return GroupTerms(
      purchase: purchase, assessment: assessment, survey: survey, skills: known, days: days, participants: participants,
      remeasurementDays: before)
  }
}

extension CoachingGroup {
  /// Makes a group, or changes the one of an id. Engagements that there are keep what they were given.
  ///
  /// - Throws: `Failure`: `invalid` with the faulty fields, `conflict` for a name that is taken; `notFound`.
  public static func save(
    _ draft: GroupDraft, id: Int64? = nil, scope: OrganizationScope, at now: Moment, in database: any Database
  ) throws -> Saved {
    try database.write(organization: scope.organization.id, patience: .seconds(30)) {
      try save(draft, id: id, scope: scope, at: now, in: $0)
    }
  }

  static func save(_ draft: GroupDraft, id: Int64?, scope: OrganizationScope, at now: Moment, in tx: any Connection) throws -> Saved {
    let present = try id.map { try find(id: $0, scope: scope, in: tx) }
    let draft = draft.tidied
    let choices = try GroupChoices(scope: scope, in: tx)
    let terms = try draft.terms(among: choices)
    let organization = scope.organization.id
    let taken = try tx.scalar(
      "SELECT COUNT(*) FROM coaching_groups WHERE organization_id = \(organization) AND name = \(draft.name) AND id <> \(id ?? 0)")
    var faults = DraftFaults()
    faults.require(taken == 0, "name", "There is a group \"\(draft.name)\" already. Choose another name.")
    try faults.refuse(.conflict)
    let words = choices.words(draft)
    guard let present else {
      let made = try tx.scalar(
        """
        INSERT INTO coaching_groups (organization_id, name, duration_days, minimum_invited, minimum_answered, maximum_invited, created_at)
        VALUES (\(organization), \(draft.name), \(terms.days), \(terms.participants.invited), \(terms.participants.answered),
          \(terms.participants.most), \(now.text)) RETURNING id
        """)
      try write(draft, terms, to: made, in: tx)
      try audit("coaching_group_created", made, words.values, scope, at: now, in: tx)
      return Saved(id: made, isNew: true, changes: [])
    }
    let changes = words.changes(from: choices.words(GroupDraft(present)))
    guard !changes.isEmpty else { return Saved(id: present.id, isNew: false, changes: []) }
    try write(draft, terms, to: present.id, in: tx)
    try audit("coaching_group_changed", present.id, changes.map { ($0.name, $0.after) }, scope, at: now, in: tx)
    return Saved(id: present.id, isNew: false, changes: changes)
  }

  private static func write(_ draft: GroupDraft, _ terms: GroupTerms, to id: Int64, in tx: any Connection) throws {
    try tx.run(
      """
      UPDATE coaching_groups SET name = \(draft.name), description = \(draft.description), company_purchase_id = \(terms.purchase),
        feedback_assessment_id = \(terms.assessment), survey_id = \(terms.survey), duration_days = \(terms.days),
        minimum_invited = \(terms.participants.invited), minimum_answered = \(terms.participants.answered),
        maximum_invited = \(terms.participants.most),
        remeasurement = \(draft.remeasurement == "yes"), remeasurement_days = \(terms.remeasurementDays),
        meeting_links = \(draft.meetingLinks == "yes"), language = \(draft.language) WHERE id = \(id)
      """)
    try tx.run("DELETE FROM coaching_group_skills WHERE group_id = \(id)")
    for skill in terms.skills { try tx.run("INSERT INTO coaching_group_skills (group_id, focus_skill_id) VALUES (\(id), \(skill))") }
  }
}
