import CSV
import Foundation

/// The bad rows of a file with all that is wrong with each, as a file beside it that can be mended and imported again.
struct Rejects {
  let job: Import
  let faults: ImportFaults
  let header: CSVHeader

  private static let reason = "Reason"

  /// Beside the file: `usage.csv` has `usage.rejected.csv`.
  static func path(for path: String) -> String {
    let name = path.hasSuffix(".csv") || path.hasSuffix(".CSV") ? String(path.dropLast(4)) : path
    return name + ".rejected.csv"
  }

  /// Reads the file once more and writes its bad rows as they were, with the reasons behind them. The file appears whole or not at all.
  ///
  /// - Returns: its path.
  func write() throws -> String {
    let path = Rejects.path(for: job.path)
    try FileWriting.replacing(path) { output in
      var writer = CSVWriter(bom: true) { try output.write($0) }
      // A file of rejected rows that is imported again has reasons of its own, which are over.
      let kept = header.names.indices.filter { header.names[$0] != Rejects.reason }
      for index in kept { writer.raw(header.names[index]) }
      writer.raw(Rejects.reason)
      try writer.endRow()
      try rows(kept, &writer)
      try writer.finish()
    }
    return path
  }

  private func rows(_ kept: [Int], _ writer: inout CSVWriter) throws {
    let lines = try faults.badLines()
    var next = 0
    var reasons: [Int64: String] = [:]
    var file = try CSVFile(path: job.path, encoding: job.options.encoding)
    _ = try file.header(required: job.kind.headers)
    var isMore = true
    while isMore, next < lines.count {
      isMore = false
      try file.rows(limit: 10_000) { row in
        isMore = true
        guard next < lines.count, lines[next] == Int64(row.line) else { return }
        if reasons[lines[next]] == nil { reasons = try self.reasons(lines[next..<min(next + 1000, lines.count)]) }
        for index in kept {
          // A short row has no further fields, but the reason keeps its column.
          Rejects.write(row.record[index], to: &writer)
        }
        writer.text(reasons[lines[next]] ?? "")
        try writer.endRow()
        next += 1
      }
    }
    guard next == lines.count else { throw Failure(.conflict, "\(job.path) was changed while it was being imported. Import it again.") }
  }

  /// A cell as it was, harmless: this file is made to be opened in a spreadsheet, and whoever wrote the other one may have put a formula in it. An
  /// import takes the `'` off again. A number with its sign is no formula, and an import would not find the number behind a `'`.
  private static func write(_ field: CSVField, to writer: inout CSVWriter) {
    if Decimal(CellReader.trimmed(field.bytes)) == nil { writer.text(field.unguardedBytes) } else { writer.raw(field.bytes) }
  }

  private func reasons(_ lines: ArraySlice<Int64>) throws -> [Int64: String] {
    guard let first = lines.first, let last = lines.last else { return [:] }
    var reasons: [Int64: String] = [:]
    for fault in try faults.between(first, last) {
      let text = fault.header.isEmpty ? fault.reason : "\(fault.header): \(fault.reason)"
      reasons[fault.line] = reasons[fault.line].map { "\($0); \(text)" } ?? text
    }
    return reasons
  }
}
