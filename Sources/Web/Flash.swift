import HTTPServer
import Secrets
public import Templates

/// A sentence that the next page shows once.
public struct FlashMessage: Sendable, Equatable, ValueConvertible {
  /// How it looks.
  public enum Tone: String, Sendable {
    /// Something was done.
    case positive
    /// Something to know.
    case info
    /// Something to mind.
    case caution
    /// Something failed.
    case critical
  }

  /// How it looks.
  public let tone: Tone
  /// The sentence.
  public let text: String

  /// A sentence that something was done.
  public static func done(_ text: String) -> FlashMessage { FlashMessage(tone: .positive, text: text) }
  /// A sentence to know.
  public static func info(_ text: String) -> FlashMessage { FlashMessage(tone: .info, text: text) }
  /// A sentence that something could not be done.
  public static func failed(_ text: String) -> FlashMessage { FlashMessage(tone: .critical, text: text) }

  /// Tone and text.
  public var templateValue: Value { ["tone": tone.rawValue, "text": text] }
}

/// The message travels in a cookie that is signed for this session or visitor, so that nobody else can put words on a page.
extension Context {
  private var flashOwner: String { session?.id ?? visitor.text }

  func seal(_ message: FlashMessage) -> String { seal(message, for: flashOwner) }

  private func seal(_ message: FlashMessage, for owner: String) -> String {
    let content = message.tone.rawValue + ":" + message.text
    return Base64URL.encode(Array(content.utf8)) + "." + site.key.code(for: "flash", [owner, content])
  }

  /// Leads on after the session has ended: the message is for the visitor that the browser is from now on.
  func farewell(to path: Path, saying message: FlashMessage) throws -> Response {
    var response = Response.seeOther(path.text)
    if visitor.isNew { response.setCookie(try site.cookies.make(site.cookies.visitor, visitor.text, maxAge: nil)) }
    response.setCookie(try site.cookies.make(site.cookies.flash, seal(message, for: visitor.text), maxAge: .seconds(60)))
    return response
  }

  func readFlash() -> [FlashMessage] {
    guard let parts = request.cookies[site.cookies.flash]?.split(separator: "."), parts.count == 2,
      let bytes = Base64URL.decode(String(parts[0])), let content = String(validating: bytes, as: UTF8.self),
      site.key.accepts(String(parts[1]), for: "flash", [flashOwner, content]), let colon = content.firstIndex(of: ":"),
      let tone = FlashMessage.Tone(rawValue: String(content[..<colon]))
    else { return [] }
    return [FlashMessage(tone: tone, text: String(content[content.index(after: colon)...]))]
  }
}
