public import ArgumentParser
import CSV
import Database
public import Domain
import Foundation

/// `provost import KIND FILE --organization SLUG`
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Take a file of another system into an organization: all of it or nothing.",
    discussion: """
      KIND is one of courses, assessments, membership-report, usage-report, assessment-attempts, coaches, engagements, coaching-sessions, \
      feedback-invitations and nps-responses. Columns are found by their names, in any order and case. What is there already is not touched, so the \
      same file again changes nothing.
      """)

  @OptionGroup var common: CommonOptions

  @Argument(help: "What the file says.")
  var kind: ImportKind

  @Argument(help: "The CSV file, of any size.", completion: .file(extensions: ["csv"]))
  var file: String

  @Option(help: "The slug of the organization.")
  var organization: String

  @Flag(help: "Check the file and say what an import would do; write nothing.")
  var dryRun = false

  @Flag(help: "Import the good rows and write the bad ones, each with its reason, to NAME.rejected.csv beside the file.")
  var skipBadRows = false

  @Option(help: "How the file is encoded where it is neither UTF-8 nor marked: windows-1252.")
  var encoding: Encoding?

  /// Encodings that a file cannot say of itself.
  enum Encoding: String, ExpressibleByArgument, CaseIterable {
    case windows1252 = "windows-1252"
  }

  func run() throws {
    // A limit of file sizes is met as a sentence, not as a signal.
    signal(SIGXFSZ, SIG_IGN)
    let clock = try common.clock()
    var options = Import.Options()
    options.isDryRun = dryRun
    options.skipsBadRows = skipBadRows
    if encoding == .windows1252 { options.encoding = .windows1252 }
    let job = Import(kind, path: file, options: options)
    let meter = ImportMeter(path: file)
    defer { meter.clear() }
    let outcome = try common.withDatabase { database in
      let scope = try database.read { try OrganizationScope.forCommand(organization, in: $0) }
      return try job.run(organization: scope.organization.id, into: database, clock: clock) { meter.show($0) }
    }
    meter.clear()
    for fault in outcome.faults { complain("\(file): \(fault)") }
    if outcome.badRows > Int64(outcome.faults.count), !outcome.isBroken {
      complain("\(file): … and more; \(outcome.badRows) rows are bad in all.")
    }
    guard outcome.isDone || (outcome.isDryRun && !outcome.isBroken && !outcome.isRefused) else { throw CommandFailure(outcome.summary) }
    print(outcome.summary)
  }
}

extension ImportKind: ExpressibleByArgument {}

extension OrganizationScope {
  /// The organization of a slug for whoever may use the command line: the people who run the installation.
  ///
  /// - Throws: `CommandFailure` where there is none.
  static func forCommand(_ slug: String, in connection: any Connection) throws -> OrganizationScope {
    let viewer = Viewer(accountID: AuditTrail.commandLine, name: "", email: "", grants: [.accountTeam])
    do {
      return try OrganizationScope.find(slug: slug, for: viewer, in: connection)
    } catch let failure as Failure where failure.code == .notFound {
      throw CommandFailure("There is no organization \"\(slug)\". Make it with: provost organization create --slug \(slug) --name NAME")
    }
  }
}

/// Shows on a terminal how far an import is; says nothing in a pipe.
final class ImportMeter {
  private let isTerminal = isatty(2) == 1
  private let size: Int64
  private var shown = ""

  init(path: String) {
    var info = stat()
    size = stat(path, &info) == 0 ? Int64(info.st_size) : 0
  }

  func show(_ progress: Import.Progress) {
    guard isTerminal else { return }
    switch progress {
    case .reading(let bytes): say(size > 0 ? "reading \(min(100, bytes * 100 / size)) %" : "reading")
    case .checking: say("checking")
    case .writing: say("writing")
    }
  }

  func clear() { if isTerminal, !shown.isEmpty { say("") } }

  private func say(_ text: String) {
    guard text != shown else { return }
    shown = text
    FileHandle.standardError.write(Data("\r\u{1b}[K\(text)".utf8))
  }
}
