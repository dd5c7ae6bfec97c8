/// Cells that are escaped already and joined by commas, to be put into many rows: a group of columns that repeats.
public struct CSVFragment: Sendable {
  let bytes: [UInt8]
  let cells: Int

  /// Escapes cells once.
  public init(_ cells: (inout CSVWriter) throws -> Void) rethrows {
    var writer = CSVWriter(capacity: 1 << 10) { _ in }
    try cells(&writer)
    (bytes, self.cells) = writer.taken()
  }
}

/// Writes CSV as RFC 4180 has it: commas, CRLF, quotes where a cell needs them. Rows are collected in a buffer and handed on
/// when it is full and in `finish()`. A row of one empty cell is written `""`, since a blank line is no row.
public struct CSVWriter: ~Copyable {
  private var start: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private var count = 0
  private var cells = 0
  private var rowStart = 0
  private var hasRows = false
  private let threshold: Int
  private let sink: (UnsafeRawBufferPointer) throws -> Void

  /// A writer in front of the first row.
  /// - Parameters:
  ///   - bom: Whether a UTF-8 byte order mark comes first, by which some spreadsheets know UTF-8.
  ///   - capacity: How many bytes are collected before they are handed on.
  ///   - sink: Takes the bytes, which it may use only while it runs.
  public init(bom: Bool = false, capacity: Int = 1 << 16, _ sink: @escaping (UnsafeRawBufferPointer) throws -> Void) {
    threshold = max(capacity, 16)
    self.capacity = threshold * 2
    self.sink = sink
    start = .allocate(capacity: self.capacity)
    if bom {
      for byte: UInt8 in [0xEF, 0xBB, 0xBF] { put(byte) }
      rowStart = count
    }
  }

  deinit {
    start.deallocate()
  }

  /// Ends the row. One without cells is not written.
  public mutating func endRow() throws {
    if cells == 0 { return }
    reserve(4)
    if cells == 1, count == rowStart {
      put(UInt8(ascii: "\""))
      put(UInt8(ascii: "\""))
    }
    put(0x0D)
    put(0x0A)
    cells = 0
    hasRows = true
    rowStart = count
    if count >= threshold { try flush() }
  }

  /// Hands on what is collected. Must be called after the last row: a writer that goes away drops what it holds.
  public mutating func finish() throws {
    try flush()
  }

  private mutating func flush() throws {
    guard count > 0 else { return }
    let full = count
    count = 0
    rowStart = 0
    try sink(UnsafeRawBufferPointer(start: start, count: full))
  }

  /// A text cell, in which a formula is made harmless by a leading `'`.
  public mutating func text(_ value: String) {
    var value = value
    value.withUTF8 { text(UnsafeRawBufferPointer($0)) }
  }

  /// A text cell, empty when there is no text.
  public mutating func text(_ value: String?) {
    if let value { text(value) } else { empty() }
  }

  /// A text cell given in UTF-8.
  public mutating func text(_ value: UnsafeRawBufferPointer) {
    beginCell()
    cell(value, isGuarded: FormulaGuard.quotes(before: value) >= 0)
  }

  /// A cell that is written as given, in quotes where it needs them: a number or a time that is text already, or a cell of
  /// another file that must come out unchanged. Never text that people type.
  public mutating func raw(_ value: String) {
    var value = value
    value.withUTF8 { raw(UnsafeRawBufferPointer($0)) }
  }

  /// As `raw`, given in UTF-8.
  public mutating func raw(_ value: UnsafeRawBufferPointer) {
    beginCell()
    cell(value, isGuarded: false)
  }

  /// An empty cell.
  public mutating func empty() {
    beginCell()
  }

  /// A whole number.
  public mutating func number(_ value: Int64) {
    beginCell()
    if value < 0 { put(UInt8(ascii: "-")) }
    digits(value.magnitude, atLeast: 1)
  }

  /// A number with a fixed count of decimals (at most 9), rounded half away from zero. What is not finite is an empty cell.
  public mutating func number(_ value: Double, decimals: Int) {
    beginCell()
    let places = min(max(decimals, 0), 9)
    var unit: UInt64 = 1
    for _ in 0..<places { unit *= 10 }
    let scaled = (value.magnitude * Double(unit)).rounded()
    guard scaled.isFinite else { return }
    guard scaled < 1e18 else {
      var text = value.description
      text.withUTF8 { cell(UnsafeRawBufferPointer($0), isGuarded: false) }
      return
    }
    let whole = UInt64(scaled)
    if value < 0, whole > 0 { put(UInt8(ascii: "-")) }
    digits(whole / unit, atLeast: 1)
    if places > 0 {
      put(UInt8(ascii: "."))
      digits(whole % unit, atLeast: places)
    }
  }

  /// Cells that were escaped before.
  public mutating func fragment(_ fragment: CSVFragment) {
    guard fragment.cells > 0 else { return }
    beginCell()
    cells += fragment.cells - 1
    reserve(fragment.bytes.count)
    fragment.bytes.withUnsafeBufferPointer { bytes in
      if let base = bytes.baseAddress { (start + count).update(from: base, count: bytes.count) }
    }
    count += fragment.bytes.count
  }

  fileprivate func taken() -> (bytes: [UInt8], cells: Int) {
    (Array(UnsafeBufferPointer(start: start, count: count)), cells)
  }
}

extension CSVWriter {
  @inline(__always)
  private mutating func reserve(_ more: Int) {
    if capacity - count < more { grow(more) }
  }

  @inline(never)
  private mutating func grow(_ more: Int) {
    capacity = max(capacity * 2, count + more)
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    moved.update(from: start, count: count)
    start.deallocate()
    start = moved
  }

  /// Adds a byte; there must be room for it.
  @inline(__always)
  private mutating func put(_ byte: UInt8) {
    start[count] = byte
    count &+= 1
  }

  /// Writes the comma after the cell before, and makes room for a number.
  @inline(__always)
  private mutating func beginCell() {
    reserve(32)
    if cells > 0 { put(UInt8(ascii: ",")) }
    cells &+= 1
  }

  private mutating func digits(_ value: UInt64, atLeast least: Int) {
    var length = 1
    var rest = value
    while rest >= 10 {
      rest /= 10
      length += 1
    }
    length = max(length, least)
    rest = value
    var place = count + length
    while place > count {
      place -= 1
      start[place] = UInt8(truncatingIfNeeded: 48 + rest % 10)
      rest /= 10
    }
    count += length
  }

  /// Copies a cell while it looks for what needs quotes, eight bytes at a time; the last word overlaps the one before.
  @inline(__always)
  private mutating func cell(_ value: UnsafeRawBufferPointer, isGuarded: Bool) {
    guard let source = value.baseAddress, value.count > 0 else { return }
    let length = value.count
    reserve(2 * length + 3)
    if isGuarded { put(UInt8(ascii: "'")) }
    let target = UnsafeMutableRawPointer(start + count)
    let special = SpecialBytes(separator: UInt8(ascii: ","))
    var found: UInt64 = 0
    if length >= 8 {
      var index = 0
      while index &+ 8 <= length {
        let word = source.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        target.storeBytes(of: word, toByteOffset: index, as: UInt64.self)
        found |= special.found(in: word)
        index &+= 8
      }
      if index < length {
        let word = source.loadUnaligned(fromByteOffset: length &- 8, as: UInt64.self)
        target.storeBytes(of: word, toByteOffset: length &- 8, as: UInt64.self)
        found |= special.found(in: word)
      }
    } else {
      for index in 0..<length {
        let byte = value[index]
        target.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
        if special.isSpecial(byte) { found = 1 }
      }
    }
    if found == 0, hasRows || !beginsFileWithMark(value) { count &+= length } else { quoted(value, isGuarded: isGuarded) }
  }

  /// Whether a cell in front of the file would be taken for a byte order mark.
  private func beginsFileWithMark(_ value: UnsafeRawBufferPointer) -> Bool {
    count == 0 && value.starts(with: [0xEF, 0xBB, 0xBF])
  }

  @inline(never)
  private mutating func quoted(_ value: UnsafeRawBufferPointer, isGuarded: Bool) {
    if isGuarded { count -= 1 }
    put(UInt8(ascii: "\""))
    if isGuarded { put(UInt8(ascii: "'")) }
    for byte in value {
      if byte == UInt8(ascii: "\"") { put(byte) }
      put(byte)
    }
    put(UInt8(ascii: "\""))
  }
}
