/// The type and subtype of a `Content-Type`, in lower case, without parameters.
func mediaType(_ value: String) -> String {
  trimmed(value.prefix { $0 != ";" }).lowercased()
}

/// A parameter of a field such as `form-data; name="a"; filename="b.csv"`.
///
/// Quoted pairs are undone only where browsers write them: before a quote or a backslash. A Windows path keeps its backslashes otherwise.
func parameter(_ name: String, of value: String) -> String? {
  let bytes = Array(value.utf8)
  var index = bytes.firstIndex(of: UInt8(ascii: ";")) ?? bytes.count
  while index < bytes.count {
    index += 1
    while index < bytes.count, bytes[index] == 32 || bytes[index] == 9 { index += 1 }
    let nameStart = index
    while index < bytes.count, bytes[index] != UInt8(ascii: "="), bytes[index] != UInt8(ascii: ";") { index += 1 }
    guard index < bytes.count, bytes[index] == UInt8(ascii: "=") else { continue }
    let found = String(decoding: bytes[nameStart..<index], as: UTF8.self)
    index += 1
    var text: [UInt8] = []
    if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
      index += 1
      while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
        let isPair = bytes[index] == UInt8(ascii: "\\") && index + 1 < bytes.count
        if isPair, bytes[index + 1] == UInt8(ascii: "\"") || bytes[index + 1] == UInt8(ascii: "\\") { index += 1 }
        text.append(bytes[index])
        index += 1
      }
      while index < bytes.count, bytes[index] != UInt8(ascii: ";") { index += 1 }
    } else {
      while index < bytes.count, bytes[index] != UInt8(ascii: ";") {
        text.append(bytes[index])
        index += 1
      }
      while let last = text.last, last == 32 || last == 9 { text.removeLast() }
    }
    if sameName(found, name) { return String(decoding: text, as: UTF8.self) }
  }
  return nil
}
