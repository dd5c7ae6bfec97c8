import Domain
import Foundation
import Synchronization

/// Writes the log: one line per request, one per problem, as text or as JSON. It holds no names, addresses, tokens or query values.
public final class SiteLog: Sendable {
  /// How lines look.
  public enum Style: String, Sendable {
    /// For people.
    case text
    /// One JSON object a line.
    case json
  }

  /// One request, finished.
  public struct Access: Sendable {
    /// The request's id, which error pages show.
    public var id: String
    /// `GET`, `POST`.
    public var method: String
    /// The route's pattern, never the path.
    public var route: String
    /// The status.
    public var status: Int
    /// How long the handler took, in milliseconds.
    public var milliseconds: Double
    /// How long the response was, in bytes.
    public var bytes: Int
    /// The account; nil for nobody.
    public var user: Int64?

    /// One finished request.
    public init(id: String, method: String, route: String, status: Int, milliseconds: Double, bytes: Int, user: Int64?) {
      (self.id, self.method, self.route, self.status) = (id, method, route, status)
      (self.milliseconds, self.bytes, self.user) = (milliseconds, bytes, user)
    }
  }

  private let style: Style
  private let write: Mutex<@Sendable (String) -> Void>

  /// - Parameter write: takes one line without its end.
  public init(_ style: Style, write: @escaping @Sendable (String) -> Void) {
    self.style = style
    self.write = Mutex(write)
  }

  /// Writes to standard error.
  public convenience init(_ style: Style) {
    self.init(style) { FileHandle.standardError.write(Data(($0 + "\n").utf8)) }
  }

  /// One request.
  public func access(_ entry: Access) {
    let milliseconds = decimals(entry.milliseconds)
    switch style {
    case .text:
      line(
        "\(timestamp()) \(entry.method) \(entry.route.isEmpty ? "-" : entry.route) \(entry.status) \(milliseconds) ms \(entry.bytes) B "
          + "user=\(entry.user.map(String.init) ?? "-") id=\(entry.id)")
    case .json:
      line(
        "{\"id\":\(quoted(entry.id)),\"method\":\(quoted(entry.method)),\"route\":\(quoted(entry.route)),\"status\":\(entry.status),"
          + "\"ms\":\(milliseconds),\"bytes\":\(entry.bytes),\"user\":\(entry.user.map(String.init) ?? "null")}")
    }
  }

  /// Something that went wrong and that no user is shown; `id` is the request's.
  public func problem(_ message: String, id: String? = nil) { event("problem", message, id) }

  /// A statement that took long, by its text.
  public func slowStatement(_ sql: String, _ duration: Duration) {
    let text = sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    event("slow statement, \(decimals(duration.inMilliseconds)) ms", text, nil)
  }

  /// Something worth knowing.
  public func note(_ message: String) { event("note", message, nil) }

  private func event(_ kind: String, _ message: String, _ id: String?) {
    switch style {
    case .text: line("\(timestamp()) \(kind): \(singleLine(message))" + (id.map { " id=\($0)" } ?? ""))
    case .json:
      line("{\"event\":\(quoted(kind)),\"message\":\(quoted(message))" + (id.map { ",\"id\":\(quoted($0))" } ?? "") + "}")
    }
  }

  private func line(_ text: String) { write.withLock { $0(text) } }
}

extension Duration {
  /// With fractions.
  var inMilliseconds: Double { Double(components.seconds) * 1000 + Double(components.attoseconds) / 1e15 }
}

/// Three decimals.
private func decimals(_ value: Double) -> String {
  let thousandths = Int64((max(0, value) * 1000).rounded())
  let fraction = String(thousandths % 1000)
  return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
}

/// The machine's time: a log is read beside other logs of the machine, whatever the program's clock was set to.
private func timestamp() -> String { Moment(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)).text }

private func singleLine(_ text: String) -> String { text.split(whereSeparator: \.isNewline).joined(separator: " | ") }

/// A JSON string (RFC 8259 section 7).
private func quoted(_ text: String) -> String {
  var out = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": out += "\\\""
    case "\\": out += "\\\\"
    case "\n": out += "\\n"
    default:
      if scalar.value < 32 {
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      } else {
        out.unicodeScalars.append(scalar)
      }
    }
  }
  return out + "\""
}
