import ArgumentParser
import Domain

/// `provost organization …`
struct OrganizationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "organization", abstract: "Make an organization.", subcommands: [Create.self])

  struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Make an organization.")

    @OptionGroup var common: CommonOptions

    @Option(help: "The name in addresses: lower-case letters, digits and hyphens. It never changes.")
    var slug: String

    @Option(help: "The name as shown.")
    var name: String

    @Option(help: "The IANA time zone of all times on its pages, such as Europe/Berlin.")
    var timeZone = "UTC"

    func run() throws {
      let now = try common.clock().now
      let organization = try common.withDatabase {
        try Organization.create(slug: slug, name: name, timeZone: timeZone, by: AuditTrail.commandLine, at: now, in: $0)
      }
      print("Made the organization \(organization.name). Its pages are under /o/\(organization.slug).")
      print("Next: provost admin create --role organization --organization \(organization.slug) --email EMAIL --name NAME")
    }
  }
}
