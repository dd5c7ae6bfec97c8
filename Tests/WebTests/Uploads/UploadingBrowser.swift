import Database
import Domain
import Support
import World

@testable import Web

extension TestSite {
  /// A site whose program Data Academy has a contract of some places, and the contract's id.
  static func withPlaces(
    _ engine: Dialect, places: Int64 = 50, patience: Duration = .seconds(60), _ body: (TestSite, Int64) throws -> Void
  ) throws {
    try with(engine, patience: patience) { test in
      let cast = test.cast
      let contract = try test.database.write(organization: 0) { tx in
        try Figures.recomputeAll(in: tx)
        let id = try tx.scalar(
          """
          INSERT INTO contracts (organization_id, name, kind, quantity, created_at)
          VALUES (\(cast.northwind.id), 'Year 3', 'MEMBERSHIPS', \(places), '') RETURNING id
          """)
        try tx.run("INSERT INTO program_contracts (program_id, contract_id) VALUES (\(cast.dataAcademy), \(id))")
        return id
      }
      try body(test, contract)
    }
  }
}

extension TestBrowser {
  /// Sends a form with a file, as a browser does.
  func upload(_ text: String, named fileName: String, to path: String, csrf: String? = nil, _ fields: [(String, String)] = []) throws
    -> Reply
  {
    let token = try csrf ?? get("/no-such-page").hidden("csrf") ?? ""
    var body = ([("csrf", token)] + fields).map { "--B\r\nContent-Disposition: form-data; name=\"\($0.0)\"\r\n\r\n\($0.1)\r\n" }.joined()
    body +=
      "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(fileName)\"\r\nContent-Type: text/csv\r\n\r\n\(text)\r\n--B--\r\n"
    return try send("POST", path, .bytes(Array(body.utf8)), [("Content-Type", "multipart/form-data; boundary=B")])
  }

  /// Sends a file of people to invite.
  func invite(
    _ contract: Int64, _ text: String, program: String = "data-academy", fileName: String = "people.csv"
  ) throws -> Reply {
    try upload(
      text, named: fileName, to: "/o/northwind/invitations/bulk",
      [("program", program), ("contract", "\(contract)"), ("encoding", "unicode")])
  }
}
