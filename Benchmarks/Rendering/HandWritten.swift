/// The same page by a program that appends bytes, as somebody would write it who knows this one page and nothing else: what stands before and
/// after the rows is copied whole, and a row is a run of literals and escaped texts.
struct HandWritten {
  private let before: [UInt8]
  private let after: [UInt8]

  /// Takes the frame of the page from a rendering of it; nil where that has no table with rows.
  init?(frameOf page: [UInt8]) {
    guard let start = HandWritten.range(of: "<tr><th scope=\"row\">", in: page)?.lowerBound,
      let end = HandWritten.range(of: "    </tbody>", in: page)?.lowerBound, start < end
    else { return nil }
    before = Array(page[..<start])
    after = Array(page[end...])
  }

  private static func range(of text: StaticString, in page: [UInt8]) -> Range<Int>? {
    text.withUTF8Buffer { wanted in
      page.indices.dropLast(wanted.count).first { page[$0...].prefix(wanted.count).elementsEqual(wanted) }.map { $0..<$0 + wanted.count }
    }
  }

  func render(_ members: [Sample]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(before.count + after.count + members.count * 512)
    out.append(contentsOf: before)
    for (index, member) in members.enumerated() {
      if index > 0 { out.add("      ") }
      out.add("<tr><th scope=\"row\"><bdi class=\"row-name\">")
      out.escape(member.name)
      out.add("</bdi><bdi class=\"row-detail\">")
      out.escape(member.email)
      out.add("</bdi></th>\n\n\n<td>")
      if let badge = member.badge {
        out.add("<span class=\"badge tone-")
        out.escape(badge.tone)
        out.add("\">")
        out.escape(badge.label)
        out.add("</span> ")
        if let why = badge.why {
          out.add("<span class=\"badge-why\"><bdi>")
          out.escape(why)
          out.add("</bdi></span>")
        }
      } else {
        out.add("<bdi>—</bdi>")
      }
      out.add("\n</td>\n\n<td class=\"number\"><bdi>")
      out.escape(member.enrollments)
      out.add("</bdi>\n</td>\n\n<td class=\"number\"><bdi>")
      out.escape(member.completions)
      out.add("</bdi>\n</td>\n\n<td><time datetime=\"")
      out.escape(member.activeAt)
      out.add("\">")
      out.escape(member.active)
      out.add("</time>\n</td>\n\n<td><bdi>")
      out.escape(member.contract)
      out.add("</bdi>\n</td>\n</tr>\n")
    }
    out.append(contentsOf: after)
    return out
  }
}

extension [UInt8] {
  fileprivate mutating func add(_ text: StaticString) { text.withUTF8Buffer { append(contentsOf: $0) } }

  fileprivate mutating func escape(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      if bytes.contains(where: { $0 == 0x26 || $0 == 0x3C || $0 == 0x3E || $0 == 0x22 || $0 == 0x27 }) {
        for byte in bytes {
          switch byte {
          case UInt8(ascii: "&"): add("&amp;")
          case UInt8(ascii: "<"): add("&lt;")
          case UInt8(ascii: ">"): add("&gt;")
          case UInt8(ascii: "\""): add("&quot;")
          case UInt8(ascii: "'"): add("&#39;")
          default: append(byte)
          }
        }
      } else {
        append(contentsOf: bytes)
      }
    }
  }
}
