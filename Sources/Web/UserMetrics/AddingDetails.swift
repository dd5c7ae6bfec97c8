import Domain
import Templates

/// What there is to view of groups, purchases, 360° assessments and surveys, beside the fields that choose them.
struct AddingDetails {
  let options: AddingOptions
  let format: Format

  private func entry(_ name: String, _ facts: [(String, String)], _ questions: [String] = []) -> Value {
    [
      "name": name, "list": facts.filter { !$0.1.isEmpty }.map { SetUpParts.Details.Fact(label: $0.0, value: $0.1) },
      "questions": questions.isEmpty ? nil : ["items": questions] as Value,
    ]
  }

  private func details(_ summary: String, _ entries: [Value]) -> Value? {
    entries.isEmpty ? nil : ["summary": summary, "entries": entries]
  }

  func group(_ group: CoachingGroup) -> Value {
    let opens =
      group.remeasurementDays.map { "Yes, opens \(format.plural($0, "day", "days")) before the end" } ?? "Yes, opened by an administrator"
    return entry(
      group.name,
      [
        ("Description", group.description), ("Company purchase", group.purchase?.name ?? "—"),
        ("360° assessment", group.assessment?.name ?? "—"), ("Survey", group.survey?.name ?? "—"),
        ("Duration", format.plural(group.durationDays, "day", "days")),
        (
          "360° participants",
          "invite \(format.number(group.minimumInvited)) to \(format.number(group.maximumInvited)), \(format.number(group.minimumAnswered)) must answer"
        ), ("Remeasurement", group.remeasurement ? opens : "No"),
        ("Meeting links", group.meetingLinks ? "The coach’s" : "The learner’s own"),
        ("Focus skills", group.skills.map(\.name).joined(separator: ", ")),
        ("Default language", AddingDetails.language(group.language)),
      ])
  }

  /// What each learner of a form or file is given, as it would be written at a moment.
  func terms(_ draft: EngagementDraft, at now: Moment) -> [SetUpParts.Details.Fact] {
    let group = options.group(draft.group)
    let days = Int64(draft.days)
    func name(_ id: String, _ all: [Questionnaire]) -> String { all.first { String($0.id) == id }?.name ?? "" }
    let opens = group?.remeasurementDays.map { "opens \(format.plural($0, "day", "days")) before the end" } ?? "opened by an administrator"
    let skills = options.choices.skills.filter { draft.skills.contains($0.id) }.map(\.name)
    return [
      .init(
        label: "Duration",
        value: days.map { "\(format.plural($0, "day", "days")), until \(format.date(now.adding(days: $0)))" } ?? draft.days),
      .init(label: "360° assessment", value: name(draft.assessment, options.choices.assessments)),
      .init(label: "Survey", value: name(draft.survey, options.choices.surveys)),
      .init(
        label: "360° participants",
        value: "Invite \(draft.minimumInvited) to \(draft.maximumInvited), \(draft.minimumAnswered) must answer"),
      .init(label: "Remeasurement", value: draft.remeasurement ? "Yes, \(opens)" : "No"),
      .init(label: "Meeting links", value: draft.meetingLinks ? "The coach’s" : "The learner’s own"),
      .init(label: "Focus skills", value: skills.joined(separator: ", ")),
      .init(label: "Language", value: AddingDetails.language(draft.language)),
    ]
  }

  var groups: Value? { details("View the details of each group", options.groups.map(group)) }

  static func language(_ code: String) -> String { GroupDraft.languages.first { $0.code == code }?.name ?? code }

  /// `12 of 1,000 licenses left, expires 31 Dec 2026`
  func line(_ purchase: CompanyPurchase) -> String {
    "\(format.number(max(0, purchase.left))) of \(format.number(purchase.licenses)) licenses left, "
      + (Moment(purchase.expiresAt).map { "expires \(format.date($0))" } ?? "never expires")
  }

  var purchases: Value? {
    details(
      "View the details of each purchase",
      options.choices.purchases.map { purchase in
        entry(
          purchase.name,
          [
            (
              "Licenses",
              "\(format.number(purchase.licenses)) bought, \(format.number(purchase.used)) used, \(format.number(max(0, purchase.left))) left"
            ),
            ("Sessions", "\(format.number(purchase.sessions)) for each learner"),
            ("Late cancels", purchase.lateCancelsCount ? "Take a session" : "Take no session"),
            ("Expires", Moment(purchase.expiresAt).map { format.time($0) } ?? "Never"),
          ])
      })
  }

  private func questions(_ summary: String, _ all: [Questionnaire]) -> Value? {
    details(
      summary,
      all.map { entry($0.name, [("Whose", AddingDetails.owner($0)), ("Description", $0.description)], $0.questions) })
  }

  static func owner(_ questions: Questionnaire) -> String { questions.isPlatform ? "The platform’s" : "The organization’s own" }

  var assessments: Value? { questions("View the details of each 360° assessment", options.choices.assessments) }
  var surveys: Value? { questions("View the details of each survey", options.choices.surveys) }
}
