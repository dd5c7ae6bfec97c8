import HTTPServer
import Web

/// How browsers reach the installation: PROVOST_PUBLIC_URL, else the listener where only this machine can reach it.
enum PublicAddress {
  static let defaultListen = "127.0.0.1:8080"

  /// The address that links on the terminal begin with.
  ///
  /// - Throws: `CommandFailure` for a setting that is not an address.
  static func find(environment: Environment) throws -> PublicURL {
    try setting(environment) ?? fallback(listen: environment[.listen] ?? defaultListen, isSecure: false)
  }

  /// What PROVOST_PUBLIC_URL says; nil when it is not set.
  static func setting(_ environment: Environment) throws -> PublicURL? {
    guard let text = environment[.publicURL] else { return nil }
    guard let url = PublicURL(text) else {
      throw CommandFailure(
        "PROVOST_PUBLIC_URL is \"\(text)\", which is not an address such as https://learning.example.com, without a path.")
    }
    return url
  }

  /// The listener's own address.
  static func fallback(listen: String, isSecure: Bool) throws -> PublicURL {
    // Port 0 lets the system choose one, which no link can name yet.
    let host = listen.hasSuffix(":0") ? String(listen.dropLast(2)) : listen
    guard let url = PublicURL((isSecure ? "https://" : "http://") + host) else {
      throw CommandFailure("\"\(listen)\" is not an address to listen on, such as 127.0.0.1:8080 or [::1]:8080.")
    }
    return url
  }
}
