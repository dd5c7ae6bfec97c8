import Domain
import HTTPServer

/// Registers routes in groups. A group fixes who may use its routes; what its handlers are given proves that it was checked.
struct Routes {
  let site: Site
  private(set) var router = Router()
  /// Every method and pattern, in the order in which they were added.
  private(set) var table: [(method: String, pattern: String)] = []

  init(site: Site) { self.site = site }

  /// Routes of machines: no session, no page; quick, so that they may use the workers that are kept free.
  mutating func machine(_ method: String, _ pattern: String, _ handler: @escaping @Sendable (Request) throws -> Response) {
    let site = site
    table.append((method, pattern))
    router.on(method, pattern, reserved: true) { request in site.answer(request) { site.finished(try handler(request)) } }
  }

  /// Pages for anybody.
  mutating func anyone(_ method: String, _ pattern: String, slow: Bool = false, _ handler: @escaping @Sendable (Context) throws -> Response)
  {
    on(method, pattern, slow, .anyone, handler)
  }

  /// Pages for whoever is signed in.
  mutating func signedIn(
    _ method: String, _ pattern: String, slow: Bool = false, _ handler: @escaping @Sendable (Context, Viewer) throws -> Response
  ) {
    on(method, pattern, slow, .signedIn) { try handler($0, try $0.viewer()) }
  }

  /// Pages for those who enter more than one organization.
  mutating func severalOrganizations(
    _ method: String, _ pattern: String, slow: Bool = false, _ handler: @escaping @Sendable (Context, Viewer) throws -> Response
  ) {
    on(method, pattern, slow, .severalOrganizations) { try handler($0, try $0.viewer()) }
  }

  /// The account team's pages for the installation.
  mutating func installation(
    _ method: String, _ pattern: String, slow: Bool = false, upload: Bool = false,
    _ handler: @escaping @Sendable (Context, Viewer) throws -> Response
  ) {
    on(method, pattern, slow, .installation, body: upload ? .upload() : nil) { try handler($0, try $0.viewer()) }
  }

  /// The account team's pages within an organization; `pattern` is what follows `/o/:slug`.
  mutating func accountTeam(
    _ method: String, _ pattern: String, slow: Bool = false, upload: Bool = false,
    _ handler: @escaping @Sendable (Context, OrganizationScope) throws -> Response
  ) {
    on(method, "/o/:slug" + pattern, slow, .accountTeam, body: upload ? .upload() : nil) { try handler($0, try $0.organizationScope()) }
  }

  /// An organization's own pages; `pattern` is what follows `/o/:slug`. Without an entrance the address without `/o/{slug}` is another page's.
  mutating func organization(
    _ method: String, _ pattern: String, slow: Bool = false, upload: Bool = false, entrance: Bool = true,
    _ handler: @escaping @Sendable (Context, OrganizationScope) throws -> Response
  ) {
    within(method, pattern, slow, .organization, body: upload ? .upload() : nil, entrance: entrance, handler)
  }

  /// Pages that admins of single programs use too; `pattern` is what follows `/o/:slug`. An upload is a form whose files may be large: it lies in a
  /// file of the server's until the answer is made.
  mutating func program(
    _ method: String, _ pattern: String, slow: Bool = false, upload: Bool = false,
    _ handler: @escaping @Sendable (Context, OrganizationScope) throws -> Response
  ) {
    within(method, pattern, slow, .program, body: upload ? .upload() : nil, handler)
  }

  /// A coach's own pages; `pattern` is what follows `/coach/:coach`.
  mutating func coach(
    _ method: String, _ pattern: String, slow: Bool = false, upload: Bool = false,
    _ handler: @escaping @Sendable (Context, CoachScope) throws -> Response
  ) {
    on(method, "/coach/:coach" + (pattern == "/" ? "" : pattern), slow, .coach, body: upload ? .upload() : nil) {
      try handler($0, try $0.coachScope())
    }
  }

  /// A page without further parameters also answers without `/o/{slug}`, by leading there whoever has one organization.
  private mutating func within(
    _ method: String, _ pattern: String, _ slow: Bool, _ audience: Audience, body: BodyPolicy? = nil, entrance: Bool = true,
    _ handler: @escaping @Sendable (Context, OrganizationScope) throws -> Response
  ) {
    on(method, "/o/:slug" + (pattern == "/" ? "" : pattern), slow, audience, body: body) {
      try handler($0, try $0.organizationScope())
    }
    guard entrance, method == "GET", !pattern.contains(":") else { return }
    on("GET", pattern, false, .signedIn) { try Entrance.lead($0, to: pattern) }
  }

  private mutating func on(
    _ method: String, _ pattern: String, _ slow: Bool, _ audience: Audience, body: BodyPolicy? = nil,
    _ handler: @escaping @Sendable (Context) throws -> Response
  ) {
    let site = site
    table.append((method, pattern))
    let changes = method != "GET"
    router.on(method, pattern, slow: slow, body: body ?? (changes ? .form : .none), admit: { try site.admit(&$0, audience) }) { request in
      site.answer(request) {
        let context = try Context(site: site, request: request, admission: request.context as? Admission)
        if changes { try context.checkCSRF() }
        let response = try handler(context)
        if changes { site.changes.signal() }
        return site.finished(response)
      }
    }
  }
}

extension Context {
  /// Who is signed in. A group that hands it to its handlers has admitted nobody without.
  fileprivate func viewer() throws -> Viewer {
    guard let session else { throw Failure.notFound }
    return session.viewer
  }

  fileprivate func coachScope() throws -> CoachScope {
    guard let coach else { throw Failure.notFound }
    return coach
  }

  fileprivate func organizationScope() throws -> OrganizationScope {
    guard let scope else { throw Failure.notFound }
    return scope
  }
}
