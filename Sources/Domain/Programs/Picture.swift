public import Database

/// A picture that was uploaded, as pages show it.
public struct Picture: Sendable, Equatable {
  /// What a picture is, by its content.
  public enum Format: String, Sendable, CaseIterable {
    case png = "PNG"
    case jpeg = "JPEG"
    case webp = "WEBP"

    /// The end of its address, and how it is served (RFC 9110 section 8.3).
    public var suffix: String { rawValue.lowercased() }
    /// The media type.
    public var mediaType: String { "image/" + suffix }
  }

  /// The SHA-256 of its content, in hexadecimal digits, and its format.
  public let hash: String, format: Format
  /// Its size in pixels.
  public let width: Int, height: Int
  /// What it shows, in words; empty for one that says nothing.
  public let text: String

  /// The end of its address, which changes with its content.
  public var fileName: String { hash + "." + format.suffix }

  /// What `init` reads, of the banner of a program `p`.
  static let columns: SQL = "f.hash, f.format, f.width, f.height, p.banner_text"
  /// Joins the banner of a program `p`.
  static let ofProgram: SQL = "LEFT JOIN files f ON f.id = p.banner_id"

  /// Nil where there is none.
  init?(_ row: borrowing Row, from column: Int) {
    guard !row.isNull(column), let format = Format(rawValue: row.text(column + 1)) else { return nil }
    (hash, self.format) = (row.text(column), format)
    (width, height, text) = (Int(row.int(column + 2)), Int(row.int(column + 3)), row.text(column + 4))
  }

  /// The bytes of a picture by the end of its address; nil for what was never uploaded or is gone.
  public static func content(of fileName: String, in connection: any Connection) throws -> (format: Format, bytes: [UInt8])? {
    let parts = fileName.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let format = Format.allCases.first(where: { $0.suffix == parts[1] }) else { return nil }
    let bytes = try connection.first(
      "SELECT content FROM files WHERE hash = \(String(parts[0])) AND format = \(format.rawValue) ORDER BY id LIMIT 1"
    ) { $0.blob(0) }
    return try (bytes ?? CoachPhoto.content(digest: String(parts[0]), format, in: connection)).map { (format, $0) }
  }
}

/// What the first bytes of a file say of it. Its name and what the browser calls it say nothing.
struct PictureHeader: Equatable {
  let format: Picture.Format
  let width: Int, height: Int

  /// Nil for what is neither PNG, JPEG nor WebP.
  init?(_ bytes: [UInt8]) {
    guard let found = PictureHeader.png(bytes) ?? PictureHeader.jpeg(bytes) ?? PictureHeader.webp(bytes) else { return nil }
    (format, width, height) = found
  }

  private typealias Facts = (Picture.Format, Int, Int)

  private static func has(_ word: String, at offset: Int, in bytes: [UInt8]) -> Bool {
    bytes.count >= offset + word.utf8.count && bytes[offset..<offset + word.utf8.count].elementsEqual(word.utf8)
  }

  /// The signature and the chunk IHDR (PNG specification, third edition, 5.2 and 11.2.1).
  private static func png(_ bytes: [UInt8]) -> Facts? {
    let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    guard bytes.count >= 33, bytes.starts(with: signature), has("IHDR", at: 12, in: bytes) else { return nil }
    func number(_ offset: Int) -> Int { bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
    return (.png, number(16), number(20))
  }

  /// Segment by segment to the first frame header (ITU-T T.81, B.1.1 and B.2.2).
  private static func jpeg(_ bytes: [UInt8]) -> Facts? {
    guard bytes.starts(with: [0xFF, 0xD8, 0xFF]) else { return nil }
    var at = 2
    while at + 9 < bytes.count, bytes[at] == 0xFF {
      let marker = bytes[at + 1]
      switch marker {
      case 0xFF: at += 1
      case 0x01, 0xD0...0xD7: at += 2
      case 0xC0...0xCF where ![0xC4, 0xC8, 0xCC].contains(marker):
        return (.jpeg, Int(bytes[at + 7]) << 8 | Int(bytes[at + 8]), Int(bytes[at + 5]) << 8 | Int(bytes[at + 6]))
      case 0xD9, 0xDA: return nil
      default: at += 2 + max(2, Int(bytes[at + 2]) << 8 | Int(bytes[at + 3]))
      }
    }
    return nil
  }

  /// The three kinds of the first chunk (RFC 9649, 2.5 to 2.7).
  private static func webp(_ bytes: [UInt8]) -> Facts? {
    guard bytes.count >= 30, has("RIFF", at: 0, in: bytes), has("WEBP", at: 8, in: bytes) else { return nil }
    func number(_ offset: Int, _ count: Int) -> Int { bytes[offset..<offset + count].reversed().reduce(0) { $0 << 8 | Int($1) } }
    if has("VP8 ", at: 12, in: bytes), bytes[23..<26].elementsEqual([0x9D, 0x01, 0x2A] as [UInt8]) {
      return (.webp, number(26, 2) & 0x3FFF, number(28, 2) & 0x3FFF)
    }
    if has("VP8L", at: 12, in: bytes), bytes[20] == 0x2F {
      let bits = number(21, 4)
      return (.webp, (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1)
    }
    return has("VP8X", at: 12, in: bytes) ? (.webp, number(24, 3) + 1, number(27, 3) + 1) : nil
  }
}
