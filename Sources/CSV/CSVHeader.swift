/// The first record of a file, matched with the columns that are wanted. Names are compared without case and without white
/// space around them.
public struct CSVHeader: Sendable {
  /// All names as the file has them.
  public let names: [String]
  /// For each wanted column its place in the file, from 0; nil for an optional one that the file does not have.
  public let places: [Int?]
  /// The names that nobody asked for, in the order of the file.
  public let ignored: [String]
  /// The byte between fields.
  public let separator: UInt8

  /// Matches names.
  /// - Throws: `CSVError` where a required name is missing, or a wanted one stands there twice.
  init(names: [String], line: Int, separator: UInt8, required: [String], optional: [String]) throws(CSVError) {
    self.names = names
    self.separator = separator
    let folded = names.map(CSVHeader.folded)
    var places: [Int?] = []
    var missing: [String] = []
    for (index, wanted) in (required + optional).enumerated() {
      let name = CSVHeader.folded(wanted)
      let place = folded.firstIndex(of: name)
      if let place, let second = folded[(place + 1)...].firstIndex(of: name) {
        throw CSVError(kind: .duplicateColumn, line: line, column: second + 1, message: "the header has the column \"\(wanted)\" twice")
      }
      if place == nil, index < required.count { missing.append("\"\(wanted)\"") }
      places.append(place)
    }
    guard missing.isEmpty else {
      let found = names.map { "\"\($0)\"" }.joined(separator: ", ")
      let which = missing.count == 1 ? "the column \(missing[0])" : "the columns \(missing.joined(separator: ", "))"
      throw CSVError(kind: .missingColumn, line: line, column: 0, message: "the header lacks \(which); it has \(found)")
    }
    self.places = places
    let taken = Set(places.compactMap { $0 })
    ignored = names.enumerated().filter { !taken.contains($0.offset) }.map(\.element)
  }

  private static func folded(_ name: String) -> String {
    var rest = name[...]
    while let first = rest.first, first.isWhitespace { rest.removeFirst() }
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return rest.lowercased()
  }
}

/// One record below the header, lent to whoever handles it. Fields are asked for by the index of the wanted column.
public struct CSVRow: ~Copyable {
  /// The whole record, its fields in the order of the file.
  public let record: CSVRecord
  /// How many names the header has.
  public let expectedCount: Int
  @usableFromInline let places: UnsafeBufferPointer<Int32>

  init(record: consuming CSVRecord, places: UnsafeBufferPointer<Int32>, expectedCount: Int) {
    self.record = record
    self.places = places
    self.expectedCount = expectedCount
  }

  /// The line that the row starts in, from 1.
  @inlinable public var line: Int { record.line }

  /// The place of the row among the rows, from 1.
  @inlinable public var number: Int { record.number - 1 }

  /// How many fields the row has.
  @inlinable public var count: Int { record.count }

  /// Whether the row has fewer fields than the header.
  @inlinable public var isShort: Bool { record.count < expectedCount }

  /// Whether the row has more fields than the header.
  @inlinable public var isLong: Bool { record.count > expectedCount }

  /// The field of a wanted column, by its index in the required names followed by the optional ones. Empty and missing where
  /// the file has no such column or the row is too short.
  @inlinable
  public subscript(wanted: Int) -> CSVField {
    guard wanted >= 0, wanted < places.count else { return record[-1] }
    return record[Int(places[wanted])]
  }
}
