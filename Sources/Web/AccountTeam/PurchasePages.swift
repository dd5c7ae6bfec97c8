import Database
import Domain
import HTTPServer
import Templates

/// Company purchases: coaching plans with licenses, which the account team makes and changes.
enum PurchasePages {
  private typealias Key = CompanyPurchase.Key

  /// GET /o/{slug}/coaching/purchases
  static func list(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let parts = SetUpParts(context, .purchases, scope.organization.slug)
    let state = parts.state()
    let sorting = state.sorting(Sorting(Key.name, descending: false))
    let list = try context.read {
      try CompanyPurchase.list(search: state.value("q") ?? "", sort: sorting, request: state.request, scope: scope, in: $0)
    }
    let format = context.format
    let columns = [
      state.sortable("Purchase", Key.name, by: sorting), state.sortable("Licenses", .licenses, by: sorting, number: true),
      state.sortable("Given", .used, by: sorting, number: true), state.sortable("Left", .left, by: sorting, number: true),
      state.sortable("Sessions per learner", .sessions, by: sorting, number: true), TableColumn(label: "Late cancels"),
      state.sortable("Expires", .expires, by: sorting),
    ]
    let words = SetUpParts.Words(
      lede: "Coaching plans that were bought: a license is given to each learner who is added", search: "Search by purchase",
      noneYet: "A purchase says how many learners may be coached, in how many sessions, and until when.")
    return try parts.list(list, state, words, mayMake: true, columns: columns) { purchase in
      [
        .head(purchase.name, nil, link: .setUp(.purchases, scope.organization.slug, purchase.id)),
        .number(format.number(purchase.licenses)), .number(format.number(purchase.used)), left(purchase, format),
        .number(format.number(purchase.sessions)), .text(purchase.lateCancelsCount ? "Take a session" : "Take none"),
        .time(purchase.expiresAt, format.date(Moment(purchase.expiresAt))),
      ]
    }
  }

  private static func left(_ purchase: CompanyPurchase, _ format: Format) -> Cell {
    var cell = Cell.number(purchase.left < 0 ? "" : format.number(purchase.left))
    if purchase.left < 0 {
      cell.badges = [Badge(label: "\(format.number(-purchase.left)) over", tone: .critical, why: "More is given than was bought.")]
    }
    return cell
  }

  /// GET /o/{slug}/coaching/purchases.csv
  static func export(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let state = SetUpParts(context, .purchases, scope.organization.slug).state(["q", "sort"])
    let sorting = state.sorting(Sorting(Key.name, descending: false))
    let database = context.site.database
    return Download.csv(context, named: "purchases-\(scope.organization.slug)") { sink in
      try database.export { try CompanyPurchase.write(search: state.value("q") ?? "", sort: sorting, scope: scope, in: $0, to: sink) }
    }
  }

  /// GET /o/{slug}/coaching/purchases/{id}: the details, for organization admins as well.
  static func show(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let purchase = try context.read { try CompanyPurchase.find(id: context.setUpID, scope: scope, in: $0) }
    let format = context.format
    let tiles = [
      Tile(label: "Licenses", value: format.number(purchase.licenses), why: "one for each learner"),
      Tile(label: "Given", value: format.number(purchase.used), why: "engagements under this purchase, ended ones included"),
      Tile(
        label: "Left", value: format.number(max(0, purchase.left)),
        why: purchase.left < 0
          ? "\(format.number(-purchase.left)) over: more is given than was bought" : purchase.left == 0 ? "Nobody can be added." : nil),
      Tile(label: "Sessions", value: format.number(purchase.sessions), why: "for each learner"),
    ]
    let facts = [
      SetUpParts.Details.Fact(label: "Late cancels", value: purchase.lateCancelsCount ? "Take a session" : "Take no session"),
      .init(label: "Last day", value: purchase.expiresAt.isEmpty ? "It does not expire" : format.date(Moment(purchase.expiresAt))),
    ]
    return try SetUpParts(context, .purchases, scope.organization.slug).details(
      purchase.id, purchase.name, lede: "A company purchase of coaching", mayEdit: scope.viewer.isAccountTeam,
      seesList: scope.viewer.isAccountTeam, .init(tiles: tiles, sections: [.init(title: "Terms", facts: facts)]))
  }

  /// GET /o/{slug}/coaching/purchases/new
  static func new(_ context: Context, _ scope: OrganizationScope) throws -> Response { try form(context, scope, nil, PurchaseDraft()) }

  /// POST /o/{slug}/coaching/purchases/new
  static func create(_ context: Context, _ scope: OrganizationScope) throws -> Response { try save(context, scope, nil) }

  /// GET /o/{slug}/coaching/purchases/{id}/edit
  static func edit(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let purchase = try context.read { try CompanyPurchase.find(id: context.setUpID, scope: scope, in: $0) }
    return try form(context, scope, purchase, PurchaseDraft(purchase, in: scope.organization))
  }

  /// POST /o/{slug}/coaching/purchases/{id}/edit
  static func update(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    try save(context, scope, context.read { try CompanyPurchase.find(id: context.setUpID, scope: scope, in: $0) })
  }

  private static func save(_ context: Context, _ scope: OrganizationScope, _ present: CompanyPurchase?) throws -> Response {
    let typed = try context.form()
    var draft = PurchaseDraft()
    (draft.name, draft.licenses, draft.sessions) = (typed["name"] ?? "", typed["licenses"] ?? "", typed["sessions"] ?? "")
    (draft.lateCancelsCount, draft.expires) = (typed["late-cancels-count"] ?? "no", typed["expires"] ?? "")
    if let present { draft = try ShownDraft.merge(draft, from: typed, onto: PurchaseDraft(present, in: scope.organization)) }
    do {
      let saved = try CompanyPurchase.save(draft, id: present?.id, scope: scope, at: context.now, in: context.site.database)
      return try SetUpParts(context, .purchases, scope.organization.slug).back(
        to: saved.id, saying: saved.isNew ? "The purchase is made." : "The purchase is saved.")
    } catch let failure as Failure where !failure.fields.isEmpty {
      return try form(context, scope, present, draft, failure)
    }
  }

  private static func form(
    _ context: Context, _ scope: OrganizationScope, _ present: CompanyPurchase?, _ draft: PurchaseDraft, _ failure: Failure? = nil
  ) throws -> Response {
    let faults = failure?.fields ?? []
    let given = present.map { " \($0.used) are given." } ?? ""
    let moves = present == nil ? "" : " A change counts for every engagement under the purchase at once."
    let fields = [
      FormControl(
        "name", "Name", .input(type: "text"), value: draft.name, hint: "Once in the organization.", required: true, faults: faults),
      FormControl(
        "licenses", "Licenses", .input(type: "text"), value: draft.licenses, hint: "How many learners may be added, in digits." + given,
        required: true, faults: faults),
      FormControl(
        "sessions", "Sessions for each learner", .input(type: "text"), value: draft.sessions, hint: "In digits." + moves, required: true,
        faults: faults),
      FormControl(
        "late-cancels-count", "Late cancels",
        .checks([
          .init("yes", "A late cancel takes a session", note: "Late is less than 24 hours before the start, by the learner.")
        ]), values: [draft.lateCancelsCount], faults: faults),
      FormControl(
        "expires", "Last day", .input(type: "date"), value: draft.expires,
        hint: "Through its last minute, in the time zone \(scope.organization.timeZone); empty where it does not expire.", faults: faults),
    ]
    return try SetUpParts(context, .purchases, scope.organization.slug).form(
      present.map { ($0.id, $0.name) }, [.init(title: "Purchase", fields: fields)],
      shown: present.map { PurchaseDraft($0, in: scope.organization) }, failure)
  }

  /// GET /o/{slug}/coaching/purchases/{id}/removal
  static func askRemoval(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let (purchase, use) = try context.read { connection in
      let purchase = try CompanyPurchase.find(id: context.setUpID, scope: scope, in: connection)
      return (purchase, try purchase.use(in: connection))
    }
    return try SetUpParts(context, .purchases, scope.organization.slug).askRemoval(purchase.id, purchase.name, use: use)
  }

  /// POST /o/{slug}/coaching/purchases/{id}/removal
  static func remove(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    try CompanyPurchase.remove(id: context.setUpID, scope: scope, at: context.now, in: context.site.database)
    return try SetUpParts(context, .purchases, scope.organization.slug).back(to: nil, saying: "The purchase is deleted.")
  }
}
