import CSV
import Database

/// Reads a file of people into `bulk_rows`. What is wrong with a row by itself is noted there.
struct BulkReader: ~Copyable {
  private var file: CSVFile
  private var email = EmailReader()
  private var fault = ""
  /// The emails and External IDs of the good rows that were read.
  private(set) var emails = Repetition(), externalIDs = Repetition()

  init(_ file: consuming CSVFile) { self.file = file }

  /// - Throws: `Failure` of code `invalid`.
  mutating func readHeader() throws {
    do {
      _ = try file.header(required: BulkInvitation.headers)
    } catch {
      throw Failure.unusableHeader(error)
    }
  }

  /// - Returns: how many rows there are.
  /// - Throws: `Failure` of code `invalid` where the file cannot be read on.
  mutating func read(into bench: any Workbench) throws -> Int {
    var broken: CSVError?
    let columns: [StaticString] = ["line", "email_key", "email", "name", "external_id", "fault", "search_key"]
    let count = try bench.load(into: "bulk_rows", columns: columns) { sink in
      do {
        try readRows(into: sink)
      } catch let error as CSVError {
        broken = error
      }
    }
    if let broken { throw Failure.unusableFile("Nothing was taken: \(broken.description).") }
    try bench.describe("bulk_rows")
    return count
  }

  private mutating func readRows(into sink: any RowSink) throws {
    // The reader is borrowed while its rows pass by, so what they fill lies beside it.
    var (emails, externalIDs) = (Repetition(), Repetition())
    var isMore = true
    while isMore {
      isMore = false
      var (email, fault) = (self.email, self.fault)
      try file.rows(limit: 10_000) { row in
        isMore = true
        fault = ""
        if row.isShort || row.isLong {
          fault = "The row has \(row.count) fields where the header has \(row.expectedCount)."
        }
        let name = CellReader.trimmed(row[0].unguardedBytes)
        let address = CellReader.trimmed(row[1].unguardedBytes)
        let externalID = CellReader.trimmed(row[2].unguardedBytes)
        if !PersonRules.isPlain(name) || name.isEmpty { note(PersonRules.fault(inName: text(name)), in: &fault) }
        note(email.read(address), in: &fault)
        if !PersonRules.isPlain(externalID) { note(PersonRules.fault(inExternalID: text(externalID)), in: &fault) }
        sink.int(Int64(row.line))
        let isGood = fault.isEmpty
        if isGood { email.key.withUnsafeBytes { sink.text($0) } } else { sink.text("") }
        put(address, sink)
        put(name, sink)
        put(externalID, sink)
        sink.text(fault)
        if isGood {
          email.fold(name: name)
          email.key.withUnsafeBytes { emails.note($0) }
          externalIDs.note(externalID)
        }
        if isGood { email.searchKey.withUnsafeBytes { sink.text($0) } } else { sink.text("") }
        try sink.endRow()
      }
      (self.email, self.fault) = (email, fault)
    }
    (self.emails, self.externalIDs) = (emails, externalIDs)
  }
}

/// Tells whether texts may repeat each other, by a digest of each: mostly the answer is no, and what repeats need not be looked for.
struct Repetition {
  /// Beyond so many the digests take more memory than the look-up is worth.
  private static let limit = 500_000
  private var digests: Set<Int> = []
  /// False where every text differed from all the others; those that are empty do not count.
  private(set) var mayRepeat = false

  mutating func note(_ text: UnsafeRawBufferPointer) {
    if mayRepeat || text.isEmpty { return }
    var hasher = Hasher()
    hasher.combine(bytes: text)
    mayRepeat = !digests.insert(hasher.finalize()).inserted || digests.count > Repetition.limit
    if mayRepeat { digests = [] }
  }
}

/// How much of a cell is kept, in bytes; no cell that long can be right.
private let longestKept = 2000

private func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }

private func note(_ sentence: String?, in fault: inout String) {
  guard let sentence else { return }
  fault += fault.isEmpty ? sentence : " " + sentence
}

private func put(_ bytes: UnsafeRawBufferPointer, _ sink: any RowSink) {
  if bytes.count <= longestKept {
    sink.text(bytes)
  } else {
    sink.text(text(UnsafeRawBufferPointer(rebasing: bytes[..<longestKept])).prefix(500) + "…")
  }
}
