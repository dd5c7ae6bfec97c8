import CSV
import Database
import Support
import World

@testable import Domain

/// The ledger's world with a file to upload.
struct BulkDesk {
  let world: LedgerWorld

  static func with(_ engine: Dialect, places: Int64 = 5, _ body: (BulkDesk) throws -> Void) throws {
    try LedgerWorld.with(engine, places: places) { try body(BulkDesk(world: $0)) }
  }

  var bulk: BulkInvitation { BulkInvitation(world.scope, in: world.database, clock: world.cast.time.clock) }

  func check(_ text: String, under contract: Int = 4, encoding: CSVEncoding = .unicode) throws -> UploadDraft {
    try check(Array(text.utf8), under: contract, encoding: encoding)
  }

  func check(_ bytes: [UInt8], under contract: Int = 4, encoding: CSVEncoding = .unicode) throws -> UploadDraft {
    let id = try bulk.check(
      CSVFile(bytes: bytes, encoding: encoding), named: "people.csv", program: try world.program(), contract: try world.contract(contract))
    return try draft(id)
  }

  func draft(_ id: Int64) throws -> UploadDraft { try world.database.read { try UploadDraft.find(id, scope: world.scope, in: $0) } }

  func counts(_ draft: UploadDraft) throws -> [UploadDraft.Outcome: Int] { try world.database.read { try draft.counts(in: $0) } }

  /// `line outcome reason` of every row, by line.
  func lines(_ draft: UploadDraft) throws -> [String] {
    try world.database.read { connection in
      try connection.all("SELECT line, outcome, reason FROM upload_rows WHERE draft_id = \(draft.id) ORDER BY line") { row in
        "\(row.int(0)) \(row.text(1))" + (row.text(2).isEmpty ? "" : " " + row.text(2))
      }
    }
  }

  func rejected(_ draft: UploadDraft) throws -> String {
    var bytes: [UInt8] = []
    try world.database.export { try draft.writeRejected(in: $0) { bytes.append(contentsOf: $0) } }
    return String(decoding: bytes.dropFirst(3), as: UTF8.self)
  }

  func scalar(_ sql: SQL) throws -> Int64 { try world.database.read { try $0.scalar(sql) } }
}
