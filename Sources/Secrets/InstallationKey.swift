internal import Glibc

/// The secret of one installation, from which the codes in links and forms are made. It stands in a file beside the database,
/// or in the environment where the data folder is shared; the same text gives the same key either way.
public struct InstallationKey: Sendable, CustomStringConvertible, CustomReflectable {
  private static let shortest = 32
  private let bytes: [UInt8]

  /// The key that a setting holds: at least 32 characters, white space around it not counted.
  /// - Parameter source: how to call it in the sentence of an error, such as `PROVOST_SECRET`.
  /// - Throws: ``SecretsError/key(_:)``.
  public init(secret: String, source: String = "PROVOST_SECRET") throws {
    try self.init(text: [UInt8](secret.utf8), source: source)
  }

  /// The key in `directory`/provost.key. When there is none yet, one is made of 256 random bits: readable by the owner only,
  /// and on the disk before this returns. Two processes that start at the same moment get the same key.
  /// - Throws: ``SecretsError/key(_:)`` when the file is too short, may be read by others, or cannot be read or made.
  public init(directory: String) throws {
    let path = directory + "/provost.key"
    if let text = try InstallationKey.read(path) {
      try self.init(text: text, source: path)
      return
    }
    try InstallationKey.create(path, in: directory)
    guard let text = try InstallationKey.read(path) else { throw SecretsError.key("\(path) vanished while it was made.") }
    try self.init(text: text, source: path)
  }

  private init(text: [UInt8], source: String) throws {
    let space: Set<UInt8> = [9, 10, 13, 32]
    let trimmed = text.drop { space.contains($0) }.reversed().drop { space.contains($0) }.reversed()
    guard trimmed.count >= InstallationKey.shortest else {
      throw SecretsError.key(
        "The secret in \(source) is too short: it needs at least \(InstallationKey.shortest) characters, such as `openssl rand -base64 32` prints."
      )
    }
    bytes = SHA256.digest([UInt8](trimmed))
  }

  /// The code of some fields for one purpose: base 64 for URLs, 43 characters. A code for one purpose is worth nothing for another,
  /// and neither are the same characters divided into fields differently.
  /// - Parameters:
  ///   - purpose: a fixed word per kind of link or form, such as `invitation`.
  ///   - fields: what the code vouches for, such as an id and a generation.
  public func code(for purpose: StaticString, _ fields: [String]) -> String {
    Base64URL.encode(HMAC.sha256(InstallationKey.message(purpose, fields), key: bytes))
  }

  /// Whether `code` is the code of these fields for this purpose, found out in constant time.
  public func accepts(_ code: String, for purpose: StaticString, _ fields: [String]) -> Bool {
    guard let given = Base64URL.decode(code) else { return false }
    return HMAC.isValid(given, for: InstallationKey.message(purpose, fields), key: bytes)
  }

  private static func message(_ purpose: StaticString, _ fields: [String]) -> [UInt8] {
    var out: [UInt8] = []
    for field in [purpose.description] + fields {
      let text = [UInt8](field.utf8)
      for shift in stride(from: UInt64(56), through: 0, by: -8) { out.append(UInt8(UInt64(text.count) >> shift & 255)) }
      out += text
    }
    return out
  }

  /// Says only that there is a key, so that it is never logged by accident.
  public var description: String { "InstallationKey(hidden)" }
  /// Shows nothing of the key to `dump` and debuggers' summaries.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

extension InstallationKey {
  /// The content of the key file, or nil when there is none.
  private static func read(_ path: String) throws -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    if file < 0 && errno == ENOENT { return nil }
    guard file >= 0 else { throw failure("\(path) cannot be read") }
    defer { close(file) }
    var facts = stat()
    guard fstat(file, &facts) == 0 else { throw failure("\(path) cannot be examined") }
    guard facts.st_mode & S_IFMT == S_IFREG else { throw SecretsError.key("\(path) is not a file.") }
    guard facts.st_mode & 0o077 == 0 else {
      throw SecretsError.key("\(path) may be read by other users of this machine. Set it right with: chmod 600 \(path)")
    }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = Glibc.read(file, &buffer, buffer.count)
    guard count >= 0 else { throw failure("\(path) cannot be read") }
    return [UInt8](buffer[..<count])
  }

  /// Writes a new key under a name of its own and links it into place once it is whole, so that no crash leaves half a key and
  /// whoever comes second keeps the first one's.
  private static func create(_ path: String, in directory: String) throws {
    let text = [UInt8]((Base64URL.encode(try RandomBytes.make(32)) + "\n").utf8)
    let draft = path + "." + Base64URL.encode(try RandomBytes.make(9))
    let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw failure("\(path) cannot be made") }
    defer { unlink(draft) }
    let whole = write(file, text, text.count) == text.count && fsync(file) == 0
    let fault = whole ? nil : failure("\(path) cannot be written")
    close(file)
    if let fault { throw fault }
    guard link(draft, path) == 0 || errno == EEXIST else { throw failure("\(path) cannot be made") }
    let folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw failure("\(directory) cannot be opened") }
    defer { close(folder) }
    guard fsync(folder) == 0 else { throw failure("\(directory) cannot be written") }
  }

  private static func failure(_ what: String) -> SecretsError {
    .key("\(what): \(String(cString: strerror(errno))).")
  }
}
