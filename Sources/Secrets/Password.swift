internal import COpenSSL
internal import Foundation

/// Passwords as they are stored: scrypt (RFC 7914) with N = 2¹⁵, r = 8, p = 3, in the form
/// `$scrypt$ln=15,r=8,p=3$salt$hash`, salt and hash in base 64 without padding.
///
/// One computation takes 32 MB and about 0.2 s. At most two run at once in a process; 32 more callers wait, up to ten seconds.
/// A password counts in Unicode's form NFC (RFC 8265 section 4.2), so that it does not matter which keyboard composed it.
public enum Password {
  private static let gate = Gate(places: 2, queue: 32, patience: 10)
  private static let current = Scrypt(logN: 15, r: 8, p: 3)
  private static let saltLength = 16
  private static let hashLength = 32

  /// What to store for `password`; different at each call, since the salt is random.
  /// - Throws: ``SecretsError/busy``, ``SecretsError/unavailable(_:)``.
  public static func hash(_ password: String) throws -> String {
    let salt = try RandomBytes.make(saltLength)
    let hash = try gate.through { try current.derive(canonical(password), salt: salt, length: hashLength) }
    return Stored(scrypt: current, salt: salt, hash: hash).encoded
  }

  /// Whether `password` is the one that `stored` was made of.
  /// - Throws: ``SecretsError/malformedHash``, ``SecretsError/busy``, ``SecretsError/unavailable(_:)``.
  public static func verify(_ password: String, against stored: String) throws -> Bool {
    guard let stored = Stored(stored) else { throw SecretsError.malformedHash }
    let hash = try gate.through {
      try stored.scrypt.derive(canonical(password), salt: stored.salt, length: stored.hash.count)
    }
    return equalInConstantTime(hash, stored.hash)
  }

  /// Does the work of ``verify(_:against:)`` and finds nothing: for a name that does not exist, or an account without a
  /// password, so that the time of the answer does not tell which.
  /// - Throws: ``SecretsError/busy``, ``SecretsError/unavailable(_:)``.
  public static func verifyNobody(_ password: String) throws {
    let salt = [UInt8](repeating: 0, count: saltLength)
    _ = try gate.through { try current.derive(canonical(password), salt: salt, length: hashLength) }
  }

  /// Whether `stored` was made with other figures than today's, so that the next right sign-in should replace it.
  public static func needsRehash(_ stored: String) -> Bool {
    guard let stored = Stored(stored) else { return true }
    return stored.scrypt != current || stored.salt.count < saltLength || stored.hash.count != hashLength
  }

  private static func canonical(_ password: String) -> [UInt8] {
    [UInt8](password.precomposedStringWithCanonicalMapping.utf8)
  }
}

/// The figures of one scrypt computation and the computation itself.
struct Scrypt: Equatable {
  var logN: Int
  var r: Int
  var p: Int

  /// `length` bytes derived from `password` and `salt`.
  /// - Throws: ``SecretsError/unavailable(_:)`` when OpenSSL refuses, as it does for want of memory.
  func derive(_ password: [UInt8], salt: [UInt8], length: Int) throws -> [UInt8] {
    let n = UInt64(1) << UInt64(logN)
    // RFC 7914 section 5: the table takes 128·r·N bytes and the blocks 128·r·p; OpenSSL's own limit of 32 MB is just too low.
    let memory = 128 * UInt64(r) * (n + UInt64(p) + 2) + (1 << 20)
    let characters = password.map { CChar(bitPattern: $0) }
    var out = [UInt8](repeating: 0, count: length)
    let done = EVP_PBE_scrypt(characters, password.count, salt, salt.count, n, UInt64(r), UInt64(p), memory, &out, length)
    guard done == 1 else {
      ERR_clear_error()
      throw SecretsError.unavailable("EVP_PBE_scrypt")
    }
    return out
  }
}

/// A stored password taken apart.
struct Stored {
  var scrypt: Scrypt
  var salt: [UInt8]
  var hash: [UInt8]

  init(scrypt: Scrypt, salt: [UInt8], hash: [UInt8]) {
    self.scrypt = scrypt
    self.salt = salt
    self.hash = hash
  }

  /// Nil unless `text` is exactly of the stored form. The bounds keep a row that was tampered with from costing gigabytes or minutes.
  init?(_ text: String) {
    let parts = text.split(separator: "$", omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt",
      let salt = Base64.decode(String(parts[3]), Base64.standard), (8...64).contains(salt.count),
      let hash = Base64.decode(String(parts[4]), Base64.standard), (16...64).contains(hash.count)
    else { return nil }
    let figures = parts[2].split(separator: ",", omittingEmptySubsequences: false)
    guard figures.count == 3,
      let logN = Stored.figure(figures[0], "ln=", 10...18),
      let r = Stored.figure(figures[1], "r=", 1...16),
      let p = Stored.figure(figures[2], "p=", 1...16)
    else { return nil }
    self.init(scrypt: Scrypt(logN: logN, r: r, p: p), salt: salt, hash: hash)
  }

  var encoded: String {
    let figures = "ln=\(scrypt.logN),r=\(scrypt.r),p=\(scrypt.p)"
    return "$scrypt$\(figures)$\(Base64.encode(salt, Base64.standard))$\(Base64.encode(hash, Base64.standard))"
  }

  private static func figure(_ text: Substring, _ name: String, _ range: ClosedRange<Int>) -> Int? {
    let digits = text.dropFirst(name.count)
    guard text.hasPrefix(name), let value = Int(digits), range.contains(value), String(value) == digits else { return nil }
    return value
  }
}
