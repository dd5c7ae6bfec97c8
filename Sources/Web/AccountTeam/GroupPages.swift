import Database
import Domain
import HTTPServer
import Templates

/// Coaching groups: what learners who are added together begin with.
enum GroupPages {
  private typealias Key = CoachingGroup.Key

  /// GET /o/{slug}/coaching/groups
  static func list(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let slug = scope.organization.slug
    let parts = SetUpParts(context, .groups, slug)
    let state = parts.state()
    let sorting = state.sorting(Sorting(Key.name, descending: false))
    let list = try context.read {
      try CoachingGroup.list(search: state.value("q") ?? "", sort: sorting, request: state.request, scope: scope, in: $0)
    }
    let format = context.format
    let columns = [
      state.sortable("Group", Key.name, by: sorting), state.sortable("Purchase", .purchase, by: sorting),
      TableColumn(label: "360° assessment"),
      TableColumn(label: "Survey"), state.sortable("Days", .duration, by: sorting, number: true), TableColumn(label: "Participants"),
      TableColumn(label: "Remeasurement"),
    ]
    let words = SetUpParts.Words(
      lede: "What learners who are added together begin with", search: "Search by group or purchase",
      noneYet: "A group holds the purchase, the 360° assessment, the survey and the length of an engagement.")
    return try parts.list(list, state, words, mayMake: true, columns: columns) { group in
      [
        .head(group.name, group.description.isEmpty ? nil : String(group.description.prefix(80)), link: .setUp(.groups, slug, group.id)),
        .text(group.purchase?.name ?? ""), .text(group.assessment?.name ?? ""), .text(group.survey?.name ?? ""),
        .number(format.number(group.durationDays)), .text("\(group.minimumInvited) to \(group.maximumInvited)"), .text(opening(group)),
      ]
    }
  }

  private static func opening(_ group: CoachingGroup) -> String {
    guard group.remeasurement else { return "Off" }
    return group.remeasurementDays.map { "\($0) days before the end" } ?? "When opened"
  }

  /// GET /o/{slug}/coaching/groups.csv
  static func export(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let state = SetUpParts(context, .groups, scope.organization.slug).state(["q", "sort"])
    let sorting = state.sorting(Sorting(Key.name, descending: false))
    let database = context.site.database
    return Download.csv(context, named: "groups-\(scope.organization.slug)") { sink in
      try database.export { try CoachingGroup.write(search: state.value("q") ?? "", sort: sorting, scope: scope, in: $0, to: sink) }
    }
  }

  /// GET /o/{slug}/coaching/groups/{id}: the details, for organization admins as well.
  static func show(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    typealias Fact = SetUpParts.Details.Fact
    let group = try context.read { try CoachingGroup.find(id: context.setUpID, scope: scope, in: $0) }
    let slug = scope.organization.slug
    func fact(_ label: String, _ kind: SetUpKind, _ named: CoachingGroup.Named?) -> Fact {
      Fact(label: label, value: named?.name ?? "", link: named.map { .setUp(kind, slug, $0.id) })
    }
    let language = GroupDraft.languages.first { $0.code == group.language }?.name ?? group.language
    var sections: [SetUpParts.Details.Section] = []
    if !group.description.isEmpty { sections.append(.init(title: "Description", text: group.description)) }
    sections += [
      .init(
        title: "Company details",
        facts: [
          fact("Purchase", .purchases, group.purchase), fact("360° assessment", .assessments, group.assessment),
          fact("Survey", .surveys, group.survey),
        ]),
      .init(
        title: "Engagement details",
        facts: [
          Fact(label: "Duration", value: context.format.plural(group.durationDays, "day", "days")),
          Fact(label: "Minimum to invite", value: "\(group.minimumInvited)"),
          Fact(label: "Minimum to answer", value: "\(group.minimumAnswered)"),
          Fact(label: "Maximum to invite", value: "\(group.maximumInvited)"),
        ]),
      .init(
        title: "Remeasurement",
        facts: [
          Fact(label: "Second round", value: group.remeasurement ? "On" : "Off"),
          Fact(
            label: "Opens",
            value: !group.remeasurement
              ? "" : group.remeasurementDays.map { "\($0) days before the end" } ?? "When an administrator opens it"),
        ]),
      .init(
        title: "Additional settings",
        facts: [
          Fact(
            label: "Platform meeting links", value: group.meetingLinks ? "On: the coach’s link" : "Off: a booking needs the learner’s own"),
          Fact(label: "Focus skills", value: group.skills.map(\.name).joined(separator: ", ")),
          Fact(label: "Default language", value: language),
        ]),
    ]
    return try SetUpParts(context, .groups, slug).details(
      group.id, group.name, lede: "What its learners begin with; each may be given something else when they are added",
      mayEdit: scope.viewer.isAccountTeam, seesList: scope.viewer.isAccountTeam, .init(sections: sections))
  }

  /// GET /o/{slug}/coaching/groups/new
  static func new(_ context: Context, _ scope: OrganizationScope) throws -> Response { try form(context, scope, nil, GroupDraft()) }

  /// POST /o/{slug}/coaching/groups/new
  static func create(_ context: Context, _ scope: OrganizationScope) throws -> Response { try save(context, scope, nil) }

  /// GET /o/{slug}/coaching/groups/{id}/edit
  static func edit(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let group = try context.read { try CoachingGroup.find(id: context.setUpID, scope: scope, in: $0) }
    return try form(context, scope, group, GroupDraft(group))
  }

  /// POST /o/{slug}/coaching/groups/{id}/edit
  static func update(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    try save(context, scope, context.read { try CoachingGroup.find(id: context.setUpID, scope: scope, in: $0) })
  }

  private static func save(_ context: Context, _ scope: OrganizationScope, _ present: CoachingGroup?) throws -> Response {
    let form = try context.form()
    let typed = GroupDraft(typed: form)
    let draft = try present.map { try ShownDraft.merge(typed, from: form, onto: GroupDraft($0)) } ?? typed
    do {
      let saved = try CoachingGroup.save(draft, id: present?.id, scope: scope, at: context.now, in: context.site.database)
      return try SetUpParts(context, .groups, scope.organization.slug).back(
        to: saved.id, saying: saved.isNew ? "The group is made." : "The group is saved. Engagements keep what they were given.")
    } catch let failure as Failure where !failure.fields.isEmpty {
      return try self.form(context, scope, present, draft, failure)
    }
  }

  private static func form(
    _ context: Context, _ scope: OrganizationScope, _ present: CoachingGroup?, _ draft: GroupDraft, _ failure: Failure? = nil
  ) throws -> Response {
    let form = GroupForm(
      draft: draft, choices: try context.read { try GroupChoices(scope: scope, in: $0) }, format: context.format,
      faults: failure?.fields ?? [])
    return try SetUpParts(context, .groups, scope.organization.slug).form(
      present.map { ($0.id, $0.name) }, form.parts,
      lede: present == nil ? nil : "A change is for learners who are added from now on; engagements keep what they were given.",
      shown: present.map { GroupDraft($0) }, failure)
  }

  /// GET /o/{slug}/coaching/groups/{id}/removal
  static func askRemoval(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let (group, use) = try context.read { connection in
      let group = try CoachingGroup.find(id: context.setUpID, scope: scope, in: connection)
      return (group, try group.use(in: connection))
    }
    return try SetUpParts(context, .groups, scope.organization.slug).askRemoval(group.id, group.name, use: use)
  }

  /// POST /o/{slug}/coaching/groups/{id}/removal
  static func remove(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    try CoachingGroup.remove(id: context.setUpID, scope: scope, at: context.now, in: context.site.database)
    return try SetUpParts(context, .groups, scope.organization.slug).back(to: nil, saying: "The group is deleted.")
  }
}

extension GroupDraft {
  /// What a form sent. Boxes that are not ticked send nothing.
  fileprivate init(typed: Form) {
    self.init()
    func value(_ name: String) -> String { typed[name] ?? "" }
    (name, description) = (value("name"), value("description"))
    (purchase, assessment, survey) = (value("purchase"), value("assessment"), value("survey"))
    (durationDays, minimumInvited) = (value("duration-days"), value("minimum-invited"))
    (minimumAnswered, maximumInvited) = (value("minimum-answered"), value("maximum-invited"))
    (remeasurement, remeasurementDays) = (typed["remeasurement"] ?? "no", value("remeasurement-days"))
    (meetingLinks, language, skills) = (typed["meeting-links"] ?? "no", value("language"), typed.all("skills"))
  }
}

/// The form of a group, in the parts in which learners are added.
private struct GroupForm {
  let draft: GroupDraft
  let choices: GroupChoices
  let format: Format
  let faults: [Failure.Field]

  var parts: [SetUpParts.Part] {
    [
      .init(
        title: "Group",
        fields: [
          FormControl(
            "name", "Name", .input(type: "text"), value: draft.name, hint: "Once in the organization.", required: true, faults: faults),
          FormControl(
            "description", "Description", .area(rows: 3), value: draft.description, hint: "For whoever chooses a group; may be empty.",
            faults: faults),
        ]),
      .init(title: "Company details", fields: company),
      .init(
        title: "Engagement details",
        fields: [
          number("duration-days", "Duration in days", draft.durationDays, "From 1 to 3650."),
          number("minimum-invited", "Minimum to invite", draft.minimumInvited, "Fewer invited participants leave the 360° task open."),
          number(
            "minimum-answered", "Minimum to answer", draft.minimumAnswered, "Below it results stay hidden; at most the minimum to invite."),
          number("maximum-invited", "Maximum to invite", draft.maximumInvited, "Invitations beyond it are refused."),
        ], isDense: true),
      .init(
        title: "Remeasurement",
        fields: [
          FormControl(
            "remeasurement", "Second round",
            .checks([.init("yes", "Measure again before the end", note: "Self assessment, 360°, goals and survey.")]),
            values: [draft.remeasurement], faults: faults),
          FormControl(
            "remeasurement-days", "Opens so many days before the end", .input(type: "text"), value: draft.remeasurementDays,
            hint: "In digits; empty where an administrator opens it.", faults: faults),
        ]),
      .init(title: "Additional settings", fields: settings),
    ]
  }

  private func number(_ name: String, _ label: String, _ value: String, _ hint: String) -> FormControl {
    FormControl(name, label, .input(type: "text"), value: value, hint: hint, required: true, faults: faults)
  }

  private var company: [FormControl] {
    func select(_ name: String, _ label: String, _ value: String, _ options: [(Int64, String)], _ hint: String) -> FormControl {
      FormControl(
        name, label, .select([.init("", "None")] + options.map { .init(String($0.0), $0.1) }), value: value, hint: hint, faults: faults)
    }
    func label(_ questionnaire: Questionnaire) -> String { questionnaire.name + (questionnaire.isPlatform ? " (platform)" : "") }
    return [
      select(
        "purchase", "Company purchase", draft.purchase,
        choices.purchases.map { ($0.id, "\($0.name) — \(format.number(max(0, $0.left))) of \(format.number($0.licenses)) licenses left") },
        "Under which its learners get a license, unless they are given another."),
      select(
        "assessment", "360° assessment", draft.assessment, choices.assessments.map { ($0.id, label($0)) }, "What participants are asked."),
      select("survey", "Survey", draft.survey, choices.surveys.map { ($0.id, label($0)) }, "What the learner is asked."),
    ]
  }

  private var settings: [FormControl] {
    var fields = [
      FormControl(
        "meeting-links", "Platform meeting links",
        .checks([.init("yes", "Sessions take place at the coach’s link", note: "Without it a booking needs the learner’s own link.")]),
        values: [draft.meetingLinks], faults: faults)
    ]
    if !choices.skills.isEmpty {
      fields.append(
        FormControl(
          "skills", "Focus skills", .checks(choices.skills.map { .init(String($0.id), $0.name) }), values: draft.skills,
          hint: "What learners begin with; they may choose others.", faults: faults))
    }
    fields.append(
      FormControl(
        "language", "Default language", .select(GroupDraft.languages.map { .init($0.code, $0.name) }), value: draft.language,
        hint: "Languages in which everything that a learner reads is complete.", faults: faults))
    return fields
  }
}
