import ArgumentParser
import Domain
import Foundation
import Web

/// `provost admin …`
struct AdminCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "admin", abstract: "Make an administrator.", subcommands: [Create.self])

  struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make an administrator, or give one another role.",
      discussion:
        "The password is read from standard input. Without one, a link is printed with which the person sets it, once, within a day.")

    enum Role: String, ExpressibleByArgument, CaseIterable {
      case accountTeam = "account-team"
      case organization
      case program
    }

    @OptionGroup var common: CommonOptions

    @Option(help: "The email to sign in with.")
    var email: String

    @Option(help: "The person's name.")
    var name: String

    @Option(help: "What for: account-team, organization or program.")
    var role: Role

    @Option(help: "The organization's slug; for the roles organization and program.")
    var organization: String?

    @Option(help: "The program's slug; for the role program.")
    var program: String?

    func validate() throws {
      switch role {
      case .accountTeam:
        guard organization == nil, program == nil else {
          throw ValidationError("The account team has every organization: leave --organization and --program out.")
        }
      case .organization:
        guard organization != nil else { throw ValidationError("Name the organization with --organization SLUG.") }
        guard program == nil else { throw ValidationError("An organization's administrator has all its programs: leave --program out.") }
      case .program:
        guard organization != nil, program != nil else {
          throw ValidationError("Name the organization with --organization SLUG and the program with --program SLUG.")
        }
      }
    }

    func run() throws {
      let password = PasswordInput.read()
      let clock = try common.clock()
      let key = try common.installationKey()
      let address = try PublicAddress.find(environment: common.environment)
      let outcome = try common.withDatabase {
        try Administrator($0, clock: clock, key: key).create(email: email, name: name, role: place, password: password)
      }
      report(outcome, at: address)
    }

    private var place: Administrator.Role {
      switch role {
      case .accountTeam: .accountTeam
      case .organization: .organization(organization ?? "")
      case .program: .program(program ?? "", organization: organization ?? "")
      }
    }

    private func report(_ outcome: Administrator.Outcome, at address: PublicURL) {
      print(
        outcome.isNewAccount
          ? "Made the account \(email)."
          : outcome.isNewRole
            ? "Gave the account \(email), which was there already, the role." : "The account \(email) has that role already.")
      if let token = outcome.linkToken {
        print("Pass on this link; it sets the password, once, within 24 hours:")
        print(address.address(of: .setPassword(token)))
      } else {
        print("Sign in at \(address.address(of: .signIn))")
      }
    }
  }
}

/// A password on standard input.
enum PasswordInput {
  /// The first line of standard input; nil at a terminal, where nobody is asked, and where the line is empty.
  static func read() -> String? {
    guard isatty(STDIN_FILENO) == 0, let line = readLine(strippingNewline: true), !line.isEmpty else { return nil }
    return line
  }
}
