import HTTPServer

/// The names and attributes of the cookies. Under https they are Secure and carry the `__Host-` prefix, so that no neighbor can set them.
struct SiteCookies: Sendable {
  let session: String, visitor: String, flash: String, theme: String
  private let isSecure: Bool

  init(isSecure: Bool) {
    self.isSecure = isSecure
    let prefix = isSecure ? "__Host-" : ""
    session = prefix + "provost-session"
    visitor = prefix + "provost-visitor"
    flash = prefix + "provost-flash"
    theme = prefix + "provost-theme"
  }

  func make(_ name: String, _ value: String, maxAge: Duration?) throws -> Cookie {
    try Cookie(name: name, value: value, maxAge: maxAge, isSecure: isSecure)
  }

  func remove(_ name: String) throws -> Cookie { try Cookie(name: name, value: "", maxAge: .zero, isSecure: isSecure) }
}
