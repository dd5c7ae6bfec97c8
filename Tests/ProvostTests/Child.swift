import Foundation

/// The program as a process of its own.
struct Child {
  private let process = Process()
  private let output = Pipe()
  private let errors = Pipe()

  /// The program beside the test bundle.
  static var program: String {
    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("provost").path
  }

  /// Starts the program.
  ///
  /// - Parameter fileSizeLimit: the blocks of 512 bytes beyond which no file may grow.
  init(_ arguments: [String], data: String, fileSizeLimit: Int? = nil) throws {
    if let fileSizeLimit {
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", "ulimit -f \(fileSizeLimit); exec \"$@\"", "sh", Child.program] + arguments
    } else {
      process.executableURL = URL(fileURLWithPath: Child.program)
      process.arguments = arguments
    }
    process.environment = ["PROVOST_DATA": data, "PATH": "/usr/bin:/bin"]
    process.standardOutput = output
    process.standardError = errors
    try process.run()
  }

  /// Bytes that the process has read and written so far, as the kernel counts them; nil when it has ended.
  var transferred: Int? { Child.transferred(by: process) }

  /// The same of any process.
  static func transferred(by process: Process) -> Int? {
    guard process.isRunning, let text = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/io", encoding: .utf8) else {
      return nil
    }
    return text.split(separator: "\n").prefix(2).compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }.reduce(0, +)
  }

  /// Ends the process at once, as a power failure would end it. False when it had ended by itself.
  func kill() -> Bool {
    guard process.isRunning else { return false }
    return Foundation.kill(process.processIdentifier, SIGKILL) == 0
  }

  /// Waits for the end.
  func result() -> (status: Int32, output: String, errors: String) {
    let (out, err) = (output.fileHandleForReading.readDataToEndOfFile(), errors.fileHandleForReading.readDataToEndOfFile())
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: out, as: UTF8.self), String(decoding: err, as: UTF8.self))
  }

  /// Runs the program to its end.
  static func run(_ arguments: [String], data: String, fileSizeLimit: Int? = nil) throws -> (status: Int32, output: String, errors: String)
  {
    try Child(arguments, data: data, fileSizeLimit: fileSizeLimit).result()
  }
}
