public import Database
public import Domain
public import HTTPServer
import Secrets
public import Templates

/// What a handler knows while it answers one request.
public struct Context: Sendable {
  /// The installation.
  public let site: Site
  /// The request.
  public let request: Request
  /// Who is signed in; always there behind the groups that demand it.
  public let session: Session?
  /// The organization of the address, for the groups whose pages stand under `/o/{slug}`.
  public let scope: OrganizationScope?
  /// The coach of the address, for the group whose pages stand under `/coach/{coach}`.
  public let coach: CoachScope?
  /// The moment at which the request is answered; every figure of a page is as of this one.
  public let now: Moment
  /// Ties the forms and flash messages of somebody who is not signed in to one browser.
  let visitor: Visitor

  init(site: Site, request: Request, admission: Admission?) throws {
    self.site = site
    self.request = request
    session = admission?.session
    scope = admission?.scope
    coach = admission?.coach
    now = site.clock.now
    visitor = try Visitor(cookie: request.cookies[site.cookies.visitor])
  }

  /// Writes numbers, and times in the organization's zone, or the coach's on the coach's own pages.
  public var format: Format { Format(timeZone: scope?.organization.timeZone ?? coach?.coach.timeZone ?? "UTC", now: now) }

  /// Reads the database on one snapshot.
  public func read<T>(_ body: (any Connection) throws -> T) throws -> T { try site.database.read(body) }

  /// The path and query of this page, to come back to.
  public var returnPath: Path {
    guard request.method == "GET" else { return .start }
    return Path(returning: request.path + (request.queryText.isEmpty ? "" : "?" + request.queryText)) ?? .start
  }

  /// Where a client wants to be led on to; nil for an address of another server, and for one that is no page, as where only forms are sent.
  func destination(_ text: String?) -> Path? { Path(returning: text).flatMap { site.addresses.isPage($0) ? $0 : nil } }

  /// Renders a page: `page` is the layout's part, `body` holds the template's own keys.
  public func render(_ template: String, _ page: Page, _ body: Value, status: Int = 200) throws -> Response {
    guard Site.pages.contains(template) else { throw MissingTemplate(name: template) }
    try site.assets.refresh()
    let flash = readFlash()
    let value = Value(dictionaryLiteral: ("page", page.value(in: self, flash: flash))).adding(body)
    var response = Response.html(try site.templates.render(template, value), status: status)
    if session == nil, visitor.isNew { response.setCookie(try site.cookies.make(site.cookies.visitor, visitor.text, maxAge: nil)) }
    if request.cookies[site.cookies.flash] != nil { response.setCookie(try site.cookies.remove(site.cookies.flash)) }
    return response
  }

  /// Leads the browser on after an act; the page it comes to says `message`.
  public func redirect(to path: Path, saying message: FlashMessage? = nil) throws -> Response {
    var response = Response.seeOther(path.text)
    if let message {
      response.setCookie(try site.cookies.make(site.cookies.flash, seal(message), maxAge: .seconds(60)))
    }
    return response
  }

  /// The fields of the form that was sent.
  public func form() throws -> Form { try request.form() }
}

/// A random mark of a browser that is not signed in.
struct Visitor: Sendable {
  let text: String
  let isNew: Bool

  init(cookie: String?) throws {
    if let cookie, let token = Token(cookie) {
      (text, isNew) = (token.text, false)
    } else {
      (text, isNew) = (try Token.random().text, true)
    }
  }
}

extension Context {
  /// What every form carries and every POST must bring back.
  var csrf: String { session?.csrf ?? site.key.code(for: "csrf", [visitor.text]) }

  /// Refuses a form that this site did not make for this browser.
  ///
  /// - Throws: `Failure` with code `forbidden`.
  func checkCSRF() throws {
    guard let given = try form()["csrf"], equalInConstantTime(given, csrf) else {
      throw Failure(.forbidden, "This form is out of date or was sent by another site. Go back, reload the page and send it again.")
    }
  }
}
