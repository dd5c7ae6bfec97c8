import ArgumentParser
import Database
import Domain

/// `provost check`
///
/// It fails when a figure is not what follows from the rows, or when the engine finds damage: both mean that the database is wrong. What a membership
/// report said otherwise than its enrollments do is a disagreement with another system, about which this one can do nothing; it is listed as a note.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Recompute every counter, run the engine's integrity check, and list what differs.",
    discussion: """
      Exits with 1 when a counter differs or the database is damaged. Where an imported membership report disagrees with the enrollments, that is listed \
      as a note and does not fail the check.
      """)

  @OptionGroup var common: CommonOptions

  /// Enough to see what kind of fault it is.
  private static let shown = 100

  func run() throws {
    var (problems, notes) = (0, 0)
    let clock = try common.clock()
    try common.withDatabase { database in
      for problem in try database.integrityProblems() {
        print("damage: \(problem)")
        problems += 1
      }
      try database.export { connection in
        func report(_ difference: Difference) {
          problems += 1
          if problems <= CheckCommand.shown { print("difference: \(difference)") }
        }
        try Figures.check(in: connection, report)
        try EngagementFigures.check(at: clock.now, in: connection, report)
        try Figures.checkGiven(in: connection) { difference in
          notes += 1
          if notes <= CheckCommand.shown {
            print("note: \(difference.row): \(difference.column) is \(difference.found); the membership report said \(difference.expected)")
          }
        }
      }
    }
    if notes > CheckCommand.shown { print("note: … and \(notes - CheckCommand.shown) more.") }
    if problems > CheckCommand.shown { print("difference: … and \(problems - CheckCommand.shown) more.") }
    guard problems == 0 else {
      throw CommandFailure(
        "\(problems) \(problems == 1 ? "thing is" : "things are") wrong. Restore a backup, or report what is listed above with how it came about."
      )
    }
    print("All is well: every counter agrees, and the database is sound.")
  }
}
