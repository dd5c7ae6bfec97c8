import Database
import Domain
import Foundation
import HTTPServer
import Mail
import Secrets
import Support
import Synchronization
import Templates
import Testing
import World

@testable import Web

/// A site on a database of its own, with the cast in it.
struct TestSite {
  let site: Site
  let router: Router
  let cast: Cast
  let database: any Database
  let identity: IdentityDatabase
  let lines: LogLines

  /// Everything that the site has logged.
  final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
  }

  static let key: Result<InstallationKey, any Error> = Result { try InstallationKey(secret: "a secret that only the tests ever use") }

  static func with(
    _ engine: Dialect, publicURL: String = "http://127.0.0.1:8080", isLoopback: Bool = true, hasDemo: Bool = false,
    templates: String? = nil, mailServer: SMTPURL? = nil, patience: Duration = .seconds(60), routes: (inout Routes) -> Void = { _ in },
    _ body: (TestSite) throws -> Void
  ) throws {
    try TestDatabase.migrated(engine) { test in
      let cast = try Cast(in: test.database)
      let root = TestDatabase.migrationsFolder.replacing("/Migrations", with: "")
      let lines = LogLines()
      var settings = SiteSettings(
        publicURL: try #require(PublicURL(publicURL)), isLoopback: isLoopback, clock: cast.time.clock, hasDemo: hasDemo, version: "0")
      settings.mailServer = mailServer
      settings.supportEmail = "accounts@provost.example"
      settings.confirmationPatience = patience
      let site = try Site(
        identity: test.identity(), migrations: TestDatabase.migrations(),
        templates: ReloadingTemplates(directory: templates ?? root + "/Templates", mode: templates == nil ? .fixed : .reload),
        assets: Assets(directory: root + "/Public"), key: key.get(),
        settings: settings, log: SiteLog(.json) { lines.add($0) })
      var all = site.routes()
      routes(&all)
      try body(
        TestSite(
          site: site, router: all.router, cast: cast, database: test.database, identity: test.identity(), lines: lines))
    }
  }

  /// A browser that nobody has signed in with.
  var browser: TestBrowser { TestBrowser(self) }

  /// A browser in which a person is signed in.
  func browser(of person: Cast.Person) throws -> TestBrowser {
    let browser = TestBrowser(self)
    browser.cookies[site.cookies.session] = try cast.session(for: person, in: identity)
    return browser
  }
}

/// What a browser does, without a socket: keeps cookies, and sends a form with what the page put in it.
final class TestBrowser {
  struct Reply {
    let status: Int
    let headers: Headers
    let body: String

    var location: String? { headers["Location"] }
    /// The value of the first hidden field of that name.
    func hidden(_ name: String) -> String? {
      let parts = body.components(separatedBy: "name=\"\(name)\" value=\"")
      return parts.count > 1 ? String(parts[1].prefix { $0 != "\"" }) : nil
    }
    /// What the page calls itself.
    var title: String? { body.firstMatch(of: /<title>(.*?)<\/title>/)?.output.1.description }
    /// The `Set-Cookie` of that name.
    func setCookie(_ name: String) -> String? { headers.all("Set-Cookie").first { $0.hasPrefix(name + "=") } }
  }

  var cookies: [String: String] = [:]
  var headers: [(String, String)] = []
  var peer = "127.0.0.1"
  private let test: TestSite

  init(_ test: TestSite) { self.test = test }

  /// Follows no redirect.
  @discardableResult func get(_ target: String) throws -> Reply { try send("GET", target, .empty, []) }

  /// Sends a form to where a page's form leads, with the page's token in it.
  @discardableResult func post(_ target: String, _ fields: [(String, String)] = [], from page: String = "/sign-in") throws -> Reply {
    try post(target, fields, csrf: get(page).hidden("csrf"))
  }

  /// Sends a form with the token given, or none.
  @discardableResult func post(_ target: String, _ fields: [(String, String)], csrf: String?) throws -> Reply {
    let all = fields + (csrf.map { [("csrf", $0)] } ?? [])
    let body = all.map { "\(encoded($0.0))=\(encoded($0.1))" }.joined(separator: "&")
    return try send("POST", target, .bytes(Array(body.utf8)), [("Content-Type", "application/x-www-form-urlencoded")])
  }

  func send(_ method: String, _ target: String, _ body: RequestBody, _ more: [(String, String)]) throws -> Reply {
    let jar = cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
    let request = try Request(
      method: method, target: target, headers: headers + more + (jar.isEmpty ? [] : [("Cookie", jar)]), body: body, peer: peer)
    let response: Response
    do {
      response = try test.router.respond(to: request)
    } catch let error as HTTPError {
      // As the server answers what its router refuses.
      response = test.site.errorPage(status: error.status, request: request, message: error.message)
    }
    for cookie in response.headers.all("Set-Cookie") { keep(cookie) }
    guard case .bytes(let bytes) = response.body else { return Reply(status: response.status, headers: response.headers, body: "") }
    return Reply(status: response.status, headers: response.headers, body: String(decoding: bytes, as: UTF8.self))
  }

  private func keep(_ cookie: String) {
    let pair = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    cookies[String(pair[0])] = cookie.contains("Max-Age=0") ? nil : String(pair[1])
  }

  private func encoded(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
  }
}
