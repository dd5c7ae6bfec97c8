public import Database

/// A coaching plan that an organization bought: licenses, and sessions for each learner.
public struct CompanyPurchase: Sendable, Equatable {
  /// The row's id.
  public let id: Int64
  /// The name, unique in the organization.
  public let name: String
  /// Licenses bought and given; sessions for each learner.
  public let licenses: Int64, used: Int64, sessions: Int64
  /// Whether a late cancel takes one of the sessions.
  public let lateCancelsCount: Bool
  /// The last moment, as text; empty for never.
  public let expiresAt: String

  /// What is left; negative where an import gave more than was bought.
  public var left: Int64 { licenses - used }

  static let columns: SQL = "p.id, p.name, p.licenses, p.used, p.sessions, p.late_cancels_count, p.expires_at"

  init(_ row: borrowing Row, from column: Int = 0) {
    (id, name, licenses) = (row.int(column), row.text(column + 1), row.int(column + 2))
    (used, sessions, lateCancelsCount) = (row.int(column + 3), row.int(column + 4), row.bool(column + 5))
    expiresAt = row.text(column + 6)
  }

  /// Finds a purchase of the organization.
  ///
  /// - Throws: `Failure.notFound` where there is none, or the viewer reaches single programs only.
  public static func find(id: Int64, scope: OrganizationScope, in connection: any Connection) throws -> CompanyPurchase {
    guard scope.reachesOrganization,
      let found = try connection.first(
        "SELECT \(columns) FROM company_purchases p WHERE p.organization_id = \(scope.organization.id) AND p.id = \(id)",
        { CompanyPurchase($0) })
    else { throw Failure.notFound }
    return found
  }

  /// Every purchase of the organization, by name.
  ///
  /// - Throws: `Failure.notFound` for whoever reaches single programs only.
  public static func all(scope: OrganizationScope, in connection: any Connection) throws -> [CompanyPurchase] {
    guard scope.reachesOrganization else { throw Failure.notFound }
    return try connection.all(
      "SELECT \(columns) FROM company_purchases p WHERE p.organization_id = \(scope.organization.id) ORDER BY p.name, p.id"
    ) { CompanyPurchase($0) }
  }

  /// Makes a purchase, or changes the one of an id.
  ///
  /// - Throws: `Failure`: `invalid` with the faulty fields, `conflict` for a name that is taken and for fewer licenses than are given; `notFound`.
  public static func save(
    _ draft: PurchaseDraft, id: Int64? = nil, scope: OrganizationScope, at now: Moment, in database: any Database
  ) throws -> Saved {
    try database.write(organization: scope.organization.id, patience: .seconds(30)) {
      try save(draft, id: id, scope: scope, at: now, in: $0)
    }
  }

  static func save(
    _ draft: PurchaseDraft, id: Int64?, scope: OrganizationScope, at now: Moment, in tx: any Connection
  ) throws -> Saved {
    let present = try id.map { try find(id: $0, scope: scope, in: tx) }
    let draft = draft.tidied
    let terms = try draft.terms(of: present, in: scope.organization)
    let organization = scope.organization.id
    var faults = DraftFaults()
    let taken = try tx.scalar(
      "SELECT COUNT(*) FROM company_purchases WHERE organization_id = \(organization) AND name = \(draft.name) AND id <> \(id ?? 0)")
    faults.require(taken == 0, "name", "There is a purchase \"\(draft.name)\" already. Choose another name.")
    // An import may have given more than was bought: the number may be raised step by step, never lowered further.
    if let present, terms.licenses < present.used, terms.licenses < present.licenses {
      faults.add("licenses", "\(present.used) are given already, so there cannot be fewer. You gave \(terms.licenses).")
    }
    try faults.refuse(.conflict)
    guard let present else {
      let made = try tx.scalar(
        """
        INSERT INTO company_purchases (organization_id, name, licenses, sessions, late_cancels_count, expires_at, created_at)
        VALUES (\(organization), \(draft.name), \(terms.licenses), \(terms.sessions), \(terms.lateCancelsCount), \(terms.expiresAt), \(now.text))
        RETURNING id
        """)
      try audit("purchase_created", made, draft.values, scope, at: now, in: tx)
      return Saved(id: made, isNew: true, changes: [])
    }
    let changes = draft.changes(from: PurchaseDraft(present, in: scope.organization))
    guard !changes.isEmpty else { return Saved(id: present.id, isNew: false, changes: []) }
    func write() throws {
      try tx.run(
        """
        UPDATE company_purchases SET name = \(draft.name), licenses = \(terms.licenses), sessions = \(terms.sessions),
          late_cancels_count = \(terms.lateCancelsCount), expires_at = \(terms.expiresAt) WHERE id = \(present.id)
        """)
    }
    if terms.sessions != present.sessions || terms.lateCancelsCount != present.lateCancelsCount {
      try EngagementFigures.keeping(
        engagementsOfLearnersWith: "company_purchase_id = \(present.id)", of: organization, at: now, in: tx, write)
    } else {
      try write()
    }
    try audit("purchase_changed", present.id, changes.map { ($0.name, $0.after) }, scope, at: now, in: tx)
    return Saved(id: present.id, isNew: false, changes: changes)
  }

  /// Why it cannot be deleted; nil where it can.
  public func use(in connection: any Connection) throws -> String? {
    try SetUpUse.sentence([
      (connection.scalar("SELECT COUNT(*) FROM engagements WHERE company_purchase_id = \(id)"), "engagement", "engagements"),
      (connection.scalar("SELECT COUNT(*) FROM coaching_groups WHERE company_purchase_id = \(id)"), "group", "groups"),
    ])
  }

  /// Deletes a purchase that nothing uses.
  ///
  /// - Throws: `Failure` of code `conflict` that says what uses it; `notFound`.
  public static func remove(id: Int64, scope: OrganizationScope, at now: Moment, in database: any Database) throws {
    try database.write(organization: scope.organization.id, patience: .seconds(30)) { tx in
      let present = try find(id: id, scope: scope, in: tx)
      if let use = try present.use(in: tx) { throw Failure(.conflict, use) }
      try tx.run("DELETE FROM company_purchases WHERE id = \(id)")
      try audit("purchase_removed", id, [("name", present.name)], scope, at: now, in: tx)
    }
  }

  private static func audit(
    _ action: String, _ id: Int64, _ values: [(name: String, value: String)], _ scope: OrganizationScope, at now: Moment,
    in tx: any Connection
  ) throws {
    try AuditTrail.record(
      action, by: scope.viewer.accountID, organization: scope.organization.id, about: .init(kind: "company_purchase", id: id),
      values: values, at: now, in: tx)
  }
}

/// What a purchase is to say, as typed on a page or in a file.
public struct PurchaseDraft: Sendable, Equatable, Codable, SetUpDraft {
  /// The name, unique in the organization.
  public var name = ""
  /// Licenses, and sessions for each learner, in digits.
  public var licenses = "", sessions = ""
  /// `yes` where a late cancel takes a session.
  public var lateCancelsCount = "no"
  /// The last day, `2026-11-22`, in the organization's zone; empty for never.
  public var expires = ""

  /// Nothing typed yet.
  public init() {}

  /// What a purchase says now.
  public init(_ purchase: CompanyPurchase, in organization: Organization) {
    (name, licenses, sessions) = (purchase.name, String(purchase.licenses), String(purchase.sessions))
    lateCancelsCount = purchase.lateCancelsCount ? "yes" : "no"
    expires = Moment(purchase.expiresAt).map { CivilDate(of: $0, in: organization.zone).text } ?? ""
  }

  static var parts: [(name: String, value: KeyPath<PurchaseDraft, String>)] {
    [
      ("name", \.name), ("licenses", \.licenses), ("sessions", \.sessions), ("late_cancels_count", \.lateCancelsCount),
      ("expires", \.expires),
    ]
  }

  var tidied: PurchaseDraft {
    var draft = PurchaseDraft()
    (draft.name, draft.expires) = (DraftFaults.tidied(name), DraftFaults.tidied(expires))
    (draft.licenses, draft.sessions) = (DraftFaults.tidied(number: licenses), DraftFaults.tidied(number: sessions))
    draft.lateCancelsCount = DraftFaults.tidied(truth: lateCancelsCount)
    return draft
  }

  /// Checks what can be checked without other purchases.
  ///
  /// - Throws: `Failure` of code `invalid` with every faulty field: `name`, `licenses`, `sessions`, `expires`.
  func terms(
    of present: CompanyPurchase?, in organization: Organization
  ) throws -> (licenses: Int64, sessions: Int64, lateCancelsCount: Bool, expiresAt: String) {
    var faults = DraftFaults()
    faults.name(name)
    let licenses = faults.number(licenses, "licenses", "Licenses", in: 0...1_000_000)
    let sessions = faults.number(sessions, "sessions", "Sessions for each learner", in: 0...1000)
    var expiresAt = ""
    if let day = CivilDate(expires) {
      // What an import gave to the millisecond is not rounded to a day by saving the page.
      let known = present.flatMap { Moment($0.expiresAt) }.flatMap { CivilDate(of: $0, in: organization.zone) == day ? $0 : nil }
      expiresAt = (known ?? day.end(in: organization.zone)).text
    } else {
      faults.require(expires.isEmpty, "expires", "The last day must be a real day, written like 2026-11-22, or left empty.")
    }
    try faults.refuse()
    return (licenses ?? 0, sessions ?? 0, lateCancelsCount == "yes", expiresAt)
  }
}
