public import Database
import Secrets

/// A coach's photo: PNG, JPEG or WebP, as its content says.
public struct CoachPhoto: Sendable, Equatable {
  /// `image/png` and the like; the SHA-256 of the content in hexadecimal digits.
  public let mediaType: String, digest: String

  /// The most bytes that a photo may have: 2 MB.
  public static let largest = 2 << 20
  /// The most pixels in either direction.
  static let widest = 8000

  /// The end of its address among the installation's pictures, which changes with its content.
  public var fileName: String {
    let format = Picture.Format.allCases.first { $0.mediaType == mediaType } ?? .png
    return digest + "." + format.suffix
  }

  /// What a file over the limit is answered.
  public static let tooLarge = fault("The photo must have at most 2 MB. Make it smaller, or save it as JPEG or WebP.")

  /// Sets a coach's photo.
  ///
  /// - Throws: `Failure` of code `invalid` with the field `photo`; `notFound`.
  public static func save(_ bytes: [UInt8], of coach: Int64, _ owner: SetUpOwner, at now: Moment, in database: any Database) throws {
    guard bytes.count <= largest else { throw tooLarge }
    guard let header = PictureHeader(bytes) else { throw fault("The file is neither PNG, JPEG nor WebP, whatever its name says.") }
    guard (1...widest).contains(header.width), (1...widest).contains(header.height) else {
      throw fault("The photo must have from 1 to 8,000 pixels in each direction; a square of 400 is best.")
    }
    let digest = SHA256.hexDigest(bytes)
    try database.write(organization: owner.id, patience: .seconds(30)) { tx in
      let present = try Coach.find(id: coach, of: owner, in: tx)
      guard present.photo?.digest != digest else { return }
      let photo = try tx.scalar(
        "INSERT INTO coach_photos (media_type, digest, content) VALUES (\(header.format.mediaType), \(digest), \(bytes)) RETURNING id")
      try set(photo, of: coach, owner, action: "coach_photo_changed", at: now, in: tx)
    }
  }

  /// Takes a coach's photo away; does nothing where there is none.
  ///
  /// - Throws: `Failure.notFound`.
  public static func remove(of coach: Int64, _ owner: SetUpOwner, at now: Moment, in database: any Database) throws {
    try database.write(organization: owner.id, patience: .seconds(30)) { tx in
      guard try Coach.find(id: coach, of: owner, in: tx).photo != nil else { return }
      try set(nil, of: coach, owner, action: "coach_photo_removed", at: now, in: tx)
    }
  }

  /// The photo that nothing shows any more goes.
  private static func set(
    _ photo: Int64?, of coach: Int64, _ owner: SetUpOwner, action: String, at now: Moment, in tx: any Connection
  ) throws {
    let old = try tx.first("SELECT photo_id FROM coaches WHERE id = \(coach)") { $0.intOrNil(0) } ?? nil
    try tx.run("UPDATE coaches SET photo_id = \(photo) WHERE id = \(coach)")
    if let old { try tx.run("DELETE FROM coach_photos WHERE id = \(old)") }
    try AuditTrail.record(
      action, by: owner.viewer.accountID, organization: owner.id, about: .init(kind: "coach", id: coach), at: now, in: tx)
  }

  private static func fault(_ sentence: String) -> Failure { Failure(.invalid, sentence, fields: [.init("photo", sentence)]) }

  /// The bytes of a photo by digest and format; nil for none.
  static func content(digest: String, _ format: Picture.Format, in connection: any Connection) throws -> [UInt8]? {
    try connection.first(
      "SELECT content FROM coach_photos WHERE digest = \(digest) AND media_type = \(format.mediaType) ORDER BY id LIMIT 1"
    ) { $0.blob(0) }
  }
}
