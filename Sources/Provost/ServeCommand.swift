import ArgumentParser
import Database
import Domain
import Foundation
import HTTPServer
import Templates
import Web

/// `provost serve`
struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serve the console.",
    discussion: """
      Further settings come from the environment: PROVOST_PUBLIC_URL (needed when others can reach the server), PROVOST_TRUSTED_PROXIES, \
      PROVOST_LOG (text or json), PROVOST_SECRET, PROVOST_CLOCK. Mail is handed to PROVOST_SMTP_URL \
      (smtp://user:password@host:587?starttls=required|opportunistic|never&rate=20&ca=FILE, or smtps://) as PROVOST_MAIL_FROM; without it, mail is \
      kept and shown in the console. PROVOST_SUPPORT_EMAIL is whom administrators ask. SIGTERM stops the server gracefully; SIGHUP reads the certificate again.
      """)

  @OptionGroup var common: CommonOptions

  @Option(help: "Address and port to listen on. [PROVOST_LISTEN, default: 127.0.0.1:8080]")
  var listen: String?

  @Option(help: "A PEM file with the certificate and its chain.")
  var tlsCertificate: String?

  @Option(help: "A PEM file with the certificate's key.")
  var tlsKey: String?

  @Flag(help: "Pick up edited templates, styles and scripts without a restart.")
  var reload = false

  func run() throws {
    let settings = try ServeSettings(
      listen: listen, certificate: tlsCertificate, key: tlsKey, clock: try common.clock(), environment: common.environment)
    common.environment.warnOfUnknown()
    try common.makeDataFolder()
    let lock = try FolderLock(folder: common.dataFolder, file: common.fileElsewhere)
    let log = SiteLog(settings.logStyle)
    // Blocked before any thread starts, so that only the wait below gets them.
    let signals = StopSignals()
    try common.openDatabaseForCommand(onSlowStatement: { log.slowStatement($0, $1) }) { database, migrations in
      for name in try common.upgrade(database, migrations) { log.note("applied the migration \(name)") }
      try common.withSessions(of: database, onSlowStatement: { log.slowStatement($0, $1) }) { identity in
        let site = try makeSite(settings, identity, migrations, log)
        let server = makeServer(settings, site, log)
        try server.start()
        let mail = MailSender(site)
        mail.start()
        defer { mail.waitForEnd() }
        announce("Provost listens on \(settings.tls == nil ? "http" : "https")://\(server.address.map(String.init(describing:)) ?? "")")
        serve(server, identity, signals, log) { mail.beginStop() }
        site.waitForWork(atMost: 5)
      }
    }
    _ = consume lock
  }

  /// Until a signal stops the server, the thread that waits for one tidies what sign-ins leave behind.
  private func serve(_ server: Server, _ identity: IdentityDatabase, _ signals: StopSignals, _ log: SiteLog, onStop: () -> Void) {
    func trying(_ body: () throws -> Void) { do { try body() } catch { log.problem("\(error)") } }
    while true {
      trying { try identity.tidy() }
      switch signals.wait(seconds: 10) {
      case nil: continue
      case SIGHUP:
        trying {
          try server.reloadCertificate()
          log.note("read the certificate again")
        }
      default:
        onStop()
        server.stop()
        // What cannot be moved now is moved after the next start.
        trying { try identity.tidy(patience: .seconds(1)) }
        return
      }
    }
  }

  private func makeSite(
    _ settings: ServeSettings, _ identity: IdentityDatabase, _ migrations: Migrations, _ log: SiteLog
  ) throws -> Site {
    let resources = try common.findResources()
    let demo = try identity.main.read { try $0.scalar("SELECT count(*) FROM accounts WHERE demo = 1") }
    var decided = SiteSettings(
      publicURL: settings.publicURL, isLoopback: settings.isLoopback, clock: settings.clock, clockIsSet: settings.clockIsSet,
      hasDemo: demo > 0, version: Provost.version)
    (decided.mailServer, decided.mailAddress, decided.supportEmail) = (settings.mailServer, settings.mailAddress, settings.supportEmail)
    return try Site(
      identity: identity, migrations: migrations,
      templates: ReloadingTemplates(directory: resources.templates, mode: reload ? .reload : .fixed),
      assets: Assets(directory: resources.assets, reloads: reload), key: common.installationKey(),
      settings: decided, log: log)
  }

  private func makeServer(_ settings: ServeSettings, _ site: Site, _ log: SiteLog) -> Server {
    var configuration = Configuration(listen: settings.listen)
    configuration.tls = settings.tls
    configuration.trustedProxies = settings.trustedProxies
    configuration.allowedHosts = settings.hosts
    configuration.headers = site.headersOfServer
    return Server(
      configuration, router: site.router(), errorPage: { site.errorPage(status: $0, request: $1, message: $2) },
      onFinish: { site.note($0) }, onTrouble: { log.problem($0) })
  }
}

/// SIGTERM and SIGINT, which stop the server, and SIGHUP.
struct StopSignals {
  private var set = sigset_t()

  /// Blocks them for this thread and all that it starts.
  init() {
    sigemptyset(&set)
    for signal in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&set, signal) }
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Waits for one and returns it; nil when none came in time.
  func wait(seconds: Int) -> Int32? {
    var (set, time) = (set, timespec(tv_sec: seconds, tv_nsec: 0))
    let signal = sigtimedwait(&set, nil, &time)
    return signal > 0 ? signal : nil
  }
}

/// Writes a line to standard output at once, also into a pipe.
private func announce(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
