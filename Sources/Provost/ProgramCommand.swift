import ArgumentParser
import Domain

/// `provost program …`
struct ProgramCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "program", abstract: "Make a program.", subcommands: [Create.self])

  struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Make a program of an organization.")

    @OptionGroup var common: CommonOptions

    @Option(help: "The slug of the organization.")
    var organization: String

    @Option(help: "The name in addresses: lower-case letters, digits and hyphens. It never changes.")
    var slug: String

    @Option(help: "The name as shown.")
    var name: String

    func run() throws {
      let now = try common.clock().now
      let program = try common.withDatabase { database in
        let scope = try database.read { try OrganizationScope.forCommand(organization, in: $0) }
        return try Program.create(slug: slug, name: name, scope: scope, at: now, in: database)
      }
      print("Made the program \(program.name). Its pages are under /o/\(organization)/programs/\(program.slug).")
      print(
        "Next: provost contract create --organization \(organization) --program \(program.slug) --name NAME --kind KIND --starts DAY --ends DAY"
      )
    }
  }
}
