internal import COpenSSL

/// SHA-256 (FIPS 180-4).
public enum SHA256 {
  /// The 32-byte digest of `bytes`.
  public static func digest(_ bytes: [UInt8]) -> [UInt8] {
    var out = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
    _ = COpenSSL.SHA256(bytes, bytes.count, &out)
    return out
  }

  /// The 32-byte digest of the UTF-8 form of `text`.
  public static func digest(_ text: String) -> [UInt8] { digest([UInt8](text.utf8)) }

  /// The digest of `bytes` as 64 lower-case hexadecimal digits, for file names and checksums that people compare.
  public static func hexDigest(_ bytes: [UInt8]) -> String {
    let digits = [UInt8]("0123456789abcdef".utf8)
    var out: [UInt8] = []
    for byte in digest(bytes) {
      out.append(digits[Int(byte >> 4)])
      out.append(digits[Int(byte & 15)])
    }
    return String(decoding: out, as: UTF8.self)
  }
}

/// HMAC (RFC 2104) with SHA-256.
public enum HMAC {
  /// The 32-byte code of `message` under `key`; a key of any length is accepted, as the RFC has it.
  public static func sha256(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
    var out = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
    var length: UInt32 = 0
    // OpenSSL takes a null key to mean "the key used before", so an empty key needs an address of its own.
    let addressable = key.isEmpty ? [0] : key
    _ = COpenSSL.HMAC(EVP_sha256(), addressable, Int32(key.count), message, message.count, &out, &length)
    return out
  }

  /// Whether `code` is the code of `message` under `key`, found out in constant time.
  public static func isValid(_ code: [UInt8], for message: [UInt8], key: [UInt8]) -> Bool {
    equalInConstantTime(code, sha256(message, key: key))
  }
}

/// Whether two byte strings are equal. The time taken tells their lengths, never where they differ.
public func equalInConstantTime(_ a: [UInt8], _ b: [UInt8]) -> Bool {
  a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
}

/// Whether the UTF-8 forms of two strings are equal byte by byte; time as in the form for bytes.
public func equalInConstantTime(_ a: String, _ b: String) -> Bool {
  equalInConstantTime([UInt8](a.utf8), [UInt8](b.utf8))
}
