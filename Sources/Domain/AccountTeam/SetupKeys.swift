import Foundation

/// Looks through a JSON document, known to be one, for a key that an object has twice (RFC 8259 section 4 leaves open what that means).
struct SetupKeys {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The first key that comes again in its object; nil where none does.
  func repeated() -> String? {
    // For each object or array that is open the keys so far; an array has none.
    var open: [Set<String>?] = []
    var (at, expectsKey) = (0, false)
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "{"):
        open.append([])
        expectsKey = true
      case UInt8(ascii: "["):
        open.append(nil)
        expectsKey = false
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        _ = open.popLast()
        expectsKey = false
      case UInt8(ascii: ","): expectsKey = (open.last ?? nil) != nil
      case UInt8(ascii: "\""):
        let end = endOfText(at)
        if expectsKey, let place = open.indices.last {
          let key = text(at, end)
          if open[place]?.insert(key).inserted == false { return key }
        }
        (at, expectsKey) = (end, false)
      default: break
      }
      at += 1
    }
    return nil
  }

  /// Where the quote is that ends the text which begins at one.
  private func endOfText(_ start: Int) -> Int {
    var at = start + 1
    while at < bytes.count, bytes[at] != UInt8(ascii: "\"") { at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1 }
    return min(at, bytes.count - 1)
  }

  private func text(_ start: Int, _ end: Int) -> String {
    let raw = Data(bytes[start...end])
    do { return try JSONDecoder().decode(String.self, from: raw) } catch { return String(decoding: raw, as: UTF8.self) }
  }
}
