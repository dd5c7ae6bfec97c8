import Testing

@testable import HTTPServer

@Suite struct MultipartTests {
  private static let head = "Content-Disposition: form-data; name="

  /// The parts as text, parsed from memory, from a file, and byte by byte, which must all agree.
  private static func parts(_ text: String, maximum: Int = 10) throws -> [String] {
    let bytes = Array(text.utf8)
    let spool = try Spool(directory: "/tmp")
    try spool.write(bytes)
    let file = try #require(spool.file)
    let results = [RequestBody.bytes(bytes), .file(file)].map { body in
      Result {
        try Multipart(body, boundary: "XX", maximum: maximum).parts.map { part in
          "\(part.name)|\(part.filename ?? "-")|\(part.contentType ?? "-")|\(try part.text())"
        }
      }
    }
    var parser = MultipartParser(boundary: "XX", maximum: maximum)
    let single = Result {
      for byte in bytes { try [byte].withUnsafeBufferPointer { try parser.take($0) } }
      return try parser.finish().map {
        "\($0.name)|\($0.filename ?? "-")|\($0.contentType ?? "-")|\(String(decoding: bytes[$0.range], as: UTF8.self))"
      }
    }
    #expect((try? results[0].get()) == (try? results[1].get()))
    #expect((try? results[0].get()) == (try? single.get()))
    return try results[0].get()
  }

  @Test func fieldsAndFilesAreFound() throws {
    let text =
      "--XX\r\n\(Self.head)\"a\"\r\n\r\n1\r\n2\r\n--XX\r\n\(Self.head)\"f\"; filename=\"C:\\dir\\é%22.csv\"\r\ncontent-type: text/csv\r\n\r\n\r\n--X\r\n"
      + "--XX\r\n\(Self.head)empty\r\n\r\n\r\n--XX\r\n\(Self.head)\"none\"; filename=\"\"\r\n\r\n\r\n--XX--\r\nepilogue"
    #expect(try Self.parts(text) == ["a|-|-|1\r\n2", "f|é\".csv|text/csv|\r\n--X", "empty|-|-|", "none||-|"])
  }

  @Test(arguments: [
    "", "--XX", "--XX\r\n", "--XX-", "preamble\r\n--XX--", "--XX\r\nContent-Type: text/plain\r\n\r\nx\r\n--XX--",
    "--XX\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--XX--", "--XX\r\n\r\nx\r\n--XX--", "--XX\n\nx\n--XX--",
    "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nnever closed",
    "--XXX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--XX--",
    "--XX\r\nno colon\r\n\r\nx\r\n--XX--", "--XX\r\nContent-Disposition : form-data; name=\"a\"\r\n\r\nx\r\n--XX--",
    "--XX\r\nContent-Disposition: form-data\r\n\r\nx\r\n--XX--",
    "--XX\r\n\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--XX--",
  ])
  func whatIsNotAFormIsRefused(_ text: String) {
    #expect(throws: HTTPError(400)) { try Self.parts(text) }
  }

  @Test func headsAndNumbersOfPartsAreBounded() throws {
    let part = "--XX\r\n\(Self.head)\"a\"\r\n\r\nx\r\n"
    #expect(try Self.parts(String(repeating: part, count: 10) + "--XX--").count == 10)
    #expect(throws: HTTPError(400)) { try Self.parts(String(repeating: part, count: 11) + "--XX--") }
    let long = "--XX\r\n\(Self.head)\"\(String(repeating: "a", count: 5_000))\"\r\n\r\nx\r\n--XX--"
    #expect(throws: HTTPError(400)) { try Self.parts(long) }
  }

  @Test func requestsGiveTheirPartsAndTextFields() throws {
    let body =
      "--XX\r\n\(Self.head)\"a\"\r\n\r\n1\r\n--XX\r\n\(Self.head)\"f\"; filename=\"x.csv\"\r\n\r\nabc\r\n--XX\r\n\(Self.head)\"a\"\r\n\r\n2\r\n--XX--\r\n"
    let request = try Request(
      method: "POST", target: "/", headers: [("Content-Type", "multipart/form-data; boundary=XX")], body: .bytes(Array(body.utf8)))
    #expect(try request.form() == Form([("a", "1"), ("a", "2")]))
    let file = try #require(try request.multipart()["f"])
    #expect(try file.bytes(limit: 3) == Array("abc".utf8))
    #expect(throws: HTTPError(413)) { try file.bytes(limit: 2) }
    #expect(try request.multipart().all("a").count == 2)
    let other = try Request(method: "POST", target: "/", headers: [("Content-Type", "text/csv")], body: .bytes([65]))
    #expect(throws: HTTPError(415)) { try other.multipart() }
    let unbounded = try Request(method: "POST", target: "/", headers: [("Content-Type", "multipart/form-data")], body: .bytes([65]))
    #expect(throws: HTTPError(400)) { try unbounded.form() }
  }

  @Test func aLargeFileIsReadInPieces() throws {
    let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 17) }
    let spool = try Spool(directory: "/tmp")
    try spool.write(Array("--XX\r\n\(Self.head)\"f\"; filename=\"x\"\r\n\r\n".utf8))
    try spool.write(content)
    try spool.write(Array("\r\n--XX--".utf8))
    let multipart = try Multipart(.file(try #require(spool.file)), boundary: "XX", maximum: 10)
    let part = try #require(multipart["f"])
    #expect(part.size == content.count)
    var received: [UInt8] = []
    var longest = 0
    try part.chunks { chunk in
      longest = max(longest, chunk.count)
      received += chunk
    }
    #expect(received == content)
    #expect(longest <= 65_536)
  }
}
