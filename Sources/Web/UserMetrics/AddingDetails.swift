import Domain
import Templates

/// What there is to view of groups, purchases, 360° assessments and surveys, beside the fields that choose them.
struct AddingDetails {
  let options: AddingOptions
  let format: Format

  private func entry(_ name: String, _ facts: [(String, String)], _ questions: [String] = []) -> Value {
    [
      "name": name, "facts": facts.filter { !$0.1.isEmpty }.map { ["label": $0.0, "value": $0.1] as Value },
      "questions": questions.isEmpty ? nil : ["items": questions] as Value,
    ]
  }

  private func details(_ summary: String, _ entries: [Value]) -> Value? {
    entries.isEmpty ? nil : ["summary": summary, "entries": entries]
  }

  func group(_ group: AddingOptions.Group) -> Value {
    func name(_ id: Int64?, _ all: [(Int64, String)]) -> String { id.flatMap { id in all.first { $0.0 == id }?.1 } ?? "—" }
    let opens =
      group.remeasurementDays.map { "Yes, opens \(format.plural($0, "day", "days")) before the end" } ?? "Yes, opened by an administrator"
    let skills = options.skills.filter { group.skills.contains($0.id) }.map(\.name)
    return entry(
      group.name,
      [
        ("Description", group.description), ("Company purchase", name(group.purchase, options.purchases.map { ($0.id, $0.name) })),
        ("360° assessment", name(group.assessment, options.assessments.map { ($0.id, $0.name) })),
        ("Survey", name(group.survey, options.surveys.map { ($0.id, $0.name) })), ("Duration", format.plural(group.days, "day", "days")),
        (
          "360° participants",
          "invite \(format.number(group.minimumInvited)) to \(format.number(group.maximumInvited)), \(format.number(group.minimumAnswered)) must answer"
        ), ("Remeasurement", group.remeasurement ? opens : "No"),
        ("Meeting links", group.meetingLinks ? "The coach’s" : "The learner’s own"),
        ("Focus skills", skills.joined(separator: ", ")),
      ])
  }

  var groups: Value? { details("View the details of each group", options.groups.map(group)) }

  /// `12 of 1,000 licenses left, expires 31 Dec 2026`
  func line(_ purchase: AddingOptions.Purchase) -> String {
    "\(format.number(purchase.left)) of \(format.number(purchase.licenses)) licenses left, "
      + (purchase.expiresAt.map { "expires \(format.date($0))" } ?? "never expires")
  }

  var purchases: Value? {
    details(
      "View the details of each purchase",
      options.purchases.map { purchase in
        entry(
          purchase.name,
          [
            (
              "Licenses",
              "\(format.number(purchase.licenses)) bought, \(format.number(purchase.used)) used, \(format.number(purchase.left)) left"
            ),
            ("Sessions", "\(format.number(purchase.sessions)) for each learner"),
            ("Expires", purchase.expiresAt.map { format.time($0) } ?? "Never"),
          ])
      })
  }

  private func questions(_ summary: String, _ all: [AddingOptions.Questions]) -> Value? {
    details(
      summary,
      all.map { entry($0.name, [("Whose", AddingDetails.owner($0)), ("Description", $0.description)], $0.questions) })
  }

  static func owner(_ questions: AddingOptions.Questions) -> String { questions.isOwn ? "The organization’s own" : "The platform’s" }

  var assessments: Value? { questions("View the details of each 360° assessment", options.assessments) }
  var surveys: Value? { questions("View the details of each survey", options.surveys) }
}
