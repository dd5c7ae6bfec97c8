/// Why a command could not do its work: one sentence for the terminal, which says what to do next. The process exits with status 1.
struct CommandFailure: Error, CustomStringConvertible {
  let description: String

  init(_ sentence: String) { description = sentence }
}
