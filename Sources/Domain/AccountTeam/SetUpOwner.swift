/// Whose a thing of coaching is: an organization's own, or the platform's, which serves every organization.
public struct SetUpOwner: Sendable {
  /// Who acts.
  public let viewer: Viewer
  /// The organization; nil for the platform.
  public let organization: Organization?

  /// The row's `organization_id`.
  var id: Int64 { organization?.id ?? 0 }

  /// An organization, for whoever administers the whole of it.
  ///
  /// - Throws: `Failure.notFound` for whoever reaches single programs only.
  public init(_ scope: OrganizationScope) throws {
    guard scope.reachesOrganization else { throw Failure.notFound }
    (viewer, organization) = (scope.viewer, scope.organization)
  }

  /// Whoever a coach belongs to, for what the coach may change of the own row.
  init(_ scope: CoachScope) { self.init(viewer: scope.viewer, organization: scope.organization) }

  /// Only for whoever was found to be a coach there.
  init(viewer: Viewer, organization: Organization?) { (self.viewer, self.organization) = (viewer, organization) }

  /// The platform.
  ///
  /// - Throws: `Failure.notFound` for whoever is not of the account team.
  public init(platform viewer: Viewer) throws {
    guard viewer.isAccountTeam else { throw Failure.notFound }
    (self.viewer, organization) = (viewer, nil)
  }
}

/// What saving a draft did.
public struct Saved: Sendable, Equatable {
  /// A field that was changed.
  public struct Change: Sendable, Equatable {
    /// The field, and what it said before and after; a list is one text.
    public let name: String, before: String, after: String
  }

  /// The row's id.
  public let id: Int64
  /// Whether it was made now.
  public let isNew: Bool
  /// What differs from before; empty for a new row and where nothing does.
  public let changes: [Change]
}

/// What was typed of something that the account team sets up, with its fields by name. Nothing but the fields is compared.
protocol SetUpDraft {
  /// The fields in their order. A field of several lines or choices is one text.
  static var parts: [(name: String, value: KeyPath<Self, String>)] { get }
}

extension SetUpDraft {
  /// What differs between a tidied draft and what is there.
  func changes(from present: Self) -> [Saved.Change] {
    Self.parts.compactMap { name, value in
      let (before, after) = (present[keyPath: value], self[keyPath: value])
      return before == after ? nil : Saved.Change(name: name, before: before, after: after)
    }
  }

  /// What is said, for the audit trail.
  var values: [(name: String, value: String)] {
    Self.parts.map { (name: $0.name, value: self[keyPath: $0.value]) }.filter { !$0.value.isEmpty }
  }
}

/// Collects what is wrong with a draft, field by field.
struct DraftFaults {
  private(set) var fields: [Failure.Field] = []

  mutating func add(_ field: String, _ sentence: String) { fields.append(.init(field, sentence)) }

  mutating func require(_ holds: Bool, _ field: String, _ sentence: String) { if !holds { add(field, sentence) } }

  /// A name of 1 to 200 printable characters.
  mutating func name(_ text: String) {
    require(
      !text.isEmpty && text.count <= 200 && text.isPrintable(), "name",
      "The name must have between 1 and 200 characters, all of them printable.")
  }

  /// A text that may be empty; `what` begins the sentence.
  mutating func text(_ text: String, _ field: String, _ what: String, most: Int, lines: Bool = false) {
    require(
      text.count <= most && text.isPrintable(lines: lines), field, "\(what) must have at most \(most) characters, all of them printable.")
  }

  /// A whole number in digits; nil where it is none, with the fault noted.
  mutating func number(_ text: String, _ field: String, _ what: String, in range: ClosedRange<Int64>) -> Int64? {
    if let number = DraftFaults.number(text), range.contains(number) { return number }
    add(field, "\(what) must be a whole number from \(range.lowerBound) to \(range.upperBound), in digits only.")
    return nil
  }

  /// The id of a thing of the list; nil for none, and for what is not on the list, with the fault noted.
  mutating func choice(_ text: String, _ field: String, _ what: String, among ids: [Int64]) -> Int64? {
    guard !text.isEmpty else { return nil }
    if let id = ids.first(where: { String($0) == text }) { return id }
    add(field, "There is no such \(what) in this organization. Choose one of the list.")
    return nil
  }

  /// Participants of a 360° round: at least so many are invited and answer, at most so many are invited.
  struct Participants: Equatable {
    let invited: Int64, answered: Int64, most: Int64
  }

  /// Three numbers in digits, answered ≤ invited ≤ most; nil where they are not, with the faults noted.
  mutating func participants(_ invited: String, _ answered: String, _ most: String) -> Participants? {
    func read(_ text: String, _ field: String, _ what: String) -> Int64? {
      number(DraftFaults.tidied(number: text), field, what, in: 0...1000)
    }
    let invited = read(invited, "minimum-invited", "The minimum to invite")
    let answered = read(answered, "minimum-answered", "The minimum to answer")
    let most = read(most, "maximum-invited", "The maximum to invite")
    if let invited, let answered, answered > invited {
      add("minimum-answered", "The minimum to answer, \(answered), must not be more than the minimum to invite, \(invited).")
    }
    if let invited, let most, invited > most {
      add("maximum-invited", "The maximum to invite, \(most), must not be less than the minimum to invite, \(invited).")
    }
    guard let invited, let answered, let most else { return nil }
    return Participants(invited: invited, answered: answered, most: most)
  }

  /// The number that digits stand for; nil for any other text.
  static func number(_ text: String) -> Int64? {
    text.utf8.allSatisfy { (48...57).contains($0) } ? Int64(text) : nil
  }

  /// 007 is 7, so that what is compared and kept is the number.
  static func tidied(number text: String) -> String {
    let text = String(text.trimmingBlanks())
    return number(text).map(String.init) ?? text
  }

  /// Without blanks at the ends, with one kind of line end.
  static func tidied(_ text: String) -> String { String(text.replacing("\r\n", with: "\n").replacing("\r", with: "\n").trimmingBlanks()) }

  /// `yes` or `no`.
  static func tidied(truth text: String) -> String { text == "yes" ? "yes" : "no" }

  /// - Throws: `Failure` of code `invalid` with every fault.
  func refuse(_ code: Failure.Code = .invalid) throws {
    guard fields.isEmpty else { throw Failure(code, fields.map(\.sentence).joined(separator: " "), fields: fields) }
  }
}

/// Says what keeps a thing from being deleted.
enum SetUpUse {
  /// `It is used by 12 engagements and 1 group, so it stays.`; nil where nothing uses it.
  static func sentence(_ uses: [(count: Int64, one: String, many: String)]) -> String? {
    let named = uses.filter { $0.count > 0 }.map { "\($0.count) \($0.count == 1 ? $0.one : $0.many)" }
    guard let last = named.last else { return nil }
    let all = named.count == 1 ? last : named.dropLast().joined(separator: ", ") + " and " + last
    return "It is used by \(all), so it stays."
  }
}

/// A list that is short enough to be read whole: what a customer bought or set up is counted in tens.
public struct ShortList<Entry: Sendable>: Sendable {
  /// One page of what was found.
  public let page: ListPage<Entry>
  /// How many there are without a search.
  public let all: Int

  /// - Parameters:
  ///   - texts: what a search looks into.
  ///   - key: what is sorted by; the order given breaks ties.
  init(
    _ entries: [Entry], search: String, descending: Bool, request: PageRequest, texts: (Entry) -> [String],
    key: (Entry) -> (number: Int64, text: String)
  ) {
    let found = ShortList.found(entries, search: search, descending: descending, texts: texts, key: key)
    let number = min(request.number, max(1, (found.count + request.size - 1) / request.size))
    let rows = found.dropFirst((number - 1) * request.size).prefix(request.size)
    page = ListPage(rows: Array(rows), total: found.count, number: number, size: request.size)
    all = entries.count
  }

  /// All that are found, in order.
  static func found(
    _ entries: [Entry], search: String, descending: Bool, texts: (Entry) -> [String], key: (Entry) -> (number: Int64, text: String)
  ) -> [Entry] {
    let needle = search.folded
    let keyed = entries.enumerated().filter { _, entry in
      needle.isEmpty || texts(entry).contains { $0.folded.contains(needle) }
    }.map { (key: key($0.element), place: $0.offset, entry: $0.element) }
    return keyed.sorted { a, b in
      let (a, b) = descending ? (b, a) : (a, b)
      return (a.key.number, a.key.text, a.place) < (b.key.number, b.key.text, b.place)
    }.map(\.entry)
  }
}
