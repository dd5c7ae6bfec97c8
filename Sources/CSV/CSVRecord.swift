/// One field of a record. Its bytes may be used only while the record is being handled.
public struct CSVField {
  /// The field's text in UTF-8, quotes taken off.
  public let bytes: UnsafeRawBufferPointer
  /// The place of the field in its record, from 1; 0 for a column that the file does not have.
  public let column: Int
  /// Whether the record is too short to have this field. Such a field is empty.
  public let isMissing: Bool

  @usableFromInline
  init(bytes: UnsafeRawBufferPointer, column: Int, isMissing: Bool) {
    self.bytes = bytes
    self.column = column
    self.isMissing = isMissing
  }

  /// Whether there is no text.
  @inlinable public var isEmpty: Bool { bytes.isEmpty }

  /// The field's text.
  @inlinable public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The field's text without the `'` that a writer puts before what a spreadsheet would run as a formula.
  public var unguardedText: String { String(decoding: unguardedBytes, as: UTF8.self) }

  /// As `unguardedText`, in UTF-8.
  public var unguardedBytes: UnsafeRawBufferPointer { FormulaGuard.removed(from: bytes) }
}

/// One record of a file, lent to whoever handles it: its fields live only that long.
public struct CSVRecord: ~Copyable {
  /// Where a field lies behind the record's start.
  @usableFromInline
  struct Bounds {
    @usableFromInline let start: Int32
    @usableFromInline let end: Int32

    init(start: Int32, end: Int32) {
      self.start = start
      self.end = end
    }
  }
  @usableFromInline let base: UnsafePointer<UInt8>
  @usableFromInline let bounds: UnsafePointer<Bounds>
  /// How many fields the record has; at least one.
  public let count: Int
  /// The line that the record starts in, from 1.
  public let line: Int
  /// The place of the record in the file, from 1 and with the header; blank lines are not counted.
  public let number: Int

  init(base: UnsafePointer<UInt8>, bounds: UnsafePointer<Bounds>, count: Int, line: Int, number: Int) {
    self.base = base
    self.bounds = bounds
    self.count = count
    self.line = line
    self.number = number
  }

  /// A field by its place, from 0; an empty, missing one beyond the last.
  @inlinable
  public subscript(index: Int) -> CSVField {
    guard index >= 0, index < count else {
      return CSVField(bytes: UnsafeRawBufferPointer(start: nil, count: 0), column: index + 1, isMissing: true)
    }
    let place = bounds[index]
    let bytes = UnsafeRawBufferPointer(start: base + Int(place.start), count: Int(place.end - place.start))
    return CSVField(bytes: bytes, column: index + 1, isMissing: false)
  }

  /// All fields as text.
  public var texts: [String] {
    var texts: [String] = []
    texts.reserveCapacity(count)
    for index in 0..<count { texts.append(self[index].text) }
    return texts
  }
}
