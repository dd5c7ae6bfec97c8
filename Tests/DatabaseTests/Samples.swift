import Glibc
import Synchronization

@testable import Database

/// Texts that several threads gather.
final class Texts: Sendable {
  private let texts = Mutex<[String]>([])
  func append(_ text: String) { texts.withLock { $0.append(text) } }
  var all: [String] { texts.withLock { $0 } }
}

/// A number that several threads count.
final class Counter: Sendable {
  private let number = Mutex(0)
  @discardableResult func add() -> Int {
    number.withLock {
      $0 += 1
      return $0
    }
  }
  var value: Int { number.withLock { $0 } }
}

struct FileError: Error {}

/// What a body throws in a test of what happens then.
struct Refusal: Error, Equatable {}

func writeFile(_ path: String, _ bytes: [UInt8]) throws {
  guard let file = fopen(path, "wb") else { throw FileError() }
  let count = fwrite(bytes, 1, bytes.count, file)
  guard fclose(file) == 0, count == bytes.count else { throw FileError() }
}

func writeFile(_ path: String, _ text: String) throws { try writeFile(path, Array(text.utf8)) }

/// The names in a folder, sorted.
func listing(_ folder: String) -> [String] {
  guard let listing = opendir(folder) else { return [] }
  defer { closedir(listing) }
  var names: [String] = []
  while let entry = readdir(listing) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    if !name.hasPrefix(".") { names.append(name) }
  }
  return names.sorted()
}

/// The error that `body` throws, if it is the database's.
func refusal<T>(_ body: () throws -> T) -> DatabaseError? {
  do {
    _ = try body()
    return nil
  } catch {
    return error as? DatabaseError
  }
}
