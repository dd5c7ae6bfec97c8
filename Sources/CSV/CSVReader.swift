/// Reads CSV as RFC 4180 has it, from chunks of bytes cut anywhere, in constant memory.
///
/// Lines end in CRLF, LF or CR. Fields are separated by `,`, `;` or a tab; unless it is given, the separator is the one that
/// the first line holds most of, outside of quotes. A field that begins with a quote ends with one, holds separators and line
/// ends as text, and each quote in it twice. Anything else with quotes in it is refused, and so are NUL, text that is not in
/// the file's encoding, and what is beyond the limits. A line without a character is no record; an empty cell in a file of
/// one column is therefore written `""`. Records may have any number of fields: the caller decides.
public struct CSVReader: ~Copyable {
  enum State { case plain, quoted, quoteInQuoted, afterReturn }

  var buffer = ByteBuffer(capacity: 1 << 18)
  private var decoder: CSVDecoder
  let limits: CSVLimits
  var detector = SeparatorDetector()
  /// The byte between fields; nil until the first line has decided.
  public internal(set) var separator: UInt8?

  var state = State.plain
  var bounds: UnsafeMutablePointer<CSVRecord.Bounds>
  var boundsCapacity = 64
  var fieldCount = 0
  var recordStart = 0
  var fieldStart = 0
  var scan = 0
  /// In a quoted field: the text from `segment` on belongs at `write`, behind what doubled quotes have moved.
  var segment = 0
  var write = 0
  /// The line of `scan`, and of where the record and the last quote started.
  var line = 1
  var recordLine = 1
  var quoteLine = 1
  private var number = 0
  private var hasRecord = false
  var isEnded = false
  var fault: CSVDecoder.Fault?
  private var failure: CSVError?

  /// A reader at the start of a file.
  /// - Parameter separator: `,`, `;`, a tab or any other byte from 0x01 to 0x7F but quote, CR and LF; nil looks at the first line.
  public init(separator: UInt8? = nil, encoding: CSVEncoding = .unicode, limits: CSVLimits = CSVLimits()) {
    self.separator = separator
    self.limits = limits.clamped
    decoder = CSVDecoder(encoding)
    bounds = .allocate(capacity: boundsCapacity)
  }

  deinit {
    bounds.deallocate()
  }

  /// Takes the next bytes of the file and hands on the records that they complete.
  /// - Throws: `CSVError`, after which every call throws it again; or what `body` throws, after which the reader is of no more use.
  public mutating func feed(_ chunk: UnsafeRawBufferPointer, _ body: (borrowing CSVRecord) throws -> Void) throws {
    var rest = chunk[...]
    while !rest.isEmpty {
      append(UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 16)))
      rest = rest.dropFirst(1 << 16)
      while try next() { try body(record) }
    }
  }

  /// The file has ended: hands on a last record without line end.
  /// - Throws: as `feed`; a quote that is still open is `unclosedQuote`.
  public mutating func finish(_ body: (borrowing CSVRecord) throws -> Void) throws {
    end()
    while try next() { try body(record) }
  }

  /// The record that `next()` found.
  var record: CSVRecord {
    CSVRecord(
      base: UnsafePointer(buffer.start + recordStart), bounds: UnsafePointer(bounds), count: fieldCount, line: recordLine, number: number)
  }

  /// Adds bytes of the file.
  mutating func append(_ chunk: UnsafeRawBufferPointer) {
    if fault != nil || failure != nil { return }
    closeRecord()
    buffer.drop(recordStart)
    fieldStart -= recordStart
    scan -= recordStart
    segment -= recordStart
    write -= recordStart
    recordStart = 0
    fault = decoder.decode(chunk, into: &buffer)
  }

  /// No more bytes come.
  mutating func end() {
    if isEnded { return }
    isEnded = true
    if fault == nil, failure == nil { fault = decoder.finish(into: &buffer) }
  }

  /// Finds the next record; false when it needs more bytes, or after the end there is none.
  mutating func next() throws(CSVError) -> Bool {
    if let failure { throw failure }
    do {
      closeRecord()
      hasRecord = try scanRecord()
      if !hasRecord { hasRecord = try finishRecord() }
      if hasRecord { number += 1 }
      return hasRecord
    } catch {
      failure = error
      throw error
    }
  }

  private mutating func closeRecord() {
    guard hasRecord else { return }
    hasRecord = false
    startRecord()
  }

  mutating func startRecord() {
    recordStart = scan
    fieldStart = scan
    fieldCount = 0
    recordLine = line
  }
}
