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
      PROVOST_LOG (text or json), PROVOST_SECRET, PROVOST_CLOCK. SIGTERM stops the server gracefully; SIGHUP reads the certificate again.
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
      let server = try makeServer(settings, database, migrations, log)
      try server.start()
      announce("Provost listens on \(settings.tls == nil ? "http" : "https")://\(server.address.map(String.init(describing:)) ?? "")")
      signals.wait {
        do {
          try server.reloadCertificate()
          log.note("read the certificate again")
        } catch {
          log.problem("\(error)")
        }
      }
      server.stop()
    }
    _ = consume lock
  }

  private func makeServer(_ settings: ServeSettings, _ database: any Database, _ migrations: Migrations, _ log: SiteLog) throws -> Server {
    let resources = try common.findResources()
    let demo = try database.read { try $0.scalar("SELECT count(*) FROM accounts WHERE demo = 1") }
    let site = try Site(
      database: database, migrations: migrations,
      templates: ReloadingTemplates(directory: resources.templates, mode: reload ? .reload : .fixed),
      assets: Assets(directory: resources.assets, reloads: reload), key: common.installationKey(),
      settings: SiteSettings(
        publicURL: settings.publicURL, isLoopback: settings.isLoopback, clock: settings.clock, clockIsSet: settings.clockIsSet,
        hasDemo: demo > 0, version: Provost.version),
      log: log)
    var configuration = Configuration(listen: settings.listen)
    configuration.tls = settings.tls
    configuration.trustedProxies = settings.trustedProxies
    configuration.allowedHosts = settings.hosts
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

  /// Waits for one that stops; calls `onHangUp` for each SIGHUP until then.
  func wait(onHangUp: () -> Void) {
    while true {
      var signal: Int32 = 0
      var set = set
      guard sigwait(&set, &signal) == 0 else { continue }
      guard signal == SIGHUP else { return }
      onHangUp()
    }
  }
}

/// Writes a line to standard output at once, also into a pipe.
private func announce(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
