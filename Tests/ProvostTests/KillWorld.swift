import CSV
import Database
import Foundation
import Secrets
import Support
import Testing
import World

@testable import Domain

/// The cast in a database that processes of the program are started and killed on.
struct KillWorld {
  let database: any Database
  let cast: Cast
  /// Of Northwind's owner, as the cookie's value.
  let session: String
  private let data: String, location: String
  private let contract: Int64

  static func with(_ engine: Dialect, _ body: (KillWorld) throws -> Void) throws {
    try TestDatabase.migrated(engine) { test in
      try TestDatabase.inFolder { folder in
        let cast = try Cast(in: test.database)
        let contract = try test.database.write(organization: 0) { tx in
          // The cast's members were written without a ledger.
          try Figures.recomputeAll(in: tx)
          let id = try tx.scalar(
            """
            INSERT INTO contracts (organization_id, name, kind, quantity, occupied_on, created_at)
            VALUES (\(cast.northwind.id), 'Places', 'MEMBERSHIPS', 100000, 'INVITATION', '') RETURNING id
            """)
          try tx.run("INSERT INTO program_contracts (program_id, contract_id) VALUES (\(cast.dataAcademy), \(id))")
          return id
        }
        let session = try cast.session(for: cast.olga, in: test.identity())
        try body(
          KillWorld(
            database: test.database, cast: cast, session: session, data: folder, location: test.location, contract: contract))
      }
    }
  }

  private var bulk: BulkInvitation { BulkInvitation(scope, in: database, clock: cast.time.clock) }

  private var scope: OrganizationScope {
    OrganizationScope(viewer: Viewer(accountID: cast.olga.id, name: "", email: "", grants: []), organization: cast.northwind, reach: .all)
  }

  /// Checks a file of `person1@kind.example` and so on, and returns the draft's id.
  func draft(_ kind: String, people: Int) throws -> Int64 {
    let text = "Full Name,Email,External ID\n" + (1...people).map { "Person \($0),person\($0)@\(kind).example,\(kind)-\($0)\n" }.joined()
    let (program, contract) = try database.read { connection in
      let program = try Program.find(slug: "data-academy", scope: scope, in: connection)
      let contracts = try Contract.of(programs: [program.id], in: connection)[program.id]
      return (program, try #require(contracts?.first { $0.id == self.contract }))
    }
    return try bulk.check(
      CSVFile(bytes: Array(text.utf8), encoding: .unicode), named: "people.csv", program: program, contract: contract)
  }

  /// Confirms a draft in this process.
  func confirm(_ draft: Int64) throws { _ = try bulk.confirm(draft, sends: true, mayExceed: false) }

  func count(_ sql: SQL) throws -> Int { Int(try database.read { try $0.scalar(sql) }) }

  /// Starts a server whose clock begins so many minutes into the story.
  func serve(minutes: Int64 = 0, mailServer: String? = nil) throws -> (served: Served, port: UInt16) {
    var variables = ["PROVOST_CLOCK": Cast.now.adding(seconds: 60 * minutes).text]
    variables["PROVOST_SMTP_URL"] = mailServer
    let served = try Served(["--data", data, "--database", location, "--listen", "127.0.0.1:0"], variables)
    return (served, try served.port())
  }

  /// What `provost check` has to say, when it finds fault.
  func faults() throws -> String? {
    let check = try Child.run(["check", "--database", location], data: data)
    return check.status == 0 ? nil : check.output + check.errors
  }
}
