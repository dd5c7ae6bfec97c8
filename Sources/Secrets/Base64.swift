/// Base 64 with the URL-safe alphabet and without padding (RFC 4648 section 5), for tokens in cookies and links.
public enum Base64URL {
  /// `bytes` in the characters A–Z, a–z, 0–9, `-` and `_`.
  public static func encode(_ bytes: [UInt8]) -> String { Base64.encode(bytes, Base64.urlSafe) }

  /// The bytes that `text` stands for, or nil when it is not exactly what ``encode(_:)`` writes: a foreign character, padding,
  /// an impossible length, or left-over bits that are not zero. So no two texts stand for the same bytes.
  public static func decode(_ text: String) -> [UInt8]? { Base64.decode(text, Base64.urlSafe) }
}

/// The coding shared by links (URL-safe alphabet) and stored passwords (the standard alphabet); never padded.
enum Base64 {
  static let urlSafe = [UInt8]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
  static let standard = [UInt8]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func encode(_ bytes: [UInt8], _ alphabet: [UInt8]) -> String {
    var out: [UInt8] = []
    out.reserveCapacity((bytes.count * 4 + 2) / 3)
    var pending: UInt32 = 0
    var bits = 0
    for byte in bytes {
      pending = (pending << 8 | UInt32(byte)) & 0xffff
      bits += 8
      while bits >= 6 {
        bits -= 6
        out.append(alphabet[Int(pending >> UInt32(bits) & 63)])
      }
    }
    if bits > 0 { out.append(alphabet[Int(pending << UInt32(6 - bits) & 63)]) }
    return String(decoding: out, as: UTF8.self)
  }

  static func decode(_ text: String, _ alphabet: [UInt8]) -> [UInt8]? {
    var out: [UInt8] = []
    var pending: UInt32 = 0
    var bits = 0
    for character in text.utf8 {
      guard let value = alphabet.firstIndex(of: character) else { return nil }
      pending = (pending << 6 | UInt32(value)) & 0xffff
      bits += 6
      if bits >= 8 {
        bits -= 8
        out.append(UInt8(pending >> UInt32(bits) & 255))
      }
    }
    let leftover = pending & ((1 << UInt32(bits)) - 1)
    return bits < 6 && leftover == 0 ? out : nil
  }
}
