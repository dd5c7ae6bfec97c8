import ArgumentParser
import Domain
import Foundation
import Web

/// `provost setup FILE.json`
struct SetupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "setup", abstract: "Create or update a whole customer from one file: all of it or nothing.",
    discussion: """
      The file is JSON: an organization with its programs, contracts, coaching and administrators; the README explains it with an example. What is \
      there and not named stays, and nothing is ever deleted, so the same file again changes nothing. A line is printed for each thing that is made (+) \
      and each field that is changed (~). New administrators and coaches get a link with which they set a password, once, within a day.
      """)

  @OptionGroup var common: CommonOptions

  @Argument(help: "The JSON file.", completion: .file(extensions: ["json"]))
  var file: String

  @Flag(help: "Print what would be made and changed; write nothing.")
  var dryRun = false

  func run() throws {
    guard let bytes = FileManager.default.contents(atPath: file) else {
      throw CommandFailure("The file \(file) cannot be read. Give the path of a JSON file.")
    }
    let (clock, key) = (try common.clock(), try common.installationKey())
    let address = try PublicAddress.find(environment: common.environment)
    let outcome: Setup.Outcome
    do {
      let setup = try Setup(Array(bytes), clock: clock, key: key)
      outcome = try common.withDatabase { try setup.run(isDryRun: dryRun, in: $0) }
    } catch let faults as Setup.Faults {
      for sentence in faults.sentences { complain("\(file): \(sentence)") }
      throw CommandFailure("Nothing was written: \(faults.sentences.count == 1 ? "1 fault" : "\(faults.sentences.count) faults").")
    }
    for line in outcome.lines { print(line) }
    if outcome.lines.isEmpty {
      print(dryRun ? "Nothing would change." : "Nothing changed.")
    } else if dryRun {
      print("Nothing was written, since this was a dry run.")
    }
    guard !outcome.links.isEmpty else { return }
    print("Pass on these links; each sets a password, once, within 24 hours:")
    for link in outcome.links { print("\(link.email)  \(address.address(of: .setPassword(link.token)))") }
  }
}
