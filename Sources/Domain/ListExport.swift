import CSV
import Database

/// A row of a list of people, as every export begins it.
protocol Listed {
  var name: String { get }
  var email: String { get }
}

/// A column of a list beyond name and email, as an export writes it.
protocol ListColumn {
  associatedtype Row: Listed
  /// The heading in an export.
  var header: String { get }
  /// Writes the cell of a row.
  func write(_ row: Row, to writer: inout CSVWriter)
}

/// Writes a list as CSV with a byte order mark: name, email, and the columns chosen.
struct ListExport<Column: ListColumn> {
  let columns: [Column]

  /// - Parameters:
  ///   - query: finds the ids of all rows in order.
  ///   - load: joins the rows of some ids.
  func write(
    _ query: PagedQuery, in connection: any Connection, to sink: @escaping (UnsafeRawBufferPointer) throws -> Void,
    load: ([Int64]) throws -> [Column.Row]
  ) throws {
    var writer = CSVWriter(bom: true, sink)
    writer.text("Name")
    writer.text("Email")
    for column in columns { writer.text(column.header) }
    try writer.endRow()
    // Eight bytes a row are kept; the wide rows pass by in groups.
    let ids = try query.ids(in: connection)
    var start = 0
    while start < ids.count {
      let end = min(start + 512, ids.count)
      for row in try load(Array(ids[start..<end])) {
        writer.text(row.name)
        writer.text(row.email)
        for column in columns { column.write(row, to: &writer) }
        try writer.endRow()
      }
      start = end
    }
    try writer.finish()
  }
}
