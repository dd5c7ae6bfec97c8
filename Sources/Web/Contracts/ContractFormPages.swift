import Database
import Domain
import HTTPServer
import Templates

/// Making and changing a contract, which the account team does.
enum ContractFormPages {
  /// GET /o/{slug}/contracts/new
  static func new(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    var draft = ContractDraft()
    draft.kind = Contract.Kind.memberships.word
    draft.starts = CivilDate(of: context.now, in: scope.organization.zone).text
    let programs = try context.read { try Program.all(scope: scope, in: $0) }
    if programs.count == 1 { draft.programs = programs.map(\.slug) }
    return try page(context, ContractForm(scope: scope, contract: nil, isInUse: false, programs: programs, draft: draft))
  }

  /// POST /o/{slug}/contracts/new
  static func create(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let draft = try ContractDraft(context.form())
    do {
      let contract = try Contract.create(draft, scope: scope, at: context.now, in: context.site.database)
      return try context.redirect(
        to: .contract(scope.organization.slug, contract.id), saying: .done("The contract \(contract.name) is made."))
    } catch let failure as Failure where !failure.fields.isEmpty {
      let programs = try context.read { try Program.all(scope: scope, in: $0) }
      return try page(
        context, ContractForm(scope: scope, contract: nil, isInUse: false, programs: programs, draft: draft, failure: failure))
    }
  }

  /// GET /o/{slug}/contracts/{contract}/edit
  static func edit(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    try page(context, try form(context, scope, draft: nil, failure: nil))
  }

  /// POST /o/{slug}/contracts/{contract}/edit
  static func update(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let sent = try context.form()
    let draft = try ShownDraft.merge(ContractDraft(sent), from: sent, onto: form(context, scope, draft: nil, failure: nil).draft)
    do {
      let contract = try Contract.update(id: context.contractID, draft, scope: scope, at: context.now, in: context.site.database)
      return try context.redirect(
        to: .contract(scope.organization.slug, contract.id), saying: .done("The contract \(contract.name) is changed."))
    } catch let failure as Failure where !failure.fields.isEmpty {
      return try page(context, try form(context, scope, draft: draft, failure: failure))
    }
  }

  private static func form(
    _ context: Context, _ scope: OrganizationScope, draft: ContractDraft?, failure: Failure?
  ) throws -> ContractForm {
    try context.read { connection in
      let contract = try Contract.find(id: context.contractID, scope: scope, in: connection)
      let present = ContractDraft(contract, programs: try contract.programs(in: connection), in: scope.organization)
      return ContractForm(
        scope: scope, contract: contract, isInUse: try contract.isInUse(in: connection),
        programs: try Program.all(scope: scope, in: connection),
        draft: draft ?? present, shown: try ShownDraft.text(present), failure: failure)
    }
  }

  private static func page(_ context: Context, _ form: ContractForm) throws -> Response {
    try context.render(
      "shared/form-page",
      Page(
        form.contract == nil ? "New contract" : "Edit contract", in: form.contract.map { [$0.name] } ?? [], at: .contracts,
        hasErrors: form.failure != nil),
      ["heading": form.heading, "form": form.model], status: form.failure == nil ? 200 : 422)
  }
}

extension ContractDraft {
  /// What a form sent.
  fileprivate init(_ form: Form) {
    self.init()
    (name, kind, places) = (form["name"] ?? "", form["kind"] ?? "", form["places"] ?? "")
    (occupiedOn, starts, ends) = (form["occupied-on"] ?? "", form["starts"] ?? "", form["ends"] ?? "")
    programs = form.all("programs")
  }
}

/// The form of a contract.
private struct ContractForm {
  let scope: OrganizationScope
  let contract: Contract?
  let isInUse: Bool
  let programs: [Program]
  let draft: ContractDraft
  /// What the contract says now; see `ShownDraft`. Nil for a new one.
  var shown: String?
  var failure: Failure?

  private var slug: String { scope.organization.slug }

  var heading: Value {
    Page.heading(
      up: LinkModel(label: contract?.name ?? "Contracts", link: contract.map { .contract(slug, $0.id) } ?? .contracts(slug)),
      lede: programs.isEmpty ? "Make a program first: a contract is for at least one." : nil)
  }

  var model: FormModel {
    FormModel(
      action: contract.map { .editContract(slug, $0.id) } ?? .newContract(slug), failure: failure, fields: fields,
      button: contract == nil ? "Make contract" : "Save contract",
      cancel: LinkModel(label: "Cancel", link: contract.map { .contract(slug, $0.id) } ?? .contracts(slug)), shown: shown)
  }

  private var fields: [FormControl] {
    let faults = failure?.fields ?? []
    let fixed = isInUse ? " It stays, since the contract is in use." : ""
    return [
      FormControl(
        "name", "Name", .input(type: "text"), value: draft.name, hint: "As reports name it; once in the organization.", required: true,
        faults: faults),
      FormControl(
        "kind", "Kind",
        .radios([
          .init("memberships", "Memberships", note: "A number of people may be members at the same time."),
          .init("enrollments", "Enrollments", note: "A number of sign-ups for courses; a removal gives nothing back."),
          .init("unlimited", "Unlimited", note: "As many as want to."),
        ]), values: [draft.kind], hint: "What is counted." + fixed, required: true, fixed: isInUse, faults: faults),
      FormControl(
        "places", "Number bought", .input(type: "text"), value: draft.places,
        hint: "Memberships or enrollments, in digits; empty for unlimited."
          + (contract.map { $0.kind == .unlimited ? "" : " \($0.used) are taken." } ?? ""), faults: faults),
      FormControl(
        "occupied-on", "A license is occupied",
        .radios([
          .init("joining", "On joining", note: "Usual: an invitation takes none."),
          .init("first-enrollment", "On the first enrollment", note: "Members without a course take none."),
          .init("invitation", "On invitation", note: "An open invitation takes one."),
        ]), values: [draft.occupiedOn.isEmpty ? "joining" : draft.occupiedOn], hint: "For memberships and unlimited." + fixed,
        fixed: isInUse,
        faults: faults),
      FormControl(
        "starts", "First day", .input(type: "date"), value: draft.starts,
        hint: "From its first minute, in the time zone \(scope.organization.timeZone).", faults: faults),
      FormControl("ends", "Last day", .input(type: "date"), value: draft.ends, hint: "Through its last minute.", faults: faults),
      FormControl(
        "programs", "Programs", .checks(programs.map { .init($0.slug, $0.name, note: "/" + $0.slug) }), values: draft.programs,
        hint: "Whose members may be invited under it.", faults: faults),
    ]
  }
}
