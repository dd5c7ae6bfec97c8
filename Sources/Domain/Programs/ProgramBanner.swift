public import Database
import Secrets

/// The picture at the head of a program's own page. The file lies in the database, so that one backup holds it.
public enum ProgramBanner {
  /// The most bytes that a banner may have: 2 MB.
  public static let largest = 2 << 20
  /// The most pixels in either direction.
  static let widest = 8000

  /// What a file over the limit is answered.
  public static let tooLarge = fault("The picture must have at most 2 MB. Make it smaller, or save it as JPEG or WebP.")

  /// The banner of a program that was found through its scope; nil for none.
  public static func find(of program: Program, in connection: any Connection) throws -> Picture? {
    try connection.first("SELECT \(Picture.columns) FROM programs p \(Picture.ofProgram) WHERE p.id = \(program.id)") {
      Picture($0, from: 0)
    } ?? nil
  }

  /// Sets the banner, or only its words.
  ///
  /// - Parameters:
  ///   - bytes: the file; nil to keep the one that is there.
  ///   - text: what it shows, for whoever does not see it; may be empty.
  /// - Throws: `Failure` of code `invalid` with the fields `banner` and `banner-text`; `RemovedProgram`.
  public static func save(
    _ bytes: [UInt8]?, text: String, of program: Program, scope: OrganizationScope, at now: Moment, in database: any Database
  ) throws {
    let text = String(text.trimmingBlanks())
    guard text.count <= 300, text.isPrintable() else {
      let sentence = "The words must be at most 300 characters, all of them printable."
      throw Failure(.invalid, sentence, fields: [.init("banner-text", sentence)])
    }
    let header = try bytes.map(check)
    try database.write(organization: scope.organization.id, patience: .seconds(30)) { tx in
      try Program.refuseRemoved(program.id, scope: scope, in: tx)
      let present = try tx.first("SELECT banner_id, banner_text FROM programs WHERE id = \(program.id)") { ($0.intOrNil(0), $0.text(1)) }
      var file = present?.0
      if let bytes, let header { file = try store(bytes, header, scope: scope, at: now, in: tx) }
      guard let file else { throw fault("Choose a picture.") }
      guard present?.0 != file || present?.1 != text else { return }
      try set(file, text, of: program, replacing: present?.0, scope: scope, in: tx)
      try audit("program_banner_changed", [("banner_text", text)], program, scope: scope, at: now, in: tx)
    }
  }

  /// Takes the banner away; does nothing where there is none.
  public static func remove(of program: Program, scope: OrganizationScope, at now: Moment, in database: any Database) throws {
    try database.write(organization: scope.organization.id, patience: .seconds(30)) { tx in
      try Program.refuseRemoved(program.id, scope: scope, in: tx)
      let present = try tx.first("SELECT banner_id FROM programs WHERE id = \(program.id)") { $0.intOrNil(0) } ?? nil
      guard let present else { return }
      try set(nil, "", of: program, replacing: present, scope: scope, in: tx)
      try audit("program_banner_removed", [], program, scope: scope, at: now, in: tx)
    }
  }

  private static func check(_ bytes: [UInt8]) throws -> PictureHeader {
    guard bytes.count <= largest else { throw tooLarge }
    guard let header = PictureHeader(bytes) else { throw fault("The file is neither PNG, JPEG nor WebP, whatever its name says.") }
    guard (1...widest).contains(header.width), (1...widest).contains(header.height) else {
      throw fault("The picture must have from 1 to 8,000 pixels in each direction; 960 × 300 is best.")
    }
    return header
  }

  private static func fault(_ sentence: String) -> Failure { Failure(.invalid, sentence, fields: [.init("banner", sentence)]) }

  private static func store(
    _ bytes: [UInt8], _ header: PictureHeader, scope: OrganizationScope, at now: Moment, in tx: any Connection
  ) throws -> Int64 {
    let (organization, hash) = (scope.organization.id, SHA256.hexDigest(bytes))
    try tx.run(
      """
      INSERT INTO files (organization_id, hash, format, width, height, content, created_at)
      VALUES (\(organization), \(hash), \(header.format.rawValue), \(header.width), \(header.height), \(bytes), \(now.text))
      ON CONFLICT (hash, organization_id) DO NOTHING
      """)
    return try tx.scalar("SELECT id FROM files WHERE hash = \(hash) AND organization_id = \(organization)")
  }

  /// The file that nothing shows any more goes.
  private static func set(
    _ file: Int64?, _ text: String, of program: Program, replacing old: Int64?, scope: OrganizationScope, in tx: any Connection
  ) throws {
    try tx.run(
      """
      UPDATE programs SET banner_id = \(file), banner_text = \(text) WHERE id = \(program.id) AND organization_id = \(scope.organization.id)
      """)
    guard let old, old != file else { return }
    try tx.run("DELETE FROM files WHERE id = \(old) AND NOT EXISTS (SELECT 1 FROM programs p WHERE p.banner_id = \(old))")
  }

  private static func audit(
    _ action: String, _ values: [(name: String, value: String)], _ program: Program, scope: OrganizationScope, at now: Moment,
    in tx: any Connection
  ) throws {
    try AuditTrail.record(
      action, by: scope.viewer.accountID, organization: scope.organization.id, about: .init(kind: "program", id: program.id),
      values: values,
      at: now, in: tx)
  }
}
