import CSV

/// An email address as a row gives it, with its key and the folded forms of it and of a name. One buffer serves all rows.
struct EmailReader {
  /// Lower case, by which two writings of an address are the same.
  private(set) var key: [UInt8] = []
  /// Folded name, a line feed, folded email.
  private(set) var searchKey: [UInt8] = []

  /// Takes an address; returns what is wrong with it. The rule is that of `EmailAddress`; plain addresses are recognized here, since most are.
  mutating func read(_ bytes: UnsafeRawBufferPointer) -> String? {
    key.removeAll(keepingCapacity: true)
    if EmailReader.isPlain(bytes) {
      for byte in bytes { key.append((65...90).contains(byte) ? byte | 0x20 : byte) }
      return nil
    }
    do {
      key.append(contentsOf: try EmailAddress(String(decoding: bytes, as: UTF8.self)).key.utf8)
      return nil
    } catch let failure as Failure {
      return failure.sentence
    } catch {
      return "Email cannot be read."
    }
  }

  /// Makes the search key of a name and the address that was read last.
  mutating func fold(name: UnsafeRawBufferPointer) {
    searchKey.removeAll(keepingCapacity: true)
    EmailReader.fold(name, into: &searchKey)
    searchKey.append(10)
    key.withUnsafeBytes { EmailReader.fold($0, into: &searchKey) }
  }

  /// `String.folded` of UTF-8; ASCII is done in place.
  private static func fold(_ text: UnsafeRawBufferPointer, into target: inout [UInt8]) {
    guard text.allSatisfy({ $0 < 0x80 }) else {
      target.append(contentsOf: String(decoding: text, as: UTF8.self).folded.utf8)
      return
    }
    let start = target.count
    for byte in text {
      if byte == 32 || (9...13).contains(byte) {
        if target.count > start, target.last != 32 { target.append(32) }
      } else {
        target.append((65...90).contains(byte) ? byte | 0x20 : byte)
      }
    }
    if target.count > start, target.last == 32 { target.removeLast() }
  }

  /// Letters, digits, `.`, `_`, `+` and `-`, one `@`, and dots only where they belong: what needs no closer look.
  private static func isPlain(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count <= 254 else { return false }
    var at = -1
    var dots = 0
    var labelStart = 0
    for (index, byte) in bytes.enumerated() {
      switch byte {
      case 48...57, 65...90, 97...122: break
      case 43, 95: if at >= 0 { return false }
      case 45: if at >= 0, index == labelStart || index + 1 == bytes.count || bytes[index + 1] == 46 { return false }
      case 46:
        if index == labelStart || index + 1 == bytes.count || bytes[index + 1] == 64 { return false }
        if at >= 0 { dots += 1 }
        if index - labelStart > 63 { return false }
        labelStart = index + 1
      case 64:
        if at >= 0 || index == 0 || index > 64 { return false }
        at = index
        labelStart = index + 1
      default: return false
      }
    }
    return dots > 0 && labelStart < bytes.count && bytes.count - labelStart <= 63
  }
}
