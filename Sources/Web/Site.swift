public import Database
public import Domain
public import HTTPServer
public import Secrets
public import Templates

/// The installation as the web sees it: what every page stands on, and every route.
public final class Site: Sendable {
  /// The database.
  public let database: any Database
  /// What the one who runs the installation decided.
  public let settings: SiteSettings
  /// The program's clock.
  public var clock: Clock { settings.clock }
  let templates: ReloadingTemplates
  let assets: Assets
  let key: InstallationKey
  let log: SiteLog
  let migrations: Migrations
  let cookies: SiteCookies
  let sessions: SessionStore
  let signIn: SignIn
  let setPassword: SetPassword
  let metrics = Metrics()
  private let headers: SecurityHeaders

  /// - Parameters:
  ///   - migrations: what the health check compares the database with.
  ///   - key: signs links, forms of visitors and flash messages.
  public init(
    database: any Database, migrations: Migrations, templates: ReloadingTemplates, assets: Assets, key: InstallationKey,
    settings: SiteSettings, log: SiteLog
  ) {
    (self.database, self.migrations, self.templates, self.assets) = (database, migrations, templates, assets)
    (self.key, self.settings, self.log) = (key, settings, log)
    cookies = SiteCookies(isSecure: settings.publicURL.isSecure)
    headers = SecurityHeaders(demandsTLS: settings.publicURL.isSecure)
    sessions = SessionStore(database, clock: settings.clock)
    signIn = SignIn(database, clock: settings.clock, key: key, allowsDemo: settings.allowsDemo)
    setPassword = SetPassword(database, clock: settings.clock, key: key)
  }

  /// Every route, one line each, grouped by who may use it. The patterns of `organization` and `program` follow `/o/:slug`.
  public func router() -> Router {
    var routes = Routes(site: self)

    routes.machine("GET", "/healthz", Health(self).respond)
    routes.machine("GET", "/metrics", metrics.respond)
    routes.machine("GET", Assets.prefix + "/*file", assets.respond)

    routes.anyone("GET", "/sign-in", SignInPages.show)
    routes.anyone("POST", "/sign-in", slow: true, SignInPages.create)
    routes.anyone("GET", "/set-password/:token", SetPasswordPages.show)
    routes.anyone("POST", "/set-password/:token", slow: true, SetPasswordPages.create)
    routes.anyone("POST", "/theme", Theme.choose)

    routes.signedIn("POST", "/sign-out", slow: true, SignInPages.end)

    routes.severalOrganizations("GET", "/organizations", OrganizationPages.list)

    return routes.router
  }

  /// Notes a finished request in the log and in the metrics.
  public func note(_ request: Request?, method: String, status: Int, bytes: Int, took duration: Duration) {
    let admission = request?.context as? Admission
    let entry = SiteLog.Access(
      id: request?.id ?? "-", method: method, route: request?.route ?? "", status: status, milliseconds: duration.inMilliseconds,
      bytes: bytes, user: admission?.session?.viewer.accountID)
    metrics.count(entry)
    log.access(entry)
  }

  /// Adds the header fields that every response carries.
  func finished(_ response: Response) -> Response {
    var response = response
    headers.add(to: &response)
    return response
  }

  /// What stands above every page of an installation on trial; nil in earnest.
  func banner(at now: Moment) -> String? {
    var sentences: [String] = []
    if settings.hasDemo { sentences.append("This installation holds demo accounts. Only this machine can reach it.") }
    if settings.clockIsSet { sentences.append("Its clock was set: it is \(Format(timeZone: "UTC", now: now).time(now)) UTC here.") }
    return sentences.isEmpty ? nil : sentences.joined(separator: " ")
  }
}
