import ArgumentParser

@main
struct Provost: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "An admin console for learning programs and coaching.")
}
