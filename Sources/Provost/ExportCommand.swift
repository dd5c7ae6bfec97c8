public import ArgumentParser
import Database
public import Domain
import Foundation

/// `provost export usage-report|membership-report --organization SLUG`
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a report as CSV, in UTF-8 without byte order mark.",
    discussion: "KIND is usage-report or membership-report. What is exported can be imported again and changes nothing.")

  @OptionGroup var common: CommonOptions

  @Argument(help: "Which report.")
  var kind: Report

  @Option(help: "The slug of the organization.")
  var organization: String

  @Option(help: "The slug of a program; repeat it for several. Without it, all programs.")
  var program: [String] = []

  @Option(help: "The file to write, instead of standard output. It appears whole or not at all.")
  var output: String?

  func run() throws {
    try common.withDatabase { database in
      try database.export { connection in
        let scope = try OrganizationScope.forCommand(organization, in: connection)
        let programs = program.isEmpty ? nil : try Report.programs(program, scope: scope, in: connection)
        guard let output else {
          return try kind.write(scope: scope, programs: programs, in: connection, bom: false) {
            try FileWriting.write($0, to: 1, "standard output")
          }
        }
        try FileWriting.replacing(output) { file in
          try kind.write(scope: scope, programs: programs, in: connection, bom: false) { try file.write($0) }
        }
      }
    }
  }
}

extension Report: ExpressibleByArgument {}
