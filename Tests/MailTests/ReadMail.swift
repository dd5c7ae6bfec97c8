import Foundation

/// Reads a mail by the rules of the RFCs, to see what a reader sees.
struct ReadMail {
  struct Fault: Error { let text: String }

  let fields: [(name: String, value: String)]
  let parts: [(type: String, text: String)]

  init(_ bytes: [UInt8]) throws {
    let lines = try ReadMail.lines(bytes)
    guard let end = lines.firstIndex(of: []) else { throw Fault(text: "the header has no end") }
    fields = try ReadMail.fields(lines[..<end])
    guard let type = fields.first(where: { $0.name == "Content-Type" })?.value,
      let boundary = type.firstMatch(of: /boundary="([^"]+)"/)?.output.1
    else { throw Fault(text: "no boundary") }
    parts = try ReadMail.parts(lines[end...].dropFirst(), boundary: String(boundary))
  }

  /// The unfolded value of a field that stands there once.
  subscript(_ name: String) -> String? {
    let found = fields.filter { $0.name == name }
    return found.count == 1 ? found[0].value : nil
  }

  /// A text field as it is shown: encoded words taken apart (RFC 2047 section 6).
  func shown(_ name: String) -> String? { self[name].map(ReadMail.decoded) }

  /// The display name of a mailbox field.
  func displayName(_ name: String) -> String? {
    guard let value = self[name] else { return nil }
    guard let angle = value.lastIndex(of: "<") else { return "" }
    var phrase = String(value[..<angle].dropLast())
    if phrase.hasPrefix("\"") {
      phrase = String(phrase.dropFirst().dropLast())
      return phrase.replacing(/\\(.)/) { String($0.output.1) }
    }
    return ReadMail.decoded(phrase)
  }

  /// The address of a mailbox field.
  func address(_ name: String) -> String? {
    self[name].map { value in
      value.lastIndex(of: "<").map { String(value[value.index(after: $0)...].dropLast()) } ?? value
    }
  }

  private static func lines(_ bytes: [UInt8]) throws -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var line: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == 13 {
        guard index + 1 < bytes.count, bytes[index + 1] == 10 else { throw Fault(text: "a bare CR") }
        lines.append(line)
        line = []
        index += 2
        continue
      }
      if bytes[index] == 10 { throw Fault(text: "a bare LF") }
      if bytes[index] == 0 { throw Fault(text: "a NUL") }
      line.append(bytes[index])
      if line.count > 998 { throw Fault(text: "a line of more than 998") }
      index += 1
    }
    guard line.isEmpty else { throw Fault(text: "the last line has no end") }
    return lines
  }

  private static func fields(_ lines: ArraySlice<[UInt8]>) throws -> [(name: String, value: String)] {
    var fields: [(name: String, value: String)] = []
    for line in lines {
      let text = String(decoding: line, as: UTF8.self)
      if text.hasPrefix(" ") || text.hasPrefix("\t") {
        guard !fields.isEmpty, text.contains(where: { $0 != " " && $0 != "\t" }) else { throw Fault(text: "a folded line of blanks") }
        fields[fields.count - 1].value += text
        continue
      }
      guard let colon = text.firstIndex(of: ":"), text[..<colon].allSatisfy({ $0.isASCII && $0 > " " }) else {
        throw Fault(text: "no field: \(text)")
      }
      fields.append((String(text[..<colon]), String(text[text.index(after: colon)...])))
    }
    return fields.map { ($0.name, String($0.value.drop { $0 == " " })) }
  }

  private static func parts(_ lines: ArraySlice<[UInt8]>, boundary: String) throws -> [(type: String, text: String)] {
    var groups: [[[UInt8]]] = [[]]
    var isClosed = false
    for line in lines {
      let text = String(decoding: line, as: UTF8.self)
      if text == "--" + boundary {
        groups.append([])
      } else if text == "--\(boundary)--" {
        isClosed = true
      } else {
        groups[groups.count - 1].append(line)
      }
    }
    guard isClosed else { throw Fault(text: "the last part has no end") }
    return try groups.dropFirst().map { group in
      guard let end = group.firstIndex(of: []) else { throw Fault(text: "a part's header has no end") }
      let fields = try fields(group[..<end])
      guard fields.contains(where: { $0.name == "Content-Transfer-Encoding" && $0.value == "quoted-printable" }) else {
        throw Fault(text: "an unknown encoding")
      }
      var body = Array(group[(end + 1)...])
      // The line end before a boundary belongs to the boundary.
      if body.last == [] { body.removeLast() }
      return (fields.first { $0.name == "Content-Type" }?.value ?? "", try quotedPrintable(body))
    }
  }

  private static func quotedPrintable(_ lines: [[UInt8]]) throws -> String {
    var out: [UInt8] = []
    for line in lines {
      guard line.count <= 76, line.allSatisfy({ $0 == 9 || (32...126).contains($0) }), line.last != 32, line.last != 9 else {
        throw Fault(text: "no line of quoted-printable")
      }
      var rest = line[...]
      var isSoft = false
      while let byte = rest.popFirst() {
        guard byte == 61 else {
          out.append(byte)
          continue
        }
        if rest.isEmpty {
          isSoft = true
        } else {
          guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), rest.count >= 2 else {
            throw Fault(text: "no code")
          }
          out.append(value)
          rest = rest.dropFirst(2)
        }
      }
      if !isSoft { out.append(10) }
    }
    guard let text = String(validating: out, as: UTF8.self) else { throw Fault(text: "no UTF-8") }
    return text
  }

  private static func decoded(_ text: String) -> String {
    // Blanks between two encoded words are no part of the text.
    text.replacing(/\?=\s+=\?/, with: "?==?").replacing(/=\?UTF-8\?B\?([A-Za-z0-9+\/=]*)\?=/) { match in
      Data(base64Encoded: String(match.output.1)).flatMap { String(validating: Array($0), as: UTF8.self) } ?? "(damaged)"
    }
  }
}
