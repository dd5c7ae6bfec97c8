import Domain
import HTTPServer
import Templates

/// The kinds of things of coaching that are set up, each with a list and a page of its own.
public enum SetUpKind: Sendable, Equatable, CaseIterable {
  case groups, purchases, assessments, surveys, coaches, focusSkills

  /// As addresses name it.
  var segment: String {
    switch self {
    case .groups: "groups"
    case .purchases: "purchases"
    case .assessments: "assessments"
    case .surveys: "surveys"
    case .coaches: "coaches"
    case .focusSkills: "focus-skills"
    }
  }

  /// As headings and the navigation name all of them.
  var label: String {
    switch self {
    case .groups: "Groups"
    case .purchases: "Purchases"
    case .assessments: "360° assessments"
    case .surveys: "Surveys"
    case .coaches: "Coaches"
    case .focusSkills: "Focus skills"
    }
  }

  /// One of them, and several, within a sentence.
  var one: String {
    switch self {
    case .groups: "group"
    case .purchases: "purchase"
    case .assessments: "360° assessment"
    case .surveys: "survey"
    case .coaches: "coach"
    case .focusSkills: "focus skill"
    }
  }
  var many: String { self == .coaches ? "coaches" : one + "s" }

  /// A symbol of the icons.
  var icon: String {
    switch self {
    case .groups: "users"
    case .purchases: "contract"
    case .assessments: "compass"
    case .surveys: "survey"
    case .coaches: "coach"
    case .focusSkills: "target"
    }
  }
}

extension Path {
  private static func setUp(_ organization: String?, _ rest: [String]) -> Path {
    Path((organization.map { ["o", $0] } ?? []) + ["coaching"] + rest)
  }

  /// The list of what is set up: an organization's, or the platform's without one.
  public static func setUp(_ kind: SetUpKind, _ organization: String?) -> Path { setUp(organization, [kind.segment]) }
  /// The same as CSV.
  public static func setUpExport(_ kind: SetUpKind, _ organization: String?) -> Path { setUp(organization, [kind.segment + ".csv"]) }
  /// The page that makes one.
  public static func newSetUp(_ kind: SetUpKind, _ organization: String?) -> Path { setUp(organization, [kind.segment, "new"]) }
  /// One of them; with an act such as `edit` or `removal`, that act's page.
  public static func setUp(_ kind: SetUpKind, _ organization: String?, _ id: Int64, _ act: String...) -> Path {
    setUp(organization, [kind.segment, String(id)] + act)
  }
}

extension Context {
  /// The thing of the address; 0, which nothing has, for anything that is no number.
  var setUpID: Int64 { request.parameters["id"].flatMap { Int64($0) } ?? 0 }
}

/// On which side something is set up: in an organization, or for the platform.
struct SetUpSide: Sendable {
  let owner: SetUpOwner
  let scope: OrganizationScope?

  init(_ scope: OrganizationScope) throws { (owner, self.scope) = (try SetUpOwner(scope), scope) }
  init(_ viewer: Viewer) throws { (owner, scope) = (try SetUpOwner(platform: viewer), nil) }

  var slug: String? { scope?.organization.slug }
}

/// What the pages of all kinds have in common.
struct SetUpParts {
  let context: Context
  let kind: SetUpKind
  let slug: String?

  init(_ context: Context, _ kind: SetUpKind, _ slug: String?) { (self.context, self.kind, self.slug) = (context, kind, slug) }

  /// What a list says of itself.
  struct Words {
    let lede: String, search: String, noneYet: String
  }

  func state(_ names: [String] = ["q", "sort", "size", "page"]) -> ListState {
    ListState(.setUp(kind, slug), query: context.request.query, knowing: names)
  }

  /// - Parameter mayMake: whether the viewer may make more of them.
  func list<Entry>(
    _ list: ShortList<Entry>, _ state: ListState, _ words: Words, mayMake: Bool, columns: [TableColumn], _ row: (Entry) -> [Cell]
  ) throws -> Response {
    let format = context.format
    let new = LinkModel(label: "New \(kind.one)", link: .newSetUp(kind, slug))
    let heading = Page.heading(
      lede: words.lede, total: format.number(list.all), primary: mayMake ? new : nil,
      export: list.page.total == 0 ? nil : LinkModel(label: "Export", link: state.link(to: .setUpExport(kind, slug))))
    let rows = list.page.rows.map { Table.Row(cells: row($0)) }
    let empty =
      list.all > 0
      ? Empty(
        isFiltered: true, title: "No \(kind.one) matches", text: "Nothing contains “\(state.value("q") ?? "")”.",
        action: LinkModel(label: "Show all \(kind.many)", link: .setUp(kind, slug)))
      : Empty(isFiltered: false, title: "No \(kind.many) yet", text: words.noneYet, action: mayMake ? new : nil)
    // "1 360° assessment" would be two numbers side by side.
    let counted = kind == .assessments ? "assessment" : kind.one
    let listing = Listing(
      search: list.all > 0 ? state.search(label: words.search) : nil,
      count: Listing.count(list.page.total, of: list.all, counted, counted == kind.one ? kind.many : counted + "s", format),
      table: rows.isEmpty ? nil : Table(label: kind.label, columns: columns, rows: rows), empty: rows.isEmpty ? empty : nil,
      pager: Pager(list.page, state: state, format: format))
    return try context.render(
      "accountteam/list", Page(kind.label, in: slug == nil ? ["Platform"] : [], note: list.page.note, at: .setUp(kind)),
      ["heading": heading, "listing": listing])
  }

  /// A form in parts.
  struct Part: ValueConvertible {
    let title: String
    var note: String?
    let fields: [FormControl]
    /// Whether its fields stand side by side where there is room.
    var isDense = false
    var templateValue: Value { ["title": title, "note": note, "fields": fields, "dense": isDense] }
  }

  /// - Parameters:
  ///   - present: the thing that is changed, by id and name; nil for a new one.
  ///   - shown: what the thing says now; see `ShownDraft`.
  func form(
    _ present: (id: Int64, name: String)?, _ parts: [Part], lede: String? = nil, shown: (any Encodable)? = nil, _ failure: Failure?
  ) throws -> Response {
    let back = present.map { Path.setUp(kind, slug, $0.id) } ?? .setUp(kind, slug)
    let up = LinkModel(label: present?.name ?? kind.label, link: kind == .focusSkills ? .setUp(kind, slug) : back)
    let title = present == nil ? "New \(kind.one)" : "Edit \(kind.one)"
    return try context.render(
      "accountteam/form",
      Page(title, in: present.map { [$0.name] } ?? (slug == nil ? ["Platform"] : []), at: .setUp(kind), hasErrors: failure != nil),
      [
        "heading": Page.heading(up: up, lede: lede),
        "form": [
          "action": present.map { Path.setUp(kind, slug, $0.id, "edit") } ?? .newSetUp(kind, slug), "errors": ErrorSummary(failure),
          "parts": parts, "button": present == nil ? "Make \(kind.one)" : "Save \(kind.one)", "cancel": up.link,
          "shown": try shown.map { try ShownDraft.text($0) },
        ] as Value,
      ], status: failure == nil ? 200 : 422)
  }

  /// The page that asks whether a thing is to be deleted, or says what uses it.
  func askRemoval(_ id: Int64, _ name: String, use: String?) throws -> Response {
    let back = kind == .focusSkills ? Path.setUp(kind, slug) : .setUp(kind, slug, id)
    return try confirm(
      "Delete \(name)?", up: LinkModel(label: name, link: back), fault: use, ["Nothing uses it. It cannot be brought back."],
      button: "Delete \(kind.one)", isCritical: true, action: .setUp(kind, slug, id, "removal"))
  }

  func confirm(
    _ title: String, up: LinkModel, fault: String? = nil, _ texts: [String], button: String, isCritical: Bool, action: Path
  ) throws -> Response {
    try context.render(
      "shared/confirm-page", Page(title, in: [kind.label], at: .setUp(kind)),
      [
        "heading": Page.heading(up: up),
        "confirm": [
          "fault": fault, "texts": fault == nil ? texts : [], "action": fault == nil ? action : nil, "button": button,
          "critical": isCritical, "cancel": up.link,
        ] as Value,
      ])
  }

  func back(to id: Int64?, saying text: String) throws -> Response {
    try context.redirect(to: id.map { .setUp(kind, slug, $0) } ?? .setUp(kind, slug), saying: .done(text))
  }

  /// A page that shows one thing.
  struct Details: ValueConvertible {
    struct Fact: ValueConvertible {
      let label: String, value: String
      var link: Path?
      var templateValue: Value { ["label": label, "value": value.isEmpty ? "—" : value, "link": link] }
    }
    struct Section: ValueConvertible {
      let title: String
      var facts: [Fact] = []
      var text: String?
      var items: [String] = []
      var templateValue: Value {
        [
          "title": title, "facts": facts.isEmpty ? Value.null : ["list": facts] as Value, "text": text,
          "items": items.isEmpty ? Value.null : ["list": items] as Value,
        ]
      }
    }
    var tiles: [Tile] = []
    let sections: [Section]
    var templateValue: Value { ["tiling": tiles.isEmpty ? Value.null : ["tiles": tiles] as Value, "sections": sections] }
  }

  /// - Parameter up: whether the viewer sees the list, to which the way up leads.
  func details(_ id: Int64, _ name: String, lede: String?, mayEdit: Bool, seesList: Bool, _ details: Details) throws -> Response {
    let acts =
      mayEdit
      ? [
        LinkModel(label: "Edit \(kind.one)", link: .setUp(kind, slug, id, "edit")),
        LinkModel(label: "Delete", link: .setUp(kind, slug, id, "removal")),
      ] : []
    return try context.render(
      "accountteam/details", Page(name, in: [kind.label], at: .setUp(kind)),
      [
        "heading": Page.heading(up: seesList ? LinkModel(label: kind.label, link: .setUp(kind, slug)) : nil, lede: lede, actions: acts),
        "details": details,
      ])
  }
}

/// `Yes` or `No`.
func yesOrNo(_ truth: Bool) -> String { truth ? "Yes" : "No" }
