import Testing

@testable import HTTPServer

/// Mutated inputs from a fixed seed: nothing traps, refusals are of the known kinds, and what is accepted keeps its promises.
@Suite struct FuzzTests {
  /// SplitMix64: the same inputs on every run.
  private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  private static let tokens = [
    "\r\n", "\r", "\n", " ", "\t", ":", ";", "=", "%", "%2f", "%00", "/", "..", "?", "&", "\"", "\\", "--", "--XX", "\r\n--XX", "--XX--",
    "0",
    "ffffffffffffffff", "Content-Length: 1\r\n", "Transfer-Encoding: chunked\r\n", "Host: b\r\n", "\0", "\u{FF}", "\r\n\r\n", "[", "]",
    "http://",
  ].map { Array($0.utf8) }

  private static func mutate(_ seed: [UInt8], _ generator: inout Generator) -> [UInt8] {
    var bytes = seed
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      let at = Int.random(in: 0...bytes.count, using: &generator)
      switch Int.random(in: 0..<6, using: &generator) {
      case 0 where at < bytes.count: bytes[at] = UInt8.random(in: 0...255, using: &generator)
      case 1 where at < bytes.count: bytes.remove(at: at)
      case 2: bytes.insert(contentsOf: tokens[Int.random(in: 0..<tokens.count, using: &generator)], at: at)
      case 3: bytes.removeLast(bytes.count - at)
      case 4:
        let other = Int.random(in: 0...bytes.count, using: &generator)
        bytes.insert(contentsOf: bytes[min(at, other)..<max(at, other)], at: at)
      default: bytes.insert(UInt8.random(in: 0...127, using: &generator), at: at)
      }
    }
    return bytes
  }

  /// The outcome as text; an error that is not for the client fails the test.
  private static func outcome(_ body: () throws -> String) -> String {
    do {
      return try body()
    } catch let error as HTTPError {
      #expect([400, 413, 414, 417, 431, 501, 505].contains(error.status))
      return "refused \(error.status)"
    } catch {
      Issue.record(error)
      return "fault"
    }
  }

  @Test func headsAndTargets() throws {
    var generator = Generator(state: 1)
    let seeds = [
      "GET /a/b%20c?q=1&r=%C3%A9 HTTP/1.1\r\nHost: a:80\r\nX: y\r\n\r\n",
      "POST http://[::1]:80/x/?y HTTP/1.1\r\nHost: b\r\nContent-Length: 12\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
      "PUT //a///b/ HTTP/1.0\r\nTransfer-Encoding: chunked\r\nCookie: a=b; c=d\r\n\r\n",
    ].map { Array($0.utf8) }
    var accepted = 0
    for round in 0..<8_000 {
      let bytes = Self.mutate(seeds[round % seeds.count], &generator)
      _ = Self.outcome {
        try bytes.withUnsafeBufferPointer { buffer in
          var scanner = HeadScanner()
          guard case .end(let end) = scanner.scan(buffer), end > 2 else { return "no head" }
          let head = try HeadParser.parse(Bytes(rebasing: buffer[..<end]), Limits())
          accepted += 1
          #expect(!(head.isChunked && head.contentLength != nil) && head.contentLength ?? 0 >= 0)
          #expect(head.minorVersion == 0 || !head.host.isEmpty)
          try Self.check(head)
          return "accepted"
        }
      }
    }
    #expect(accepted > 500)
  }

  /// A canonical path means the same when it comes back, and leads nowhere else.
  private static func check(_ head: Head) throws {
    let target = head.target
    guard !target.isAsterisk else { return }
    #expect(isLocalPath(target.path))
    #expect(
      !target.segments.contains { $0.isEmpty || $0 == "." || $0 == ".." || $0.contains("/") || $0.contains("\\") || $0.contains("\0") })
    let again = try Request(target: target.path)
    #expect(again.head.target.isCanonical && again.segments == target.segments && again.path == target.path)
    let cookies = Cookies(head.values("Cookie"))
    #expect(cookies["a"]?.contains(";") != true)
  }

  @Test func chunkedBodies() {
    var generator = Generator(state: 2)
    let seed = "4;a=\"b\"\r\nwiki\r\n5\r\npedia\r\nE\r\n in\r\n\r\nchunks.\r\n0\r\nTrailer: x\r\n\r\nGET"
    for _ in 0..<6_000 {
      let text = String(decoding: Self.mutate(Array(seed.utf8), &generator), as: UTF8.self)
      let atOnce = ParserTests.chunked(text, pieces: .max / 2)
      #expect(ParserTests.chunked(text, pieces: 1) == atOnce)
      #expect(ParserTests.chunked(text, pieces: 5) == atOnce)
    }
  }

  @Test func multipartBodiesAndForms() {
    var generator = Generator(state: 3)
    let seed =
      "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--XX\r\nContent-Disposition: form-data; name=f; filename=\"x\\\"y.csv\"\r\n"
      + "Content-Type: text/csv\r\n\r\na,b\r\n--X\r\n\r\n--XX--\r\n"
    var accepted = 0
    for _ in 0..<6_000 {
      let bytes = Self.mutate(Array(seed.utf8), &generator)
      let outcomes = [1, 3, .max / 2].map { size in
        Self.outcome {
          var parser = MultipartParser(boundary: "XX", maximum: 5)
          for start in stride(from: 0, to: bytes.count, by: min(size, max(1, bytes.count))) {
            let end = size < bytes.count - start ? start + size : bytes.count
            try bytes.withUnsafeBufferPointer { try parser.take(Bytes(rebasing: $0[start..<end])) }
          }
          let parts = try parser.finish()
          #expect(parts.allSatisfy { $0.range.lowerBound >= 0 && $0.range.upperBound <= bytes.count })
          #expect(!parts.contains { $0.filename?.contains("/") == true || $0.filename?.contains("\\") == true })
          return "\(parts)"
        }
      }
      #expect(Set(outcomes).count == 1)
      if !outcomes[0].hasPrefix("refused") { accepted += 1 }
      _ = Self.outcome { "\(try Form(urlEncoded: bytes).pairs.count)" }
    }
    #expect(accepted > 200)
  }
}
