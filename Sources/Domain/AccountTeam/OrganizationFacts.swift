import Database

/// What is said of an organization as a customer: the facts by which it is compared with others, beside name, zone and color.
public struct OrganizationFacts: Sendable, Equatable, SetUpDraft {
  /// The name as shown, and an IANA time zone.
  public var name = "", timeZone = ""
  /// `United Kingdom`; empty where it was not said, like the others.
  public var country = "", sizeBand = "", industry = ""
  /// `#2b4dc4`; empty for the product's own.
  public var brandColor = ""

  /// Nothing said yet.
  public init() {}

  /// The bands of the number of employees.
  public static let sizeBands = ["1–49", "50–199", "200–999", "1,000–4,999", "5,000 or more"]

  static var parts: [(name: String, value: KeyPath<OrganizationFacts, String>)] {
    [
      ("name", \.name), ("time_zone", \.timeZone), ("country", \.country), ("size_band", \.sizeBand), ("industry", \.industry),
      ("brand_color", \.brandColor),
    ]
  }

  static func find(slug: String, in connection: any Connection) throws -> (id: Int64, facts: OrganizationFacts)? {
    try connection.first(
      "SELECT id, name, time_zone, country, size_band, industry, brand_color FROM organizations WHERE slug = \(slug)"
    ) { row in
      var facts = OrganizationFacts()
      (facts.name, facts.timeZone, facts.country) = (row.text(1), row.text(2), row.text(3))
      (facts.sizeBand, facts.industry, facts.brandColor) = (row.text(4), row.text(5), row.text(6))
      return (row.int(0), facts)
    }
  }

  /// A hyphen between the numbers of a band will do.
  var tidied: OrganizationFacts {
    var facts = self
    for field in [\OrganizationFacts.name, \.timeZone, \.country, \.sizeBand, \.industry, \.brandColor] {
      facts[keyPath: field] = DraftFaults.tidied(facts[keyPath: field])
    }
    facts.sizeBand = OrganizationFacts.tidied(sizeBand: facts.sizeBand)
    facts.brandColor = facts.brandColor.lowercased()
    return facts
  }

  static func tidied(sizeBand text: String) -> String { DraftFaults.tidied(text).replacing("-", with: "–") }

  /// - Throws: `Failure` of code `invalid` with the fields `name`, `time-zone`, `country`, `size-band`, `industry`, `brand-color`.
  func check() throws {
    var faults = DraftFaults()
    check(&faults)
    try faults.refuse()
  }

  func check(_ faults: inout DraftFaults) {
    faults.name(name)
    faults.require(
      Organization.isTimeZone(timeZone), "time-zone", "\"\(timeZone)\" is not a time zone. Use an IANA name such as Europe/Berlin or UTC.")
    OrganizationFacts.check(country: country, sizeBand: sizeBand, industry: industry, &faults)
    faults.require(
      brandColor.isEmpty || Color(brandColor) != nil, "brand-color",
      "The color must be a number sign and six digits 0–9 or a–f, such as #2b4dc4.")
  }

  /// Checks what an organization is compared by, as fields `country`, `size-band`, `industry`.
  static func check(country: String, sizeBand: String, industry: String, _ faults: inout DraftFaults) {
    faults.text(country, "country", "The country", most: 100)
    faults.require(
      sizeBand.isEmpty || sizeBands.contains(sizeBand), "size-band", "This must be one of: \(sizeBands.joined(separator: "; ")).")
    faults.text(industry, "industry", "The industry", most: 100)
  }

  /// Writes what differs, and returns it.
  func save(
    to id: Int64, from present: OrganizationFacts, by actor: Int64, at now: Moment, in tx: any Connection
  ) throws -> [Saved.Change] {
    let changes = changes(from: present)
    guard !changes.isEmpty else { return [] }
    try tx.run(
      """
      UPDATE organizations SET name = \(name), time_zone = \(timeZone), country = \(country), size_band = \(sizeBand),
        industry = \(industry), brand_color = \(brandColor) WHERE id = \(id)
      """)
    try AuditTrail.record(
      "settings_changed", by: actor, organization: id, about: .organization(id), values: changes.map { ($0.name, $0.after) }, at: now,
      in: tx)
    return changes
  }
}
