import Domain
import HTTPServer
import Templates

/// Removes a program, after a page that says what follows and takes its name as the consent.
enum ProgramRemovalPages {
  /// GET /o/{slug}/programs/{program}/removal
  static func ask(_ context: Context, _ scope: OrganizationScope) throws -> Response { try page(context, scope, typed: "") }

  /// POST /o/{slug}/programs/{program}/removal
  static func remove(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let program = try context.read { try Program.find(slug: context.request.parameters["program"] ?? "", scope: scope, in: $0) }
    let typed = try context.form()["name"] ?? ""
    do {
      let removed = try ProgramRemoval(scope, of: program, at: context.now).remove(confirming: typed, in: context.site.database)
      let format = context.format
      let members = format.plural(Int64(removed.members), "member has", "members have")
      let invitations = format.plural(Int64(removed.invitations), "invitation was", "invitations were")
      return try context.redirect(
        to: .programs(scope.organization.slug),
        saying: .done("The program \(program.name) was removed: \(members) left it and \(invitations) taken back."))
    } catch let failure as Failure where !failure.fields.isEmpty {
      return try page(context, scope, typed: typed, failure)
    }
  }

  private static func page(_ context: Context, _ scope: OrganizationScope, typed: String, _ failure: Failure? = nil) throws -> Response {
    let (program, outlook) = try context.read { connection in
      let program = try Program.find(slug: context.request.parameters["program"] ?? "", scope: scope, in: connection)
      return (program, try ProgramRemoval(scope, of: program, at: context.now).outlook(in: connection))
    }
    let slug = scope.organization.slug
    return try context.render(
      "programs/removal", Page("Remove \(program.name)?", in: ["Settings"], at: .programs, hasErrors: failure != nil),
      [
        "removal": [
          "programName": program.name, "backLink": Path.programSettings(slug, program.slug), "errors": ErrorSummary(failure),
          "action": Path.programRemoval(slug, program.slug), "lines": lines(outlook, context.format),
          "fields": [
            FormControl(
              "name", "Name of the program", .input(type: "text", autocomplete: "off"), value: typed,
              hint: "Type it to confirm: \(program.name)", required: true, faults: failure?.fields ?? [])
          ],
        ] as Value
      ], status: failure == nil ? 200 : 422)
  }

  private static func lines(_ outlook: ProgramRemoval.Outlook, _ format: Format) -> [String] {
    var lines = [
      outlook.members == 0
        ? "The program has no members."
        : "\(format.plural(Int64(outlook.members), "member leaves", "members leave")) it at once and \(outlook.members == 1 ? "gets" : "get") "
          + "the exit email, unless that kind is switched off. Whoever was a member can look at the program and no longer enroll.",
      outlook.invitations == 0
        ? "No invitation is open. Nobody can be invited or join any more."
        : "\(format.plural(Int64(outlook.invitations), "open invitation is", "open invitations are")) taken back. Nobody can be invited or join any more.",
    ]
    let freed = outlook.freed.map { "\(format.plural(Int64($0.licenses), "license", "licenses")) of \($0.contract)" }
    lines.append(freed.isEmpty ? "No license comes free." : "Free again at once: " + freed.joined(separator: ", ") + ".")
    if outlook.keepsEnrollments { lines.append("Enrollments that were used up under a contract are not given back.") }
    lines.append("What people did stays in the totals and in the reports. The address stays taken: no other program can have it.")
    return lines
  }
}

extension Site {
  /// What every page of a removed program answers to its administrators.
  func page(of removed: RemovedProgram, _ request: Request) -> Response {
    do {
      let context = try Context(site: self, request: request, admission: request.context as? Admission)
      guard let scope = context.scope else { return errorPage(status: 410, request: request, message: "This program was removed.") }
      let format = context.format
      let whom = removed.removedBy.isEmpty ? "" : " by \(removed.removedBy)"
      let query = [("program", removed.slug)]
      return finished(
        try context.render(
          "programs/removed", Page(removed.name, note: "removed", at: .programs),
          [
            "removed": [
              "programsLink": Path.programs(scope.organization.slug),
              "lines": [
                "This program was removed on \(format.time(Moment(removed.removedAt)))\(whom). That cannot be undone.",
                "Its history stays: \(format.plural(Int64(removed.members), "membership", "memberships")) and all enrollments are in the reports.",
              ],
              "reports": [
                LinkModel(label: "Usage report", link: Path.usageReport(scope.organization.slug).with(query: query)),
                LinkModel(label: "Membership report", link: Path.membershipReport(scope.organization.slug).with(query: query)),
              ],
            ] as Value
          ], status: 410))
    } catch {
      log.problem("\(error)", id: request.id)
      return errorPage(status: 500, request: request, message: "")
    }
  }
}
