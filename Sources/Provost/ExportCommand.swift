import ArgumentParser
import Database
import Domain
import Foundation

/// `provost export usage-report|membership-report|learners --organization SLUG`
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a report or the coaching learners as CSV, in UTF-8 without byte order mark.",
    discussion: """
      KIND is usage-report, membership-report or learners. A report that is exported can be imported again and changes nothing. The learners come with \
      all 43 columns of the Learners page unless --column chooses some.
      """)

  /// What can be exported.
  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case usageReport = "usage-report"
    case membershipReport = "membership-report"
    case learners

    /// The report; nil for learners.
    var report: Report? { Report(rawValue: rawValue) }
  }

  @OptionGroup var common: CommonOptions

  @Argument(help: "What to export.")
  var kind: Kind

  @Option(help: "The slug of the organization.")
  var organization: String

  @Option(help: "Of a report: the slug of a program; repeat it for several. Without it, all programs.")
  var program: [String] = []

  @Option(help: "Of learners: the stage that they are in, such as steady-state. Without it, all stages.")
  var stage: String?

  @Option(help: "Of learners: the name of a group; repeat it for several. Without it, all groups.")
  var group: [String] = []

  @Option(help: "Of learners: the header of a column; repeat it for several, in the order wanted.")
  var column: [String] = []

  @Option(help: "The file to write, instead of standard output. It appears whole or not at all.")
  var output: String?

  func validate() throws {
    if kind == .learners {
      guard program.isEmpty else { throw ValidationError("--program narrows reports; learners are narrowed by --stage and --group.") }
    } else {
      guard stage == nil, group.isEmpty, column.isEmpty else {
        throw ValidationError("--stage, --group and --column are for learners; reports are narrowed by --program.")
      }
    }
  }

  func run() throws {
    let clock = try common.clock()
    try common.withDatabase { database in
      // Stages that time alone has changed are those of now, whether or not a server is running.
      if kind == .learners { try DueEngagements.move(at: clock.now, in: database) }
      try database.export { connection in
        let scope = try OrganizationScope.forCommand(organization, in: connection)
        let write = try writing(scope, in: connection)
        guard let output else { return try write { try FileWriting.write($0, to: 1, "standard output") } }
        try FileWriting.replacing(output) { file in try write { try file.write($0) } }
      }
    }
  }

  /// What will write the file; whatever is named and not there is found before it begins.
  private func writing(_ scope: OrganizationScope, in connection: any Connection) throws
    -> (@escaping (UnsafeRawBufferPointer) throws -> Void) throws -> Void
  {
    if let report = kind.report {
      let programs = program.isEmpty ? nil : try Report.programs(program, scope: scope, in: connection)
      return { try report.write(scope: scope, programs: programs, in: connection, bom: false, sink: $0) }
    }
    var filter = LearnerFilter()
    filter.stage = try stage.map(Stage.named)
    filter.groups = try LearnerFilter.groups(named: group, scope: scope, in: connection)
    let columns = column.isEmpty ? LearnerColumn.reference : try column.map(LearnerColumn.named)
    let list = try LearnerList(scope: scope)
    return { [filter] in
      try list.write(filter, sort: Sorting(.name, descending: false), columns: columns, bom: false, in: connection, to: $0)
    }
  }
}
