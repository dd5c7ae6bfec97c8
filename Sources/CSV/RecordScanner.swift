/// Finding the records in the bytes that a reader holds.
extension CSVReader {
  private func error(_ kind: CSVError.Kind, line: Int? = nil, _ message: String) -> CSVError {
    CSVError(kind: kind, line: line ?? self.line, column: fieldCount + 1, message: message)
  }

  mutating func scanRecord() throws(CSVError) -> Bool {
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
  mutating func finishRecord() throws(CSVError) -> Bool {
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
