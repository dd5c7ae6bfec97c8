import Glibc

/// A CSV file with a header, read in chunks: first `header(required:optional:)`, then `rows(_:)`.
public struct CSVFile: ~Copyable {
  private enum Source {
    case descriptor(Int32, isOwned: Bool)
    case bytes([UInt8], next: Int)
    case reading((UnsafeMutableRawBufferPointer) throws -> Int)
  }

  private var source: Source
  private let path: String
  private var reader: CSVReader
  private var chunk = [UInt8](repeating: 0, count: 1 << 16)
  private var places = UnsafeMutableBufferPointer<Int32>(start: nil, count: 0)
  private var expectedCount = 0
  private var isAtEnd = false
  /// How many bytes of the file have been read, to show progress.
  public private(set) var bytesRead: Int64 = 0

  /// Opens a file. See `CSVReader` for the separator, the encoding and the limits.
  /// - Throws: `CSVError` of kind `unreadable`.
  public init(path: String, encoding: CSVEncoding = .unicode, separator: UInt8? = nil, limits: CSVLimits = CSVLimits()) throws(CSVError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw CSVFile.unreadable(path) }
    self.init(.descriptor(descriptor, isOwned: true), path, encoding, separator, limits)
  }

  /// Reads an open file from where it stands. The descriptor stays the caller's, to be closed after the reading.
  public init(descriptor: Int32, encoding: CSVEncoding = .unicode, separator: UInt8? = nil, limits: CSVLimits = CSVLimits()) {
    self.init(.descriptor(descriptor, isOwned: false), "the file", encoding, separator, limits)
  }

  /// Reads bytes in memory.
  public init(bytes: [UInt8], encoding: CSVEncoding = .unicode, separator: UInt8? = nil, limits: CSVLimits = CSVLimits()) {
    self.init(.bytes(bytes, next: 0), "the file", encoding, separator, limits)
  }

  /// Reads what a function gives: it writes as many bytes as it likes into the buffer and returns their number, 0 at the end.
  public init(
    encoding: CSVEncoding = .unicode, separator: UInt8? = nil, limits: CSVLimits = CSVLimits(),
    reading read: @escaping (UnsafeMutableRawBufferPointer) throws -> Int
  ) {
    self.init(.reading(read), "the file", encoding, separator, limits)
  }

  private init(_ source: Source, _ path: String, _ encoding: CSVEncoding, _ separator: UInt8?, _ limits: CSVLimits) {
    self.source = source
    self.path = path
    reader = CSVReader(separator: separator, encoding: encoding, limits: limits)
  }

  deinit {
    if case .descriptor(let descriptor, isOwned: true) = source { close(descriptor) }
    places.deallocate()
  }

  /// Reads the header and finds the wanted columns in it.
  /// - Parameters:
  ///   - required: Names that must be there.
  ///   - optional: Names that may be there.
  /// - Throws: `CSVError`: `empty` without a first record, `missingColumn`, `duplicateColumn`, or any fault of a reader.
  public mutating func header(required: [String], optional: [String] = []) throws(CSVError) -> CSVHeader {
    guard try next() else { throw CSVError(kind: .empty, line: 0, column: 0, message: "the file is empty: it has no header") }
    let record = reader.record
    let header = try CSVHeader(
      names: record.texts, line: record.line, separator: reader.separator ?? UInt8(ascii: ","), required: required, optional: optional)
    expectedCount = record.count
    places.deallocate()
    places = .allocate(capacity: header.places.count)
    for (index, place) in header.places.enumerated() { places.initializeElement(at: index, to: Int32(place ?? -1)) }
    return header
  }

  /// Hands on the rows below the header, in order, at most `limit` of them.
  /// - Throws: `CSVError` where the file is wrong, or what `body` throws. Rows before the fault were handed on.
  public mutating func rows(limit: Int = .max, _ body: (borrowing CSVRow) throws -> Void) throws {
    var left = limit
    while left > 0, try next() {
      left -= 1
      try body(CSVRow(record: reader.record, places: UnsafeBufferPointer(places), expectedCount: expectedCount))
    }
  }

  private mutating func next() throws(CSVError) -> Bool {
    while true {
      if try reader.next() { return true }
      if isAtEnd { return false }
      try refill()
    }
  }

  private mutating func refill() throws(CSVError) {
    var count = 0
    switch source {
    case .descriptor(let descriptor, _):
      repeat {
        count = read(descriptor, &chunk, chunk.count)
      } while count < 0 && errno == EINTR
      if count < 0 { throw CSVFile.unreadable(path) }
      chunk.withUnsafeBytes { reader.append(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    case .bytes(let bytes, let next):
      count = min(bytes.count - next, 1 << 16)
      bytes.withUnsafeBytes { reader.append(UnsafeRawBufferPointer(rebasing: $0[next..<next + count])) }
      source = .bytes(bytes, next: next + count)
    case .reading(let read):
      do {
        count = try chunk.withUnsafeMutableBytes { min(try read($0), $0.count) }
      } catch {
        throw CSVError(kind: .unreadable, line: 0, column: 0, message: "\(path) cannot be read")
      }
      chunk.withUnsafeBytes { reader.append(UnsafeRawBufferPointer(rebasing: $0[..<max(0, count)])) }
    }
    bytesRead += Int64(count)
    if count == 0 {
      isAtEnd = true
      reader.end()
    }
  }

  private static func unreadable(_ path: String) -> CSVError {
    CSVError(kind: .unreadable, line: 0, column: 0, message: "\(path) cannot be read (\(String(cString: strerror(errno))))")
  }
}
