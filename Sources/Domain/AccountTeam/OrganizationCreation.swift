public import Database
import Foundation

extension Organization {
  /// Makes an organization.
  ///
  /// - Parameters:
  ///   - slug: lower-case letters, digits and single hyphens between them, at most 63; it never changes, since every address holds it.
  ///   - timeZone: an IANA name such as `Europe/Berlin`.
  ///   - actor: the account that acts; 0 for the command line.
  /// - Throws: `Failure`: `invalid` with the faulty fields, or `conflict` when the slug is taken.
  public static func create(
    slug: String, name: String, timeZone: String, by actor: Int64, at now: Moment, in database: any Database
  ) throws -> Organization {
    try database.write(organization: 0, patience: IdentityWaits.write) {
      try create(slug: slug, name: name, timeZone: timeZone, by: actor, at: now, in: $0)
    }
  }

  /// Makes an organization with everything that is said of a customer.
  ///
  /// - Throws: `Failure` as above, also with the fields `country`, `size-band`, `industry`, `brand-color`.
  public static func create(
    slug: String, _ facts: OrganizationFacts, by actor: Int64, at now: Moment, in database: any Database
  ) throws -> Organization {
    let facts = facts.tidied
    var faults = DraftFaults()
    if let fault = fault(inSlug: slug) { faults.add("slug", fault) }
    facts.check(&faults)
    try faults.refuse()
    return try database.write(organization: 0, patience: IdentityWaits.write) { tx in
      let made = try create(slug: slug, name: facts.name, timeZone: facts.timeZone, by: actor, at: now, in: tx)
      var bare = OrganizationFacts()
      (bare.name, bare.timeZone) = (facts.name, facts.timeZone)
      _ = try facts.save(to: made.id, from: bare, by: actor, at: now, in: tx)
      return made
    }
  }

  static func create(
    slug: String, name: String, timeZone: String, by actor: Int64, at now: Moment, in tx: any Connection
  ) throws -> Organization {
    let name = String(name.trimmingBlanks())
    try validate(slug: slug, name: name, timeZone: timeZone)
    let made = try tx.first(
      """
      INSERT INTO organizations (slug, name, time_zone, created_at) VALUES (\(slug), \(name), \(timeZone), \(now.text))
      ON CONFLICT (slug) DO NOTHING RETURNING id
      """
    ) { $0.int(0) }
    guard let id = made else {
      let sentence = "There is an organization \"\(slug)\" already. Choose another slug."
      throw Failure(.conflict, sentence, fields: [.init("slug", sentence)])
    }
    try AuditTrail.record(
      "organization_created", by: actor, organization: id, about: .organization(id), values: [("slug", slug), ("name", name)], at: now,
      in: tx)
    return Organization(id: id, slug: slug, name: name, timeZone: timeZone)
  }

  private static func validate(slug: String, name: String, timeZone: String) throws {
    var faults: [Failure.Field] = []
    if let fault = fault(inSlug: slug) { faults.append(.init("slug", fault)) }
    if name.isEmpty || name.count > 200 || !name.isPrintable() {
      faults.append(.init("name", "The name must have between 1 and 200 characters, all of them printable."))
    }
    if !isTimeZone(timeZone) {
      faults.append(.init("time-zone", "\"\(timeZone)\" is not a time zone. Use an IANA name such as Europe/Berlin or UTC."))
    }
    guard faults.isEmpty else { throw Failure(.invalid, faults.map(\.sentence).joined(separator: " "), fields: faults) }
  }

  private static func fault(inSlug slug: String) -> String? {
    isSlug(slug) ? nil : "The slug must be lower-case letters a–z, digits and single hyphens between them, at most 63 characters."
  }

  /// `^[a-z0-9](-?[a-z0-9])*$`, at most 63 characters.
  static func isSlug(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard (1...63).contains(bytes.count), bytes.first != UInt8(ascii: "-"), bytes.last != UInt8(ascii: "-"), !text.contains("--") else {
      return false
    }
    return bytes.allSatisfy { ($0 >= 97 && $0 <= 122) || ($0 >= 48 && $0 <= 57) || $0 == UInt8(ascii: "-") }
  }

  /// Whether the zone database knows the name.
  public static func isTimeZone(_ name: String) -> Bool {
    (name == "UTC" || TimeZone.knownTimeZoneIdentifiers.contains(name)) && TimeZone(identifier: name) != nil
  }
}
