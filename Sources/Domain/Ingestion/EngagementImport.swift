import CSV
import Database

/// Engagements: whom a group's coaching was given, with everything that the Learners page shows of it and does not work out by itself.
///
/// An engagement is known by its learner and the moment of its launch. What a row leaves empty of the group's parameters is as the group has it for a
/// new engagement, and as it was for one that is there.
final class EngagementImport: ImportSteps {
  static let headers = [
    "Name", "Email", "External ID", "Group", "Company Purchase", "360 Assessment", "Survey", "Date Launched", "Engagement End Date",
    "First Log In", "Profile", "Self Assessment", "Survey Completed", "Coach Email", "Coach Changed", "Coaching Plan",
    "Manager Feedback CP",
    "Focus Areas", "Goals", "Goals Achieved", "Goals Assessed", "Remeasurement", "Remeasurement Opened", "Self Remeasurement",
    "Remeasurement Survey", "Paused Date", "Date Unpause", "Date Deactivated", "Engagement Extended Date", "Admin Notes", "Duration",
    "Minimum Invited", "Minimum Answered", "Maximum Invited",
  ]

  enum Place {
    static let email = 1, group = 3, purchase = 4, assessment = 5, survey = 6, launched = 7, ends = 8, coach = 13, changed = 14, plan = 15
    static let planFeedback = 16, areas = 17, goals = 18, achieved = 19, remeasurement = 21, opened = 22, note = 29, duration = 30
    static let minimumInvited = 31, minimumAnswered = 32, maximumInvited = 33
  }

  /// The moments of an engagement, as `import_rows` and `engagements` name them alike, and where the file has them.
  static let moments: [(column: Column, place: Int)] = [
    ("launched_at", Place.launched), ("ends_at", Place.ends), ("first_login_at", 9), ("profile_set_up_at", 10), ("self_assessment_at", 11),
    ("survey_at", 12), ("goals_assessed_at", 20), ("remeasurement_opens_at", Place.opened), ("self_remeasurement_at", 23),
    ("remeasurement_survey_at", 24), ("paused_at", 25), ("unpaused_at", 26), ("deactivated_at", 27), ("extended_at", 28),
  ]

  /// The group's parameters that a row may leave to it, alike in all three tables.
  static let parameters: [Column] = ["duration_days", "minimum_invited", "minimum_answered", "maximum_invited", "remeasurement"]

  /// What else a row says of an engagement.
  static let plain: [Column] = ["coach_changed", "coaching_plan", "plan_feedback_invited"]

  let people = PeopleStage(headers: EngagementImport.headers)
  let groups = NameStage(table: "import_groups", column: "group_ref")
  let purchases = NameStage(table: "import_purchases", column: "purchase_ref")
  let assessments = NameStage(table: "import_assessments", column: "assessment_ref")
  let surveys = NameStage(table: "import_surveys", column: "survey_ref")
  let coaches = NameStage.coaches()
  let skills = FocusSkillStage()
  /// How many people come into being or change, and how many engagements.
  var movingPeople: Int64 = 0, moving: Int64 = 0
  private var reader = EmailReader()

  let tables: [StaticString] = [
    "accounts", "users", "engagements", "engagement_rows", "engagement_coaches", "focus_areas", "goals", "engagement_notes",
  ]

  /// Which column of `import_rows` names what.
  private static let references: [Column] = ["group_ref", "purchase_ref", "assessment_ref", "survey_ref", "coach_ref"]

  var declarations: SQL {
    """
    \(PeopleStage.declarations), \(SQL.join(EngagementImport.references.map { "\($0.sql) BIGINT" }, ", ")),
    \(SQL.join(EngagementImport.moments.map { "\($0.column.sql) TEXT" }, ", ")), coach_changed SMALLINT, coaching_plan TEXT,
    plan_feedback_invited SMALLINT, remeasurement SMALLINT, duration_days BIGINT, minimum_invited BIGINT, minimum_answered BIGINT,
    maximum_invited BIGINT, areas TEXT, goals TEXT, note TEXT, note_key TEXT, engagement_id BIGINT
    """
  }

  var columns: [StaticString] {
    PeopleStage.columns + EngagementImport.references.map(\.name) + EngagementImport.moments.map { $0.column.name } + [
      "coach_changed", "coaching_plan", "plan_feedback_invited", "remeasurement", "duration_days", "minimum_invited", "minimum_answered",
      "maximum_invited", "areas", "goals", "note", "note_key",
    ]
  }

  func stage(_ row: borrowing CSVRow, _ cells: CellReader, _ sink: any RowSink) {
    people.stage(row, cells, sink)
    sink.int(orNull: groups.number(cells.key(row, Place.group)))
    sink.int(orNull: purchases.number(cells.key(row, Place.purchase)))
    sink.int(orNull: assessments.number(CellReader.trimmed(cells.text(row[Place.assessment]))))
    sink.int(orNull: surveys.number(CellReader.trimmed(cells.text(row[Place.survey]))))
    sink.int(orNull: coach(row, cells))
    for (_, place) in EngagementImport.moments {
      cells.moment(row, place, required: place == Place.launched, day: place == Place.ends ? .last : .first, to: sink)
    }
    sink.int(cells.yesNo(row, Place.changed, required: false) == true ? 1 : 0)
    sink.text(cells.choice(row, Place.plan, ["None": "NONE", "Begun": "BEGUN", "Complete": "COMPLETE"], required: false) ?? "NONE")
    sink.int(cells.yesNo(row, Place.planFeedback, required: false) == true ? 1 : 0)
    sink.truth(orNull: cells.yesNo(row, Place.remeasurement, required: false))
    sink.int(orNull: cells.count(row, Place.duration, within: 1...3650))
    for place in [Place.minimumInvited, Place.minimumAnswered, Place.maximumInvited] {
      sink.int(orNull: cells.count(row, place, within: 0...10_000))
    }
    sink.text(areas(row, cells))
    sink.text(goals(row, cells))
    let note = cells.prose(row, Place.note)
    sink.text(note)
    sink.text(String(String(decoding: note, as: UTF8.self).prefix(60)).folded)
  }

  private func coach(_ row: borrowing CSVRow, _ cells: CellReader) -> Int64? {
    let address = CellReader.trimmed(row[Place.coach].unguardedBytes)
    if address.isEmpty { return nil }
    if let fault = reader.read(address) { cells.refuse(row[Place.coach].column, fault) }
    return reader.key.withUnsafeBytes { coaches.number($0) }
  }

  /// The focus areas of a row by their numbers, as JSON.
  private func areas(_ row: borrowing CSVRow, _ cells: CellReader) -> String {
    let numbers = list(row, cells, Place.areas, "focus area").map(skills.number)
    if Set(numbers).count < numbers.count { cells.refuse(row[Place.areas].column, "a focus area is named twice") }
    return "[" + numbers.map(String.init).joined(separator: ",") + "]"
  }

  /// The goals of a row, each with whether it was achieved, as JSON.
  private func goals(_ row: borrowing CSVRow, _ cells: CellReader) -> String {
    let goals = list(row, cells, Place.goals, "goal")
    let achieved = Set(list(row, cells, Place.achieved, "goal"))
    if Set(goals).count < goals.count { cells.refuse(row[Place.goals].column, "a goal is named twice") }
    for goal in achieved.subtracting(goals).sorted().prefix(1) {
      cells.refuse(row[Place.achieved].column, "\(Array(goal.utf8).withUnsafeBytes(CellReader.shown)) is none of the goals")
    }
    return "[" + goals.map { "[\(EngagementImport.quoted($0)),\(achieved.contains($0) ? 1 : 0)]" }.joined(separator: ",") + "]"
  }

  /// The texts of a cell that joins them by "; ".
  private func list(_ row: borrowing CSVRow, _ cells: CellReader, _ place: Int, _ word: String) -> [String] {
    let bytes = cells.prose(row, place)
    if bytes.isEmpty { return [] }
    var text = String(decoding: bytes, as: UTF8.self)
    if text.hasSuffix(";") { text.removeLast() }
    let texts = text.split(separator: "; ", omittingEmptySubsequences: false).map { String($0.trimmingBlanks()) }
    if texts.contains("") { cells.refuse(row[place].column, "a \(word) beside a semicolon has no text") }
    if texts.contains(where: { $0.utf8.count > 1000 }) { cells.refuse(row[place].column, "a \(word) is longer than 1,000 bytes") }
    return texts
  }

  /// A JSON string (RFC 8259 section 7).
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\u{0}"..."\u{1f}": result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  func load(_ context: ImportContext) throws {
    let organization = context.organization
    try people.load(context)
    try groups.load(
      context, more: ", remeasurement_days BIGINT, \(SQL.join(EngagementImport.parameters.map { "\($0.sql) BIGINT" }, ", "))",
      id: "SELECT g.id FROM coaching_groups g WHERE g.organization_id = \(organization) AND g.name = import_groups.name")
    try purchases.load(
      context, id: "SELECT k.id FROM company_purchases k WHERE k.organization_id = \(organization) AND k.name = import_purchases.name")
    try assessments.load(
      context,
      id: """
        SELECT a.id FROM feedback_assessments a WHERE a.organization_id IN (0, \(organization)) AND a.name = import_assessments.name
        ORDER BY a.organization_id DESC LIMIT 1
        """)
    try surveys.load(
      context,
      id: """
        SELECT v.id FROM surveys v WHERE v.organization_id IN (0, \(organization)) AND v.name = import_surveys.name
        ORDER BY v.organization_id DESC LIMIT 1
        """)
    try coaches.loadCoaches(context)
    try skills.load(context)
    let names = SQL.join(EngagementImport.parameters.map { "\($0.sql) = g.\($0.sql)" }, ", ")
    try context.connection.run(
      "UPDATE import_groups SET remeasurement_days = g.remeasurement_days, \(names) FROM coaching_groups g WHERE g.id = import_groups.id")
    // What a group is made with.
    try context.connection.run(
      """
      UPDATE import_groups SET duration_days = 180, minimum_invited = 3, minimum_answered = 3, maximum_invited = 15, remeasurement = 1
      WHERE id IS NULL
      """)
  }
}
