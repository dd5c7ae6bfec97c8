import ArgumentParser
import Database
import Domain
import Foundation
import Mail

/// `provost bounce`
struct BounceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bounce", abstract: "Take in a delivery report: mark a mail and its invitation as bounced.",
    discussion: """
      FILE is a report as mail systems send it to the address that mail comes from (RFC 3464); "-" reads it from standard input, so that a mail \
      server can hand it over. A report of a delay changes nothing.
      """)

  @OptionGroup var common: CommonOptions

  @Argument(help: "The report, or - for standard input.")
  var file: String

  /// A report holds the mail that came back, which is short.
  private static let longest = 10 << 20

  func run() throws {
    let report = try read()
    try common.withDatabase { database in
      for recipient in report.recipients {
        guard recipient.hasFailed else {
          print("\(recipient.address): only delayed, nothing is changed")
          continue
        }
        let words = recipient.words.isEmpty ? "The mail came back." : recipient.words
        let count = try Outbox.bounced(
          messageIDs: report.messageIDs, recipient: recipient.address, words: words, at: try common.clock().now, in: database)
        print(count == 0 ? "\(recipient.address): no mail of this installation" : "\(recipient.address): marked as bounced: \(words)")
      }
    }
  }

  private func read() throws -> DeliveryReport {
    let handle = file == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: file)
    guard let handle else { throw CommandFailure("The file \(file) cannot be read.") }
    let data: Data?
    do {
      data = try handle.read(upToCount: BounceCommand.longest + 1)
    } catch {
      throw CommandFailure("The file \(file) cannot be read.")
    }
    guard let data, data.count <= BounceCommand.longest else {
      throw CommandFailure("The file \(file) is empty, or too large for a delivery report.")
    }
    do {
      return try DeliveryReport([UInt8](data))
    } catch {
      throw CommandFailure(error.description)
    }
  }
}
