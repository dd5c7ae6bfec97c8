import CSV
public import Database

extension LearnerList {
  /// Writes the engagements that match as CSV: exactly the columns chosen, in their order, a row for each engagement of every page.
  ///
  /// Moments are ISO 8601 in UTC; what a learner has no answer to is empty.
  ///
  /// - Parameter bom: whether a byte order mark comes first, as spreadsheets want it.
  public func write(
    _ filter: LearnerFilter, sort: Sorting<LearnerColumn>, columns: [LearnerColumn], bom: Bool, in connection: any Connection,
    to sink: @escaping (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var writer = CSVWriter(bom: bom, sink)
    for column in columns { writer.text(column.header) }
    try writer.endRow()
    // Eight bytes an engagement are kept; the wide rows pass by in groups.
    let ids = try ids(filter, sort: sort, in: connection)
    var start = 0
    while start < ids.count {
      let end = min(start + 512, ids.count)
      for learner in try learners(Array(ids[start..<end]), showing: columns, in: connection) {
        for column in columns { column.value(of: learner).write(to: &writer) }
        try writer.endRow()
      }
      start = end
    }
    try writer.finish()
  }
}

extension LearnerValue {
  func write(to writer: inout CSVWriter) {
    switch self {
    case .none: writer.text("")
    case .text(let text): writer.text(text)
    case .number(let number), .percent(let number): writer.number(Int64(number))
    // Not 4/10, which a spreadsheet would read as a date (product.md 5).
    case .of(let part, let whole): writer.text("\(part) of \(whole)")
    case .hundredths(let value): writer.raw(LearnerValue.decimal(value))
    case .moment(let text): writer.raw(text)
    case .yesNo(let value): writer.text(value ? "Yes" : "No")
    }
  }

  /// 425 as "4.25", as pages and files write an average.
  public static func decimal(_ hundredths: Int) -> String {
    "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
  }
}
