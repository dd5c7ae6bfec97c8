import Domain
import HTTPServer
import Mail
import Web

/// What `serve` was told by flags and environment, checked as a whole before anything is opened.
struct ServeSettings {
  let listen: ListenAddress
  let tls: TLSFiles?
  let publicURL: PublicURL
  let trustedProxies: TrustedProxies
  let logStyle: SiteLog.Style
  let clock: Clock
  let clockIsSet: Bool
  /// Where mail is handed in; nil where it is kept.
  let mailServer: SMTPURL?
  /// The address that mail comes from.
  let mailAddress: String
  /// Whom administrators ask; nil where nobody is named.
  let supportEmail: String?

  /// Whether nobody but this machine can reach the server.
  var isLoopback: Bool { listen.isLoopback && publicURL.isLoopback }

  /// - Throws: `CommandFailure` or `ServerError` with a sentence that names the setting.
  init(listen: String?, certificate: String?, key: String?, clock: Clock, environment: Environment) throws {
    let listenText = listen ?? environment[.listen] ?? PublicAddress.defaultListen
    self.listen = try ListenAddress(listenText)
    tls = try ServeSettings.tls(certificate, key)
    trustedProxies = try environment[.trustedProxies].map { try TrustedProxies($0) } ?? TrustedProxies()
    logStyle = try ServeSettings.logStyle(environment[.log])
    self.clock = clock
    clockIsSet = environment[.clock] != nil
    if let url = try PublicAddress.setting(environment) {
      publicURL = url
    } else if self.listen.isLoopback {
      publicURL = try PublicAddress.fallback(listen: listenText, isSecure: tls != nil)
    } else {
      throw CommandFailure(
        "PROVOST_PUBLIC_URL is needed when others can reach the server at \(listenText): set it to the address that browsers use, "
          + "such as https://learning.example.com.")
    }
    mailServer = try ServeSettings.mailServer(environment[.smtpURL])
    mailAddress = try ServeSettings.mailAddress(environment[.mailFrom], publicURL)
    supportEmail = try environment[.supportEmail].map { try ServeSettings.address($0, of: .supportEmail) }
    if clockIsSet && !isLoopback {
      throw CommandFailure("PROVOST_CLOCK is for trials on this machine: listener and public URL must be loopback, or the clock must go.")
    }
  }

  private static func tls(_ certificate: String?, _ key: String?) throws -> TLSFiles? {
    switch (certificate, key) {
    case (let certificate?, let key?): return TLSFiles(certificate: certificate, key: key)
    case (nil, nil): return nil
    default: throw CommandFailure("--tls-certificate and --tls-key belong together: give both or neither.")
    }
  }

  private static func mailServer(_ text: String?) throws -> SMTPURL? {
    guard let text else { return nil }
    do {
      return try SMTPURL(text)
    } catch {
      throw CommandFailure("PROVOST_SMTP_URL is not an address such as smtp://user:password@mail.example.com:587. \(error)")
    }
  }

  /// Without a setting an address of the public host; a number is no host that mail comes from.
  private static func mailAddress(_ text: String?, _ publicURL: PublicURL) throws -> String {
    let isNumber = publicURL.host.hasPrefix("[") || publicURL.host.utf8.allSatisfy { $0 < 58 }
    return try address(text ?? "no-reply@" + (isNumber ? "localhost" : publicURL.host), of: .mailFrom)
  }

  private static func address(_ text: String, of name: Environment.Name) throws -> String {
    do {
      return try Mailbox(address: text).address
    } catch {
      throw CommandFailure("\(name.rawValue) is \"\(text)\", which is not an address such as people@example.com. \(error)")
    }
  }

  private static func logStyle(_ text: String?) throws -> SiteLog.Style {
    guard let text else { return .text }
    guard let style = SiteLog.Style(rawValue: text) else {
      throw CommandFailure("PROVOST_LOG is \"\(text)\"; it must be text or json.")
    }
    return style
  }

  /// Names that the server answers to: its public one, and this machine's own for whoever watches over it.
  var hosts: [String] { [publicURL.host, "localhost", "127.0.0.1", "[::1]"] }
}
