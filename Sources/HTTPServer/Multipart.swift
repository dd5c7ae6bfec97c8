/// A `multipart/form-data` body (RFC 7578), read once from end to end; the parts stay where they lie, in memory or in a file.
public struct Multipart: Sendable {
  /// One part: a text field or a file.
  public struct Part: Sendable {
    /// The name of the form's control.
    public let name: String
    /// What the sender calls the file, without folders; nil for a text field, empty when no file was chosen. Never use it as a path.
    public let filename: String?
    /// The type that the sender claims.
    public let contentType: String?
    let range: Range<Int>
    let body: RequestBody

    /// How many bytes it has.
    public var size: Int { range.count }

    /// All of it, in memory.
    ///
    /// - Throws: ``HTTPError`` 413 beyond `limit` bytes; ``FileError``.
    public func bytes(limit: Int) throws -> [UInt8] {
      guard size <= limit else { throw HTTPError(413) }
      var bytes: [UInt8] = []
      bytes.reserveCapacity(size)
      try chunks { bytes += $0 }
      return bytes
    }

    /// A text field.
    ///
    /// - Throws: ``HTTPError`` 413 beyond `limit` bytes, 400 for NUL or bytes that are not UTF-8; ``FileError``.
    public func text(limit: Int = 1 << 20) throws -> String {
      let bytes = try bytes(limit: limit)
      guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else { throw HTTPError(400) }
      return text
    }

    /// Reads from `offset` into `buffer`; returns how many bytes, 0 at the end.
    ///
    /// - Throws: ``FileError``.
    public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(max(0, size - offset)))
      switch body {
      case .empty: return 0
      case .bytes(let bytes):
        rest.copyBytes(from: bytes[range.lowerBound + offset..<range.lowerBound + offset + rest.count])
        return rest.count
      case .file(let file): return rest.isEmpty ? 0 : try file.read(at: range.lowerBound + offset, into: rest)
      }
    }

    /// Hands over the content piece by piece, whatever its size, in constant memory.
    ///
    /// - Throws: ``FileError``, and whatever `take` throws.
    public func chunks(_ take: (UnsafeRawBufferPointer) throws -> Void) throws {
      try eachChunk(of: body, range) { try take(UnsafeRawBufferPointer($0)) }
    }
  }

  /// All parts, in order.
  public let parts: [Part]

  /// The first part of that name.
  public subscript(_ name: String) -> Part? {
    parts.first { $0.name == name }
  }

  /// All parts of that name.
  public func all(_ name: String) -> [Part] {
    parts.filter { $0.name == name }
  }

  /// The text fields, as a form.
  ///
  /// - Throws: what ``Part/text(limit:)`` throws.
  public func form() throws -> Form {
    Form(try parts.filter { $0.filename == nil }.map { ($0.name, try $0.text()) })
  }

  init(_ body: RequestBody, boundary: String, maximum: Int) throws {
    guard (1...70).contains(boundary.utf8.count) else { throw HTTPError(400) }
    var parser = MultipartParser(boundary: boundary, maximum: maximum)
    try eachChunk(of: body, 0..<body.size) { try parser.take($0) }
    parts = try parser.finish().map {
      Part(name: $0.name, filename: $0.filename, contentType: $0.contentType, range: $0.range, body: body)
    }
  }
}

/// Hands over a range of a body in pieces of at most 64 KB when it lies in a file, and at once when it lies in memory.
private func eachChunk(of body: RequestBody, _ range: Range<Int>, _ take: (Bytes) throws -> Void) throws {
  switch body {
  case .empty: break
  case .bytes(let bytes):
    try bytes.withUnsafeBufferPointer { try take(Bytes(rebasing: $0[range])) }
  case .file(let file):
    var offset = range.lowerBound
    while offset < range.upperBound {
      let chunk = try file.bytes(offset..<min(offset + (64 << 10), range.upperBound))
      try chunk.withUnsafeBufferPointer { try take($0) }
      offset += chunk.count
    }
  }
}
