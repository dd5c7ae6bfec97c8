import ArgumentParser
import Database
import Domain
import Secrets
import Web

/// `provost demo`
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Fill the database with a believable organization, to look around.",
    discussion: "The same day gives the same rows in every run. Where the demo is there already, only its sign-ins are printed.")

  @OptionGroup var common: CommonOptions

  @Option(help: "People of the large organization.")
  var learners = 2000

  @Option(help: "The password of all known sign-ins.")
  var password = "demonstration"

  func validate() throws {
    guard (50...1_000_000).contains(learners) else { throw ValidationError("--learners takes a number from 50 to 1000000.") }
    guard password.count >= 10 else { throw ValidationError("--password takes at least 10 characters, as sign-in does.") }
  }

  func run() throws {
    let clock = try common.clock()
    let hash = try Password.hash(password)
    let address = try PublicAddress.find(environment: common.environment)
    let wasThere = try common.withDatabase { database in
      let wasThere = try database.write(organization: 0) { tx in
        if try DemoWorld.isPresent(in: tx) {
          try DemoWorld.setPassword(hash, in: tx)
          return true
        }
        try DemoWorld.fill(learners: learners, passwordHash: hash, now: clock.now, in: tx)
        try Figures.recomputeAll(in: tx)
        try EngagementFigures.recomputeAll(at: clock.now, in: tx)
        return false
      }
      if !wasThere { try database.workbench { $0.tidy(DemoWorld.tables) } }
      return wasThere
    }
    print(wasThere ? "The demo is there already; the password of its sign-ins was set." : "Filled the demo with \(learners) learners.")
    print("Sign in at \(address.address(of: .signIn)) with the password \(password):")
    let width = DemoWorld.signIns.map(\.role.count).max() ?? 0
    for signIn in DemoWorld.signIns {
      print("  " + signIn.role + String(repeating: " ", count: width - signIn.role.count + 2) + signIn.email)
    }
  }
}
