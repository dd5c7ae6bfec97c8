import Foundation
import Testing

@testable import Secrets

@Suite("The installation's key") struct InstallationKeyTests {
  private static let text = "0123456789abcdef0123456789abcdef"

  /// Runs `body` in an empty folder that is gone afterwards.
  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "provost-key-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
    try body(folder.path)
  }

  private func write(_ text: String, mode: Int, in folder: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/provost.key"))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder + "/provost.key")
  }

  @Test("the first start makes a key that only the owner reads, and later starts find it")
  func made() throws {
    try inFolder { folder in
      let code = try InstallationKey(directory: folder).code(for: "test", ["1"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["provost.key"])
      let facts = try FileManager.default.attributesOfItem(atPath: folder + "/provost.key")
      #expect(facts[.posixPermissions] as? Int == 0o600)
      #expect(facts[.size] as? Int == 44)
      #expect(try InstallationKey(directory: folder).code(for: "test", ["1"]) == code)
    }
  }

  @Test("processes that start at the same moment agree on one key")
  func race() throws {
    try inFolder { folder in
      let codes = Collected()
      DispatchQueue.concurrentPerform(iterations: 16) { _ in
        do { codes.add(try InstallationKey(directory: folder).code(for: "test", [])) } catch { Issue.record(error) }
      }
      #expect(codes.all.count == 16)
      #expect(Set(codes.all).count == 1)
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(files == ["provost.key"])
    }
  }

  @Test("a key file that others may read is refused with the way to mend it", arguments: [0o644, 0o640, 0o604, 0o660])
  func readable(mode: Int) throws {
    try inFolder { folder in
      try write(Self.text, mode: mode, in: folder)
      let error = #expect(throws: SecretsError.self) { try InstallationKey(directory: folder) }
      #expect(error?.description.contains("chmod 600 \(folder)/provost.key") == true)
    }
  }

  @Test(
    "a key that is too short is refused, and the sentence does not quote it",
    arguments: ["", "hunter2", "   hunter2                               \n"])
  func short(text: String) throws {
    try inFolder { folder in
      try write(text, mode: 0o600, in: folder)
      let error = #expect(throws: SecretsError.self) { try InstallationKey(directory: folder) }
      #expect(error?.description.contains("too short") == true)
      #expect(error?.description.contains("hunter2") == false)
    }
    #expect(throws: SecretsError.self) { try InstallationKey(secret: text) }
  }

  @Test("a folder in the key's place, and a folder that is not there, are refused in a sentence")
  func unusable() throws {
    try inFolder { folder in
      try FileManager.default.createDirectory(atPath: folder + "/provost.key", withIntermediateDirectories: false)
      #expect(throws: SecretsError.key("\(folder)/provost.key is not a file.")) { try InstallationKey(directory: folder) }
      let error = #expect(throws: SecretsError.self) { try InstallationKey(directory: folder + "/missing") }
      #expect(error?.description == "\(folder)/missing/provost.key cannot be made: No such file or directory.")
    }
  }

  @Test("the same text gives the same key from the file and from the environment, white space around it aside")
  func sameEitherWay() throws {
    try inFolder { folder in
      try write(Self.text + "\n", mode: 0o600, in: folder)
      let code = try InstallationKey(directory: folder).code(for: "test", ["a"])
      #expect(try InstallationKey(secret: " " + Self.text).accepts(code, for: "test", ["a"]))
      #expect(try !InstallationKey(secret: Self.text + "x").accepts(code, for: "test", ["a"]))
    }
  }

  @Test("a code holds for its purpose and its fields only")
  func codes() throws {
    let key = try InstallationKey(secret: Self.text)
    let code = key.code(for: "invitation", ["12", "3"])
    #expect(code.utf8.count == 43)
    #expect(key.accepts(code, for: "invitation", ["12", "3"]))
    #expect(!key.accepts(code, for: "unsubscribe", ["12", "3"]))
    #expect(!key.accepts(code, for: "invitation", ["1", "23"]))
    #expect(!key.accepts(code, for: "invitation", ["123"]))
    #expect(!key.accepts(code, for: "invitation", ["12", "3", ""]))
    #expect(!key.accepts(String(code.dropLast()), for: "invitation", ["12", "3"]))
    #expect(!key.accepts("", for: "invitation", ["12", "3"]))
  }

  @Test("describing or dumping a key shows nothing of it")
  func hidden() throws {
    let key = try InstallationKey(secret: Self.text)
    var dumped = ""
    dump(key, to: &dumped)
    #expect(
      ["\(key)", String(reflecting: key), dumped.trimmingCharacters(in: .newlines)].allSatisfy { $0.hasSuffix("InstallationKey(hidden)") })
    #expect(!dumped.contains("bytes"))
  }
}

/// What several threads found.
private final class Collected: @unchecked Sendable {  // `items` is touched with `lock` held
  private let lock = NSLock()
  private var items: [String] = []
  var all: [String] { lock.withLock { items } }
  func add(_ item: String) { lock.withLock { items.append(item) } }
}
