import Domain
import HTTPServer
import Templates

/// Removes members after a page that says how many and what follows, and undoes that.
enum MemberActPages {
  /// GET /o/{slug}/programs/{program}/members/removal?person=… or ?all=1 with the list's filter
  static func ask(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let choice = try MemberChoice(context, scope, context.request.query)
    guard let selection = choice.selection else { return try choice.nothing(context) }
    let (count, contracts) = try context.read { connection in
      (
        try Removal(scope, from: choice.program, at: context.now).count(selection, in: connection),
        try Contract.of(programs: [choice.program.id], in: connection)[choice.program.id] ?? []
      )
    }
    let what = context.format.plural(Int64(count), "member", "members")
    let act: Value = [
      "programName": choice.program.name, "lines": lines(count, contracts),
      "action": Path.memberRemoval(scope.organization.slug, choice.program.slug), "kept": choice.kept,
      "button": count == 0 ? nil : "Remove \(what)", "critical": true, "backLink": choice.backLink,
    ]
    return try context.render("shared/act", Page("Remove \(what)?", in: [choice.program.name], at: .programs), ["act": act])
  }

  private static func lines(_ count: Int, _ contracts: [Contract]) -> [String] {
    if count == 0 { return ["None of those selected is a member any more."] }
    var lines = [
      (count == 1 ? "This person leaves" : "These people leave")
        + " the program and can no longer enroll; what they did stays in the reports.",
      "For ten minutes this can be undone on the Members page. After that an exit email is sent"
        + (contracts.contains { $0.kind == .memberships } ? " and the licenses are free again." : "."),
    ]
    if contracts.contains(where: { $0.kind == .enrollments }) {
      lines.append("Enrollments that were used up under a contract are not given back.")
    }
    return lines
  }

  /// POST /o/{slug}/programs/{program}/members/removal
  static func remove(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let choice = try MemberChoice(context, scope, context.form())
    guard let selection = choice.selection else { return try choice.nothing(context) }
    let removed = try Removal(scope, from: choice.program, at: context.now).remove(selection, in: context.site.database)
    let text = "\(context.format.plural(Int64(removed), "member was", "members were")) removed."
    return try context.redirect(
      to: choice.backLink, saying: removed > 0 ? .done(text) : .info("Nobody was removed: none of them is a member any more."))
  }

  /// POST /o/{slug}/programs/{program}/members/restoration
  static func restore(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let program = try context.read { try Program.find(slug: context.request.parameters["program"] ?? "", scope: scope, in: $0) }
    guard let moment = Moment(try context.form()["moment"] ?? "") else { throw Failure(.invalid, "It does not say which removal to undo.") }
    let restored = try Removal(scope, from: program, at: context.now).restore(removedAt: moment, in: context.site.database)
    let text = "\(context.format.plural(Int64(restored), "person is a member", "people are members")) again."
    return try context.redirect(
      to: .members(scope.organization.slug, program.slug),
      saying: restored > 0 ? .done(text) : .info("The removal can no longer be undone. Invite the people again to bring them back."))
  }
}

/// Which members an address or a form means.
private struct MemberChoice {
  let program: Program
  private let view: MemberView
  private let people: [Int64]
  private let isAll: Bool

  init(_ context: Context, _ scope: OrganizationScope, _ form: Form) throws {
    program = try context.read { try Program.find(slug: context.request.parameters["program"] ?? "", scope: scope, in: $0) }
    view = MemberView(.members(scope.organization.slug, program.slug), form)
    people = form.all("person").compactMap { Int64($0) }
    isAll = form[Selection.allParameter] == "1"
  }

  /// Nil where nothing was ticked.
  var selection: MemberSelection? { isAll ? .matching(view.filter) : people.isEmpty ? nil : .people(people) }

  var backLink: Path { view.state.link }

  /// What the form on the page carries on.
  var kept: [Hidden] {
    view.state.kept(except: [])
      + (isAll ? [Hidden(name: Selection.allParameter, value: "1")] : people.map { Hidden(name: "person", value: String($0)) })
  }

  func nothing(_ context: Context) throws -> Response {
    try context.redirect(to: backLink, saying: .info("Nobody was selected. Tick the members first."))
  }
}
