import Database
import Domain
import HTTPServer
import Templates

/// 360° assessments and surveys: an organization's own, which its admins make as well, beside the platform's; and the platform's, which the account
/// team makes.
struct QuestionnairePages {
  private typealias Key = Questionnaire.Key

  let what: Questionnaire.Kind
  let side: SetUpSide

  private var kind: SetUpKind { what == .assessment ? .assessments : .surveys }

  private func parts(_ context: Context) -> SetUpParts { SetUpParts(context, kind, side.slug) }

  /// GET …/coaching/assessments and …/coaching/surveys
  func list(_ context: Context) throws -> Response {
    let state = parts(context).state()
    let sorting = state.sorting(Sorting(Key.name, descending: false))
    let list = try context.read {
      try Questionnaire.list(what, for: side.owner, search: state.value("q") ?? "", sort: sorting, request: state.request, in: $0)
    }
    var columns = [
      state.sortable(what == .assessment ? "360° assessment" : "Survey", Key.name, by: sorting),
      state.sortable("Questions", .questions, by: sorting, number: true),
    ]
    if side.scope != nil { columns.append(state.sortable("Owner", .owner, by: sorting)) }
    let words = SetUpParts.Words(
      lede: side.scope == nil
        ? "The platform’s, which every organization may use"
        : "The organization’s own, and the platform’s, which every organization may use",
      search: "Search by name or question",
      noneYet: what == .assessment
        ? "A 360° assessment is what participants are asked about a learner."
        : "A survey is what a learner is asked at the beginning and the end.")
    let format = context.format
    return try parts(context).list(list, state, words, mayMake: true, columns: columns) { entry in
      let description = entry.description.isEmpty ? nil : String(entry.description.prefix(80))
      let cells: [Cell] = [
        .head(entry.name, description, link: .setUp(kind, side.slug, entry.id)), .number(format.number(entry.questions.count)),
      ]
      return side.scope == nil ? cells : cells + [.text(entry.isPlatform ? "Platform" : "Organization")]
    }
  }

  /// GET …/coaching/assessments.csv
  func export(_ context: Context) throws -> Response {
    let state = parts(context).state(["q", "sort"])
    let sorting = state.sorting(Sorting(Key.name, descending: false))
    let (database, what, owner) = (context.site.database, self.what, side.owner)
    return Download.csv(context, named: "\(kind.segment)-\(side.slug ?? "platform")") { sink in
      try database.export {
        try Questionnaire.write(what, for: owner, search: state.value("q") ?? "", sort: sorting, in: $0, to: sink)
      }
    }
  }

  /// GET …/coaching/assessments/{id}
  func show(_ context: Context) throws -> Response {
    let found = try context.read { connection in
      if let scope = side.scope { return try Questionnaire.find(what, id: context.setUpID, scope: scope, in: connection) }
      return try Questionnaire.find(what, id: context.setUpID, of: side.owner, in: connection)
    }
    var sections: [SetUpParts.Details.Section] = []
    if !found.description.isEmpty { sections.append(.init(title: "Description", text: found.description)) }
    sections.append(
      .init(title: "Questions", text: found.questions.isEmpty ? "No question was written yet." : nil, items: found.questions))
    let isOwn = found.isPlatform == (side.scope == nil)
    let count = context.format.plural(Int64(found.questions.count), "question", "questions")
    return try parts(context).details(
      found.id, found.name,
      lede: "A \(what.noun) of \(found.isPlatform ? "the platform, for every organization" : "the organization’s own") · \(count)",
      mayEdit: isOwn, seesList: true, .init(sections: sections))
  }

  /// GET …/coaching/assessments/new
  func new(_ context: Context) throws -> Response { try form(context, nil, QuestionnaireDraft()) }

  /// POST …/coaching/assessments/new
  func create(_ context: Context) throws -> Response { try save(context, nil) }

  /// GET …/coaching/assessments/{id}/edit
  func edit(_ context: Context) throws -> Response {
    let found = try own(context)
    return try form(context, found, QuestionnaireDraft(found))
  }

  /// POST …/coaching/assessments/{id}/edit
  func update(_ context: Context) throws -> Response { try save(context, own(context)) }

  private func own(_ context: Context) throws -> Questionnaire {
    try context.read { try Questionnaire.find(what, id: context.setUpID, of: side.owner, in: $0) }
  }

  private func save(_ context: Context, _ present: Questionnaire?) throws -> Response {
    let typed = try context.form()
    var draft = QuestionnaireDraft()
    (draft.name, draft.description) = (typed["name"] ?? "", typed["description"] ?? "")
    draft.questions = typed["questions"] ?? ""
    if let present { draft = try ShownDraft.merge(draft, from: typed, onto: QuestionnaireDraft(present)) }
    do {
      let saved = try Questionnaire.save(draft, what, id: present?.id, of: side.owner, at: context.now, in: context.site.database)
      return try parts(context).back(to: saved.id, saying: saved.isNew ? "The \(what.noun) is made." : "The \(what.noun) is saved.")
    } catch let failure as Failure where !failure.fields.isEmpty {
      return try form(context, present, draft, failure)
    }
  }

  private func form(
    _ context: Context, _ present: Questionnaire?, _ draft: QuestionnaireDraft, _ failure: Failure? = nil
  ) throws -> Response {
    let faults = failure?.fields ?? []
    let fields = [
      FormControl(
        "name", "Name", .input(type: "text"), value: draft.name,
        hint: side.scope == nil ? "Once on the platform." : "Once in the organization.", required: true, faults: faults),
      FormControl(
        "description", "Description", .area(rows: 3), value: draft.description, hint: "For whoever chooses it; may be empty.",
        faults: faults),
      FormControl(
        "questions", "Questions", .area(rows: 12), value: draft.questions,
        hint: "One a line, at most 100. Answers that were given keep the question they were asked.", required: true, faults: faults),
    ]
    return try parts(context).form(
      present.map { ($0.id, $0.name) }, [.init(title: what == .assessment ? "360° assessment" : "Survey", fields: fields)],
      lede: side.scope == nil ? "Every organization may use it." : nil, shown: present.map { QuestionnaireDraft($0) }, failure)
  }

  /// GET …/coaching/assessments/{id}/removal
  func askRemoval(_ context: Context) throws -> Response {
    let (found, use) = try context.read { connection in
      let found = try Questionnaire.find(what, id: context.setUpID, of: side.owner, in: connection)
      return (found, try found.use(in: connection))
    }
    return try parts(context).askRemoval(found.id, found.name, use: use)
  }

  /// POST …/coaching/assessments/{id}/removal
  func remove(_ context: Context) throws -> Response {
    try Questionnaire.remove(what, id: context.setUpID, of: side.owner, at: context.now, in: context.site.database)
    return try parts(context).back(to: nil, saying: "The \(what.noun) is deleted.")
  }
}

/// The focus skills of the installation, by name alone: a list, and a form for each.
enum FocusSkillPages {
  private typealias Key = FocusSkill.Key

  /// GET /coaching/focus-skills
  static func list(_ context: Context, _ viewer: Viewer) throws -> Response {
    let parts = SetUpParts(context, .focusSkills, nil)
    let state = parts.state()
    let sorting = state.sorting(Sorting(Key.name, descending: false))
    let owner = try SetUpOwner(platform: viewer)
    let list = try context.read {
      try FocusSkill.list(of: owner, search: state.value("q") ?? "", sort: sorting, request: state.request, in: $0)
    }
    let words = SetUpParts.Words(
      lede: "What a learner’s focus areas are chosen from, in every organization", search: "Search by name",
      noneYet: "Learners choose their focus areas from this list.")
    return try parts.list(
      list, state, words, mayMake: true, columns: [state.sortable("Focus skill", Key.name, by: sorting), TableColumn(label: "Delete")]
    ) { skill in
      var delete = Cell.text("Delete")
      delete.link = .setUp(.focusSkills, nil, skill.id, "removal")
      return [.head(skill.name, nil, link: .setUp(.focusSkills, nil, skill.id, "edit")), delete]
    }
  }

  /// GET /coaching/focus-skills.csv
  static func export(_ context: Context, _ viewer: Viewer) throws -> Response {
    let state = SetUpParts(context, .focusSkills, nil).state(["q", "sort"])
    let sorting = state.sorting(Sorting(Key.name, descending: false))
    let database = context.site.database
    return Download.csv(context, named: "focus-skills") { sink in
      try database.export { try FocusSkill.write(search: state.value("q") ?? "", sort: sorting, in: $0, to: sink) }
    }
  }

  /// GET /coaching/focus-skills/new
  static func new(_ context: Context, _ viewer: Viewer) throws -> Response { try form(context, nil, "") }

  /// POST /coaching/focus-skills/new
  static func create(_ context: Context, _ viewer: Viewer) throws -> Response { try save(context, viewer, nil) }

  /// GET /coaching/focus-skills/{id}/edit
  static func edit(_ context: Context, _ viewer: Viewer) throws -> Response {
    let skill = try find(context, viewer)
    return try form(context, skill, skill.name)
  }

  /// POST /coaching/focus-skills/{id}/edit
  static func update(_ context: Context, _ viewer: Viewer) throws -> Response { try save(context, viewer, find(context, viewer)) }

  private static func find(_ context: Context, _ viewer: Viewer) throws -> FocusSkill {
    let owner = try SetUpOwner(platform: viewer)
    return try context.read { try FocusSkill.find(id: context.setUpID, of: owner, in: $0) }
  }

  private static func save(_ context: Context, _ viewer: Viewer, _ present: FocusSkill?) throws -> Response {
    let name = try context.form()["name"] ?? ""
    do {
      let saved = try FocusSkill.save(
        name: name, id: present?.id, of: SetUpOwner(platform: viewer), at: context.now, in: context.site.database)
      return try SetUpParts(context, .focusSkills, nil).back(
        to: nil, saying: saved.isNew ? "The focus skill is made." : "The focus skill is saved.")
    } catch let failure as Failure where !failure.fields.isEmpty {
      return try form(context, present, name, failure)
    }
  }

  private static func form(
    _ context: Context, _ present: FocusSkill?, _ name: String, _ failure: Failure? = nil
  ) throws -> Response {
    let field = FormControl(
      "name", "Name", .input(type: "text"), value: name, hint: "Once on the platform.", required: true, faults: failure?.fields ?? [])
    return try SetUpParts(context, .focusSkills, nil).form(
      present.map { ($0.id, $0.name) }, [.init(title: "Focus skill", fields: [field])], failure)
  }

  /// GET /coaching/focus-skills/{id}/removal
  static func askRemoval(_ context: Context, _ viewer: Viewer) throws -> Response {
    let skill = try find(context, viewer)
    return try SetUpParts(context, .focusSkills, nil).askRemoval(skill.id, skill.name, use: try context.read { try skill.use(in: $0) })
  }

  /// POST /coaching/focus-skills/{id}/removal
  static func remove(_ context: Context, _ viewer: Viewer) throws -> Response {
    try FocusSkill.remove(id: context.setUpID, of: SetUpOwner(platform: viewer), at: context.now, in: context.site.database)
    return try SetUpParts(context, .focusSkills, nil).back(to: nil, saying: "The focus skill is deleted.")
  }
}
