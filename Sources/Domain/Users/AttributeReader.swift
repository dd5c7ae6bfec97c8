import CSV
import Database

/// Reads a file of attributes into `attribute_rows`. What is wrong with a row by itself is noted there.
struct AttributeReader: ~Copyable {
  private var file: CSVFile
  private var email = EmailReader()

  init(_ file: consuming CSVFile) { self.file = file }

  /// The attributes that the file has columns for.
  ///
  /// - Throws: `Failure` of code `invalid`.
  mutating func readHeader() throws -> [Attribute] {
    let header: CSVHeader
    do {
      header = try file.header(required: [AttributeUpload.email], optional: Attribute.allCases.map(\.header))
    } catch {
      throw Failure.unusableHeader(error)
    }
    let attributes = zip(Attribute.allCases, header.places.dropFirst()).filter { $0.1 != nil }.map(\.0)
    if attributes.isEmpty {
      let names = Attribute.allCases.map(\.header).joined(separator: ", ")
      throw Failure.unusableFile("The file has none of the attributes’ columns: \(names).")
    }
    return attributes
  }

  /// - Returns: how many rows there are.
  /// - Throws: `Failure` of code `invalid` where the file cannot be read on.
  mutating func read(_ attributes: [Attribute], into bench: any Workbench) throws -> Int {
    var broken: CSVError?
    let count = try bench.load(into: "attribute_rows", columns: ["line", "email_key", "email", "cells", "fault"]) { sink in
      do {
        try readRows(attributes, into: sink)
      } catch let error as CSVError {
        broken = error
      }
    }
    if let broken { throw Failure.unusableFile("Nothing was taken: \(broken.description).") }
    try bench.describe("attribute_rows")
    return count
  }

  private mutating func readRows(_ attributes: [Attribute], into sink: any RowSink) throws {
    let places = attributes.map { attribute in 1 + (Attribute.allCases.firstIndex(of: attribute) ?? 0) }
    var isMore = true
    while isMore {
      isMore = false
      // The reader is borrowed while its rows pass by, so what they fill lies beside it.
      var email = self.email
      try file.rows(limit: 10_000) { row in
        isMore = true
        var fault =
          row.isShort || row.isLong ? "The row has \(row.count) fields where the header has \(row.expectedCount)." : ""
        let address = CellReader.trimmed(row[0].unguardedBytes)
        if let sentence = email.read(address) { fault += (fault.isEmpty ? "" : " ") + sentence }
        var cells: [String] = []
        for (attribute, place) in zip(attributes, places) {
          let cell = String(decoding: CellReader.trimmed(row[place].unguardedBytes), as: UTF8.self)
          if !UserChanges.isFit(cell) {
            fault += (fault.isEmpty ? "" : " ") + "\(attribute.label) is too long, or has characters that cannot be printed."
          }
          cells.append(cell.utf8.count <= 2 * UserChanges.longest ? cell : cell.prefix(500) + "…")
        }
        sink.int(Int64(row.line))
        if fault.isEmpty { email.key.withUnsafeBytes { sink.text($0) } } else { sink.text("") }
        let shown = String(decoding: address, as: UTF8.self)
        sink.text(shown.utf8.count <= UserChanges.longest ? shown : shown.prefix(500) + "…")
        sink.text(try AttributeDraft.encoded(cells))
        sink.text(fault)
        try sink.endRow()
      }
      self.email = email
    }
  }
}
