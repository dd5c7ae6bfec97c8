public import Database

extension Program {
  /// Makes a program without anybody in it.
  ///
  /// - Parameter slug: lower-case letters, digits and single hyphens between them, at most 63; it never changes, since every address holds it.
  /// - Throws: `Failure`: `invalid` with the fields `slug` and `name`, `conflict` for a slug that is taken.
  public static func create(
    slug: String, name: String, scope: OrganizationScope, at now: Moment, in database: any Database
  ) throws -> Program {
    try database.write(organization: scope.organization.id, patience: .seconds(30)) {
      try create(slug: slug, name: name, scope: scope, at: now, in: $0)
    }
  }

  static func create(slug: String, name: String, scope: OrganizationScope, at now: Moment, in tx: any Connection) throws -> Program {
    let name = String(name.trimmingBlanks())
    var faults: [Failure.Field] = []
    if !Organization.isSlug(slug) {
      faults.append(
        .init("slug", "The slug must be lower-case letters a–z, digits and single hyphens between them, at most 63 characters."))
    } else if slug == reservedSlug {
      faults.append(.init("slug", "The slug \(slug) stands for something else in addresses. Choose another one."))
    }
    if name.isEmpty || name.count > 200 || !name.isPrintable() {
      faults.append(.init("name", "The name must have between 1 and 200 characters, all of them printable."))
    }
    guard faults.isEmpty else { throw Failure(.invalid, faults.map(\.sentence).joined(separator: " "), fields: faults) }
    let organization = scope.organization.id
    let made = try tx.first(
      """
      INSERT INTO programs (organization_id, slug, name, name_key, created_at)
      VALUES (\(organization), \(slug), \(name), \(name.folded), \(now.text)) ON CONFLICT (organization_id, slug) DO NOTHING RETURNING id
      """
    ) { $0.int(0) }
    guard let id = made else {
      let sentence = "There is a program \"\(slug)\" already. Choose another slug."
      throw Failure(.conflict, sentence, fields: [.init("slug", sentence)])
    }
    try AuditTrail.record(
      "program_created", by: scope.viewer.accountID, organization: organization, about: .init(kind: "program", id: id),
      values: [("slug", slug), ("name", name)], at: now, in: tx)
    return try find(slug: slug, scope: scope, in: tx)
  }

  /// The address of the page that makes a program.
  static let reservedSlug = "new"
}
