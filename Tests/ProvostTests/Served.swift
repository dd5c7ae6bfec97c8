import Foundation
import Glibc
import Testing

/// A running `provost serve`.
struct Served {
  let process: Process
  private let output: Pipe
  private let errors: Pipe

  init(_ arguments: [String], _ variables: [String: String] = [:]) throws {
    process = Process()
    (output, errors) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: Child.program)
    process.arguments = ["serve"] + arguments
    let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("PROVOST_") }
    process.environment = inherited.merging(variables) { $1 }
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  /// The port of the line that says that the server listens.
  func port() throws -> UInt16 {
    var line = ""
    while !line.contains("\n") {
      let data = output.fileHandleForReading.availableData
      try #require(!data.isEmpty, "the server ended before it listened: \(failure())")
      line += String(decoding: data, as: UTF8.self)
    }
    try #require(line.hasPrefix("Provost listens on http://127.0.0.1:"))
    return try #require(UInt16(line.dropLast().split(separator: ":").last ?? ""))
  }

  /// Bytes that the process has read and written so far, as the kernel counts them; nil when it has ended.
  var transferred: Int? { Child.transferred(by: process) }

  /// Ends the process at once, as a power failure would end it, and waits for that.
  func kill() {
    Glibc.kill(process.processIdentifier, SIGKILL)
    _ = failure()
  }

  /// Waits for the end and returns what stands on standard error.
  func failure() -> String {
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text
  }
}

/// A request that was sent to a server on this machine, whose answer need not be waited for.
struct Question: ~Copyable {
  private let descriptor: Int32

  /// Sends the bytes of a request.
  init(_ request: String, port: UInt16) throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    let bytes = Array(request.utf8)
    // The server may refuse what it has read of it, and close.
    let sent = connected == 0 ? send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) : -1
    guard sent == bytes.count else {
      close(descriptor)
      throw POSIXError(.ECONNREFUSED)
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Everything that comes back until the server closes.
  func answer() -> String {
    var answer: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while case let count = read(descriptor, &chunk, chunk.count), count > 0 { answer += chunk[..<count] }
    return String(decoding: answer, as: UTF8.self)
  }
}
