import ArgumentParser
import Domain

/// `provost contract …`
struct ContractCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "contract", abstract: "Make a contract.", subcommands: [Create.self])

  struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a contract of an organization.",
      discussion: "It begins with the first day and ends with the last, in the organization's time zone.")

    @OptionGroup var common: CommonOptions

    @Option(help: "The slug of the organization.")
    var organization: String

    @Option(help: "The name, once in the organization.")
    var name: String

    @Option(help: "What it counts: unlimited, memberships or enrollments.")
    var kind: String

    @Option(help: "How many were bought; left out for unlimited.")
    var places: String?

    @Option(help: "The first day, such as 2026-11-22.")
    var starts: String

    @Option(help: "The last day.")
    var ends: String

    @Option(help: "When a license is occupied: joining, first-enrollment or invitation.")
    var occupiedOn = "joining"

    @Option(help: "The slug of a program that it is for; repeat it for several.")
    var program: [String]

    func run() throws {
      let now = try common.clock().now
      var draft = ContractDraft()
      (draft.name, draft.kind, draft.places, draft.occupiedOn) = (name, kind, places ?? "", occupiedOn)
      (draft.starts, draft.ends, draft.programs) = (starts, ends, program)
      let contract = try common.withDatabase { [draft] database in
        let scope = try database.read { try OrganizationScope.forCommand(organization, in: $0) }
        return try Contract.create(draft, scope: scope, at: now, in: database)
      }
      let what = contract.quantity.map { "\($0) \(contract.kind.word)" } ?? contract.kind.word
      print("Made the contract \(contract.name): \(what), from \(starts) through \(ends).")
    }
  }
}
