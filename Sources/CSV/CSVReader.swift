/// Reads CSV as RFC 4180 has it, from chunks of bytes cut anywhere, in constant memory.
///
/// Lines end in CRLF, LF or CR. Fields are separated by `,`, `;` or a tab; unless it is given, the separator is the one that
/// the first line holds most of, outside of quotes. A field that begins with a quote ends with one, holds separators and line
/// ends as text, and each quote in it twice. Anything else with quotes in it is refused, and so are NUL, text that is not in
/// the file's encoding, and what is beyond the limits. A line without a character is no record; an empty cell in a file of
/// one column is therefore written `""`. Records may have any number of fields: the caller decides.
public struct CSVReader: ~Copyable {
  private enum State { case plain, quoted, quoteInQuoted, afterReturn }

  private var buffer = ByteBuffer(capacity: 1 << 18)
  private var decoder: CSVDecoder
  private let limits: CSVLimits
  private var detector = SeparatorDetector()
  /// The byte between fields; nil until the first line has decided.
  public private(set) var separator: UInt8?

  private var state = State.plain
  private var bounds: UnsafeMutablePointer<CSVRecord.Bounds>
  private var boundsCapacity = 64
  private var fieldCount = 0
  private var recordStart = 0
  private var fieldStart = 0
  private var scan = 0
  /// In a quoted field: the text from `segment` on belongs at `write`, behind what doubled quotes have moved.
  private var segment = 0
  private var write = 0
  /// The line of `scan`, and of where the record and the last quote started.
  private var line = 1
  private var recordLine = 1
  private var quoteLine = 1
  private var number = 0
  private var hasRecord = false
  private var isEnded = false
  private var fault: CSVDecoder.Fault?
  private var failure: CSVError?

  /// A reader at the start of a file.
  /// - Parameter separator: `,`, `;`, a tab or any other byte from 0x01 to 0x7F but quote, CR and LF; nil looks at the first line.
  public init(separator: UInt8? = nil, encoding: CSVEncoding = .unicode, limits: CSVLimits = CSVLimits()) {
    self.separator = separator
    self.limits = limits
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

  private mutating func startRecord() {
    recordStart = scan
    fieldStart = scan
    fieldCount = 0
    recordLine = line
  }
}

extension CSVReader {
  private func error(_ kind: CSVError.Kind, line: Int? = nil, _ message: String) -> CSVError {
    CSVError(kind: kind, line: line ?? self.line, column: fieldCount + 1, message: message)
  }

  private mutating func scanRecord() throws(CSVError) -> Bool {
    guard let separator = separator ?? detector.look(at: buffer, from: scan, isEnded: isEnded || fault != nil, limit: limits.field) else {
      return false
    }
    self.separator = separator
    while scan < buffer.end {
      switch state {
      case .plain:
        if try scanPlain(separator) { return true }
      case .quoted:
        scanQuoted()
      case .quoteInQuoted:
        if try afterQuote(separator) { return true }
      case .afterReturn:
        state = .plain
        if buffer.start[scan] == UInt8(ascii: "\n") { scan += 1 }
        startRecord()
      }
    }
    try checkLimits()
    return false
  }

  /// Scans fields without quotes up to the end of the record, a quote that begins a field, or the end of the bytes.
  private mutating func scanPlain(_ separator: UInt8) throws(CSVError) -> Bool {
    let start = buffer.start
    let end = buffer.end
    let special = SpecialBytes(separator: separator)
    var index = scan
    while index < end {
      var found: UInt64
      let width: Int
      if index &+ 8 <= end {
        found = special.mask(UnsafeRawPointer(start + index).loadUnaligned(as: UInt64.self))
        width = 8
      } else {
        found = special.isSpecial(start[index]) ? 0x80 : 0
        width = 1
      }
      while found != 0 {
        let place = index &+ found.trailingZeroBitCount &>> 3
        found &= found &- 1
        let byte = start[place]
        if byte == separator {
          try addField(fieldStart, place)
          fieldStart = place &+ 1
        } else if byte == UInt8(ascii: "\"") {
          guard place == fieldStart else {
            throw error(.strayQuote, "a quote stands within a field that does not begin with one; put the field in quotes and double it")
          }
          beginQuoted(place &+ 1)
          return false
        } else {
          return try endRecord(place, byte)
        }
      }
      index &+= width
    }
    scan = end
    return false
  }

  /// Ends a record at a line end. False for a blank line, which is no record.
  private mutating func endRecord(_ place: Int, _ byte: UInt8) throws(CSVError) -> Bool {
    let isBlank = fieldCount == 0 && place == fieldStart
    if !isBlank { try addField(fieldStart, place) }
    scan = place + 1
    line += 1
    state = byte == UInt8(ascii: "\r") ? .afterReturn : .plain
    if isBlank { startRecord() }
    return !isBlank
  }

  @inline(__always)
  private mutating func addField(_ from: Int, _ to: Int) throws(CSVError) {
    if to &- from > limits.field { throw error(.longField, "the field is longer than \(limits.field) bytes") }
    if fieldCount == boundsCapacity || fieldCount >= limits.columns { try growBounds() }
    bounds[fieldCount] = CSVRecord.Bounds(
      start: Int32(truncatingIfNeeded: from &- recordStart), end: Int32(truncatingIfNeeded: to &- recordStart))
    fieldCount &+= 1
  }

  @inline(never)
  private mutating func growBounds() throws(CSVError) {
    if fieldCount >= limits.columns { throw error(.tooManyColumns, "the record has more than \(limits.columns) fields") }
    boundsCapacity *= 2
    let moved = UnsafeMutablePointer<CSVRecord.Bounds>.allocate(capacity: boundsCapacity)
    moved.update(from: bounds, count: fieldCount)
    bounds.deallocate()
    bounds = moved
  }

  private mutating func beginQuoted(_ place: Int) {
    state = .quoted
    scan = place
    fieldStart = place
    segment = place
    write = place
    quoteLine = line
  }

  /// Scans to the next quote, counting lines.
  private mutating func scanQuoted() {
    let start = buffer.start
    var index = scan
    while index < buffer.end {
      if index &+ 8 <= buffer.end, SpecialBytes.quoted(UnsafeRawPointer(start + index).loadUnaligned(as: UInt64.self)) == 0 {
        index &+= 8
        continue
      }
      let byte = start[index]
      if byte == UInt8(ascii: "\"") {
        moveSegment(to: index)
        state = .quoteInQuoted
        scan = index + 1
        return
      }
      if byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n") && (index == fieldStart || start[index - 1] != UInt8(ascii: "\r")) {
        line += 1
      }
      index &+= 1
    }
    scan = index
  }

  private mutating func moveSegment(to end: Int) {
    if write != segment { (buffer.start + write).update(from: buffer.start + segment, count: end - segment) }
    write += end - segment
    segment = end
  }

  private mutating func afterQuote(_ separator: UInt8) throws(CSVError) -> Bool {
    let byte = buffer.start[scan]
    switch byte {
    case UInt8(ascii: "\""):
      segment = scan
      scan += 1
      state = .quoted
    case separator:
      try addField(fieldStart, write)
      scan += 1
      fieldStart = scan
      state = .plain
    case UInt8(ascii: "\r"), UInt8(ascii: "\n"):
      try addField(fieldStart, write)
      scan += 1
      line += 1
      state = byte == UInt8(ascii: "\r") ? .afterReturn : .plain
      return true
    default:
      throw error(
        .textAfterQuote, "text follows the closing quote of the field that opened on line \(quoteLine); double a quote within quotes")
    }
    return false
  }

  /// All bytes are scanned and the record goes on: is it still within the limits?
  private func checkLimits() throws(CSVError) {
    if state == .quoted, write - fieldStart + scan - segment > limits.field {
      throw error(.unclosedQuote, line: quoteLine, "the quote that opens here is not closed within \(limits.field) bytes")
    }
    if state == .plain, scan - fieldStart > limits.field { throw error(.longField, "the field is longer than \(limits.field) bytes") }
    if scan - recordStart > limits.record { throw error(.longRecord, line: recordLine, "the record is longer than \(limits.record) bytes") }
  }

  /// No byte is left: throws the fault that stands behind them, or ends the last record at the end of the file.
  private mutating func finishRecord() throws(CSVError) -> Bool {
    guard scan == buffer.end else { return false }
    if let fault { throw error(fault.kind, fault.message) }
    guard isEnded else { return false }
    switch state {
    case .quoted:
      throw error(.unclosedQuote, line: quoteLine, "the quote that opens here is never closed; is the file cut off?")
    case .quoteInQuoted:
      try addField(fieldStart, write)
    case .plain where fieldCount > 0 || scan > fieldStart:
      try addField(fieldStart, scan)
    case .plain, .afterReturn:
      return false
    }
    state = .plain
    return true
  }
}
