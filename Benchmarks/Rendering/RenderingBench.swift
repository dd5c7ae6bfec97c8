import Glibc
import Templates

/// Renders the Members page with 50 rows, values included, and writes the same bytes by hand: pages a second each, and the ratio.
@main struct RenderingBench {
  /// usage: RenderingBench TEMPLATES [SECONDS]
  static func main() throws {
    guard CommandLine.arguments.count > 1 else { return fail("usage: RenderingBench TEMPLATES [SECONDS]") }
    let templates = try TemplateSet(directory: CommandLine.arguments[1])
    let seconds = CommandLine.arguments.count > 2 ? Double(CommandLine.arguments[2]) ?? 1 : 1
    let members = Sample.fifty
    let page = try templates.render("programs/members", SamplePage.value(members))
    guard let handWritten = HandWritten(frameOf: page), handWritten.render(members) == page else {
      return fail("The page and the one written by hand differ: bring HandWritten.swift up to the templates.")
    }
    var (engine, hand) = ([Double](), [Double]())
    // Turn by turn, so that both meet the same machine.
    for _ in 0..<5 {
      engine.append(try rate(seconds / 5) { try templates.render("programs/members", SamplePage.value(members)).count })
      hand.append(rate(seconds / 5) { handWritten.render(members).count })
    }
    let (ours, theirs) = (engine.sorted()[2], hand.sorted()[2])
    print("{\"bytes\": \(page.count), \"templates\": \(Int(ours)), \"by_hand\": \(Int(theirs)), \"ratio\": \(theirs / ours)}")
  }

  /// How often a second `work` is done.
  private static func rate(_ seconds: Double, _ work: () throws -> Int) rethrows -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    var (times, bytes) = (0, 0)
    while start.duration(to: clock.now) < .seconds(seconds) {
      for _ in 0..<10 { bytes += try work() }
      times += 10
    }
    let took = start.duration(to: clock.now)
    return bytes == 0 ? 0 : Double(times) / (took / .seconds(1))
  }

  private static func fail(_ message: String) {
    print(message)
    exit(1)
  }
}
