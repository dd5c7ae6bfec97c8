public import Database
public import Domain
public import HTTPServer
public import Secrets
public import Templates

/// The installation as the web sees it: what every page stands on, and every route.
public final class Site: Sendable {
  /// The database.
  public var database: any Database { identity.main }
  /// Sessions and all that goes with them.
  let identity: IdentityDatabase
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
  let joining: Joining
  let metrics = Metrics()
  let addresses = Addresses()
  /// Writes mails.
  let renderer: MailRenderer
  /// Tells whoever waits for work that something was written.
  public let changes = WakeUp()
  /// The confirmations of files that this process is at.
  let uploads: RunningUploads
  private let headers: SecurityHeaders

  /// The templates of pages, which must be there when the server starts. (What these include is checked when they are read.)
  static let pages = [
    "coaching/act", "coaching/coach", "coaching/list",
    "accountteam/coach", "accountteam/details", "accountteam/form", "accountteam/list", "accountteam/organizations", "errors/error",
    "home/home", "identity/link-invalid", "identity/set-password", "identity/sign-in",
    "invitations/bulk", "invitations/choose", "invitations/draft", "invitations/list", "invitations/new", "invitations/show",
    "learning/join", "learning/join-refused", "learning/program",
    "coaching/calendar", "coaching/own-hours", "coaching/own-learner", "coaching/own-list", "coaching/own-profile", "coaching/schedule",
    "coaching/session", "coaching/time-off",
    "contracts/contract", "contracts/list", "settings/settings", "settings/email", "settings/email-kind", "outbox/list", "outbox/mail",
    "outbox/preferences", "shared/act", "shared/confirm-page", "shared/form-page", "users/attributes",
    "uploads/checked", "users/erasure", "users/profile",
    "programs/list", "programs/main", "programs/members", "programs/removal", "programs/removed", "programs/settings", "users/list",
    "usermetrics/act", "usermetrics/add", "usermetrics/add-choose", "usermetrics/export", "usermetrics/learner", "usermetrics/learners",
    "usermetrics/recent", "usermetrics/views",
  ]

  /// - Parameters:
  ///   - identity: the database, and the store of its sessions.
  ///   - migrations: what the health check compares the database with.
  ///   - key: signs links, forms of visitors and flash messages.
  /// - Throws: `MissingTemplate`, or what reading the templates throws.
  public init(
    identity: IdentityDatabase, migrations: Migrations, templates: ReloadingTemplates, assets: Assets, key: InstallationKey,
    settings: SiteSettings, log: SiteLog
  ) throws {
    let names = Set(try templates.current().names)
    if let missing = (Site.pages + MailRenderer.templateNames).first(where: { !names.contains($0) }) {
      throw MissingTemplate(name: missing)
    }
    (self.identity, self.migrations, self.templates, self.assets) = (identity, migrations, templates, assets)
    (self.key, self.settings, self.log) = (key, settings, log)
    cookies = SiteCookies(isSecure: settings.publicURL.isSecure)
    headers = SecurityHeaders(demandsTLS: settings.publicURL.isSecure)
    sessions = SessionStore(identity, clock: settings.clock)
    signIn = SignIn(identity, clock: settings.clock, key: key, allowsDemo: settings.allowsDemo)
    setPassword = SetPassword(identity.main, clock: settings.clock, key: key)
    renderer = MailRenderer(templates: templates, publicURL: settings.publicURL, key: key)
    joining = Joining(identity.main, clock: settings.clock, key: key)
    uploads = try RunningUploads(identity.main, settings: settings, log: log, changes: changes)
  }

  /// What the server asks with each request.
  public func router() -> Router { routes().router }

  /// Every route, one line each, grouped by who may use it. The patterns of `organization` and `program` follow `/o/:slug`.
  func routes() -> Routes {
    var routes = Routes(site: self)

    routes.machine("GET", "/healthz", Health(self).respond)
    routes.machine("GET", "/metrics", metrics.respond)
    routes.machine("GET", Assets.prefix + "/*file", assets.respond)
    routes.machine("GET", "/brand/:file", BrandStylesheet.respond)
    routes.machine("GET", "/files/:file", Files(self).respond)

    routes.anyone("GET", "/sign-in", SignInPages.show)
    routes.anyone("POST", "/sign-in", slow: true, SignInPages.create)
    routes.anyone("GET", "/set-password/:token", SetPasswordPages.show)
    routes.anyone("POST", "/set-password/:token", slow: true, SetPasswordPages.create)
    routes.anyone("POST", "/theme", Theme.choose)

    routes.anyone("GET", "/join/:token", JoinPages.show)
    routes.anyone("POST", "/join/:token", slow: true, JoinPages.create)
    routes.anyone("POST", "/join/:token/mail", slow: true, JoinPages.send)
    routes.anyone("GET", "/preferences/:token", PreferencesPages.show)
    routes.anyone("POST", "/preferences/:token", slow: true, PreferencesPages.save)

    routes.signedIn("GET", "/programs/:organization/:program", LearnerPages.show)
    routes.signedIn("POST", "/programs/:organization/:program/membership", slow: true, LearnerPages.join)
    routes.signedIn("POST", "/sign-out", slow: true, SignInPages.end)

    routes.severalOrganizations("GET", "/organizations", OrganizationPages.list)

    routes.program("GET", "/", HomePages.show)
    routes.program("GET", "/programs", ProgramPages.list)
    routes.program("GET", "/programs.csv", slow: true, ProgramPages.export)
    routes.program("GET", "/programs/:program", ProgramPages.main)
    routes.program("GET", "/programs/:program/members", MemberPages.list)
    routes.program("GET", "/programs/:program/members.csv", slow: true, MemberPages.export)
    routes.program("GET", "/programs/:program/members/emails.csv", slow: true, MemberPages.emails)
    routes.program("GET", "/programs/:program/members/removal", MemberActPages.ask)
    routes.program("POST", "/programs/:program/members/removal", slow: true, MemberActPages.remove)
    routes.program("POST", "/programs/:program/members/restoration", slow: true, MemberActPages.restore)
    routes.program("GET", "/programs/:program/invitations", InvitationPages.list)
    routes.program("GET", "/programs/:program/invitations.csv", slow: true, InvitationPages.export)
    routes.program("GET", "/programs/:program/invitations/message", InvitationMessagePages.show)
    routes.program("POST", "/programs/:program/invitations/message", slow: true, InvitationMessagePages.save)
    routes.program("GET", "/programs/:program/invitations/resend", InvitationActPages.askToResend)
    routes.program("POST", "/programs/:program/invitations/resend", slow: true, InvitationActPages.resend)
    routes.program("GET", "/programs/:program/invitations/revocation", InvitationActPages.askToRevoke)
    routes.program("POST", "/programs/:program/invitations/revocation", slow: true, InvitationActPages.revoke)
    routes.program("GET", "/programs/:program/invitations/preview", InvitationPreviewPages.show)
    routes.program("GET", "/programs/:program/invitations/preview/body", InvitationPreviewPages.body)
    routes.program("GET", "/programs/:program/invitations/:user", InvitationPages.show)
    routes.program("GET", "/programs/:program/settings", ProgramSettingsPages.show)
    routes.program("POST", "/programs/:program/settings", slow: true, ProgramSettingsPages.save)
    routes.program("POST", "/programs/:program/banner", slow: true, upload: true, ProgramSettingsPages.saveBanner)
    routes.program("POST", "/programs/:program/banner/removal", slow: true, ProgramSettingsPages.removeBanner)
    routes.program("GET", "/programs/:program/removal", ProgramRemovalPages.ask)
    routes.program("POST", "/programs/:program/removal", slow: true, ProgramRemovalPages.remove)
    routes.program("GET", "/invitations/new", InvitingPages.show)
    routes.program("POST", "/invitations/new", InvitingPages.create)
    routes.program("GET", "/invitations/bulk", BulkPages.show)
    routes.program("POST", "/invitations/bulk", slow: true, upload: true, BulkPages.check)
    routes.program("GET", "/invitations/bulk/template.csv", slow: true, BulkPages.template)
    routes.program("GET", "/invitations/bulk/:draft", DraftPages.show)
    routes.program("POST", "/invitations/bulk/:draft/confirmation", slow: true, DraftPages.confirm)
    routes.program("POST", "/invitations/bulk/:draft/removal", slow: true, DraftPages.discard)
    routes.program("GET", "/invitations/bulk/:draft/rejected.csv", slow: true, DraftPages.rejected)
    routes.program("GET", "/reports/usage-report.csv", slow: true, ReportPages.usage)
    routes.program("GET", "/reports/membership-report.csv", slow: true, ReportPages.membership)

    routes.organization("GET", "/users", UserPages.list)
    routes.organization("GET", "/users.csv", slow: true, UserPages.export)
    routes.organization("GET", "/users/attributes", AttributePages.show)
    routes.organization("POST", "/users/attributes", slow: true, upload: true, AttributePages.check)
    routes.organization("GET", "/users/attributes/template.csv", slow: true, AttributePages.template)
    routes.organization("GET", "/users/attributes/:draft", AttributePages.draft)
    routes.organization("POST", "/users/attributes/:draft/confirmation", slow: true, AttributePages.confirm)
    routes.organization("POST", "/users/attributes/:draft/removal", slow: true, AttributePages.discard)
    routes.organization("GET", "/users/attributes/:draft/rejected.csv", slow: true, AttributePages.rejected)
    routes.organization("GET", "/users/:user", UserProfilePages.show)
    routes.organization("GET", "/users/:user/edit", UserProfilePages.edit)
    routes.organization("POST", "/users/:user/edit", slow: true, UserProfilePages.update)
    routes.organization("GET", "/users/:user/deactivation", UserProfilePages.askDeactivation)
    routes.organization("POST", "/users/:user/deactivation", slow: true, UserProfilePages.deactivate)
    routes.organization("GET", "/users/:user/reactivation", UserProfilePages.askReactivation)
    routes.organization("POST", "/users/:user/reactivation", slow: true, UserProfilePages.reactivate)
    routes.organization("GET", "/users/:user/data.json", slow: true, ErasurePages.export)
    routes.organization("GET", "/users/:user/erasure", ErasurePages.ask)
    routes.organization("POST", "/users/:user/erasure", slow: true, ErasurePages.erase)
    routes.organization("GET", "/user-metrics/learners", LearnerListPages.list)
    routes.organization("GET", "/user-metrics/learners.csv", slow: true, LearnerListPages.export)
    routes.organization("GET", "/user-metrics/learners/export", LearnerListPages.choose)
    routes.organization("GET", "/user-metrics/learners/views", SavedViewPages.list)
    routes.organization("GET", "/user-metrics/learners/views/new", SavedViewPages.new)
    routes.organization("POST", "/user-metrics/learners/views/new", slow: true, SavedViewPages.create)
    routes.organization("GET", "/user-metrics/learners/views/:view/removal", SavedViewPages.ask)
    routes.organization("POST", "/user-metrics/learners/views/:view/removal", slow: true, SavedViewPages.remove)
    routes.organization("GET", "/user-metrics/learners/deactivation", LearnerActPages.ask(.deactivation))
    routes.organization("POST", "/user-metrics/learners/deactivation", slow: true, LearnerActPages.perform(.deactivation))
    routes.organization("GET", "/user-metrics/learners/reactivation", LearnerActPages.ask(.reactivation))
    routes.organization("POST", "/user-metrics/learners/reactivation", slow: true, LearnerActPages.perform(.reactivation))
    routes.organization("GET", "/user-metrics/learners/pause", LearnerActPages.ask(.pause))
    routes.organization("POST", "/user-metrics/learners/pause", slow: true, LearnerActPages.perform(.pause))
    routes.organization("GET", "/user-metrics/learners/resumption", LearnerActPages.ask(.resumption))
    routes.organization("POST", "/user-metrics/learners/resumption", slow: true, LearnerActPages.perform(.resumption))
    routes.organization("GET", "/user-metrics/learners/extension", LearnerActPages.ask(.extending))
    routes.organization("POST", "/user-metrics/learners/extension", slow: true, LearnerActPages.perform(.extending))
    routes.organization("GET", "/user-metrics/learners/coach", LearnerActPages.ask(.coach))
    routes.organization("POST", "/user-metrics/learners/coach", slow: true, LearnerActPages.perform(.coach))
    routes.organization("GET", "/user-metrics/learners/note", LearnerActPages.ask(.note))
    routes.organization("POST", "/user-metrics/learners/note", slow: true, LearnerActPages.perform(.note))
    routes.organization("GET", "/user-metrics/learners/remeasurement", LearnerActPages.ask(.remeasurement))
    routes.organization("POST", "/user-metrics/learners/remeasurement", slow: true, LearnerActPages.perform(.remeasurement))
    routes.organization("GET", "/user-metrics/learners/new", AddLearnersPages.show)
    routes.organization("POST", "/user-metrics/learners/new", slow: true, AddLearnersPages.create)
    routes.organization("POST", "/user-metrics/learners/new/people", slow: true, AddLearnersPages.search)
    routes.organization("POST", "/user-metrics/learners/new/file", slow: true, upload: true, AddLearnersPages.check)
    routes.organization("GET", "/user-metrics/learners/new/template.csv", slow: true, AddLearnersPages.template)
    routes.organization("GET", "/user-metrics/learners/new/file/:draft", LearnerUploadPages.show)
    routes.organization("POST", "/user-metrics/learners/new/file/:draft/confirmation", slow: true, LearnerUploadPages.confirm)
    routes.organization("POST", "/user-metrics/learners/new/file/:draft/removal", slow: true, LearnerUploadPages.discard)
    routes.organization("GET", "/user-metrics/learners/new/file/:draft/rejected.csv", slow: true, LearnerUploadPages.rejected)
    routes.organization("GET", "/user-metrics/learners/restoration", LearnerActPages.recent)
    routes.organization("POST", "/user-metrics/learners/restoration", slow: true, LearnerActPages.restore)
    routes.organization("GET", "/user-metrics/learners/:engagement", LearnerProfilePages.show)
    routes.organization("GET", "/settings", SettingsPages.show)
    routes.organization("POST", "/settings", slow: true, SettingsPages.save)
    routes.organization("GET", "/settings/email", EmailSettingsPages.list)
    routes.organization("GET", "/settings/email/:kind", EmailSettingsPages.show)
    routes.organization("GET", "/settings/email/:kind/body", EmailSettingsPages.body)
    routes.organization("POST", "/settings/email/:kind/switch", slow: true, EmailSettingsPages.set)
    routes.organization("GET", "/outbox", OutboxPages.list)
    routes.organization("GET", "/outbox.csv", slow: true, OutboxPages.export)
    routes.organization("GET", "/outbox/:mail", MailPages.show)
    routes.organization("GET", "/outbox/:mail/body", MailPages.body)
    routes.organization("POST", "/outbox/:mail/retry", slow: true, MailPages.retry)
    routes.organization("GET", "/contracts", ContractPages.list)
    routes.organization("GET", "/contracts.csv", slow: true, ContractPages.export)
    routes.organization("GET", "/contracts/:contract", ContractPages.show)
    routes.organization("GET", "/contracts/:contract/ledger.csv", slow: true, ContractPages.ledger)

    routes.installation("GET", "/organizations/new", SetUpPages.newOrganization)
    routes.installation("POST", "/organizations/new", slow: true, SetUpPages.createOrganization)
    routes.accountTeam("GET", "/programs/new", SetUpPages.newProgram)
    routes.accountTeam("POST", "/programs/new", slow: true, SetUpPages.createProgram)
    routes.accountTeam("GET", "/contracts/new", ContractFormPages.new)
    routes.accountTeam("POST", "/contracts/new", slow: true, ContractFormPages.create)
    routes.accountTeam("GET", "/contracts/:contract/edit", ContractFormPages.edit)
    routes.accountTeam("POST", "/contracts/:contract/edit", slow: true, ContractFormPages.update)

    routes.addCoachingSetUp()
    routes.addCoachMetrics()
    routes.addCoachPages()

    addresses.learn(routes.table)
    return routes
  }

  /// The header fields of answers that the server makes without a route, such as the way to an address's usual spelling.
  public var headersOfServer: Headers { finished(Response()).headers }

  /// Waits for work that goes on after its request was answered; for when the server stops.
  public func waitForWork(atMost seconds: Int) { uploads.waitForEnd(atMost: seconds) }

  /// Notes a finished request in the log and in the metrics.
  public func note(_ finished: FinishedRequest) {
    let admission = finished.context as? Admission
    let entry = SiteLog.Access(
      id: finished.id, method: finished.method, route: finished.route, status: finished.status,
      milliseconds: finished.handlerTime.inMilliseconds, bytes: finished.bytes, user: admission?.session?.viewer.accountID)
    metrics.count(entry)
    log.access(entry)
    if let error = finished.error { log.problem("\(error)", id: finished.id) }
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
    if settings.hasDemo {
      sentences.append(
        "This installation holds demo accounts. "
          + (settings.allowsDemo ? "Only this machine can reach it." : "They cannot sign in, since others can reach it."))
    }
    if settings.clockIsSet { sentences.append("Its clock was set: it is \(Format(timeZone: "UTC", now: now).time(now)) UTC here.") }
    return sentences.isEmpty ? nil : sentences.joined(separator: " ")
  }
}

/// A page's template that is not in the folder.
public struct MissingTemplate: Error, CustomStringConvertible {
  /// The template's name.
  public let name: String

  /// A sentence for the terminal.
  public var description: String { "The template \(name).html is missing from the folder Templates. Install the program's files again." }
}
