import Database
import Support
import World

@testable import Domain

/// Northwind's outbox, with people to invite.
struct OutboxDesk {
  let cast: Cast
  let database: any Database
  let scope: OrganizationScope
  let program: Program
  let contract: Contract

  var now: Moment { cast.time.now }

  static func with(_ engine: Dialect, _ body: (OutboxDesk) throws -> Void) throws {
    try TestDatabase.migrated(engine) { test in
      let cast = try Cast(in: test.database)
      try test.database.write(organization: cast.northwind.id) { tx in
        let contract = try tx.scalar(
          """
          INSERT INTO contracts (organization_id, name, kind, created_at) VALUES (\(cast.northwind.id), 'Open', 'UNLIMITED', \(Cast.now.text)) RETURNING id
          """)
        try tx.run("INSERT INTO program_contracts (program_id, contract_id) VALUES (\(cast.dataAcademy), \(contract))")
      }
      try body(try OutboxDesk(cast, test.database))
    }
  }

  private init(_ cast: Cast, _ database: any Database) throws {
    let viewer = Viewer(
      accountID: cast.olga.id, name: cast.olga.name, email: cast.olga.email, grants: [.organizationAdmin(organization: cast.northwind.id)])
    let (scope, program, contract) = try database.read { connection in
      let scope = try OrganizationScope.find(slug: "northwind", for: viewer, in: connection)
      return (
        scope, try Program.find(slug: "data-academy", scope: scope, in: connection), try Contract.all(scope: scope, in: connection)[0]
      )
    }
    (self.cast, self.database, self.scope, self.program, self.contract) = (cast, database, scope, program, contract)
  }

  /// Invites a person by mail and returns the id.
  @discardableResult
  func invite(_ email: String, name: String = "Ines Invited") throws -> Int64 {
    try database.write(organization: scope.organization.id) { tx in
      try Inviting(scope, to: program, under: contract, at: now).invite(
        .init(name: name, email: email), sends: true, mayExceed: false, in: tx)
    }
  }

  func claim(_ limit: Int = 10, minutes: Int64 = 10) throws -> [ClaimedMail] {
    try Outbox.claim(limit, at: now, until: now.adding(seconds: minutes * 60), in: database)
  }

  func accept(_ mail: ClaimedMail) throws {
    try Outbox.accepted(mail, as: SentMail(subject: "Hello", text: "Hello, you", html: "<p>Hello, you</p>"), at: now, in: database)
  }

  /// One column of the only invitation of a person.
  func invitation(_ user: Int64, _ column: SQL) throws -> String {
    try database.read { try $0.first("SELECT CAST(\(column) AS TEXT) FROM invitations WHERE user_id = \(user)") { $0.text(0) } ?? "none" }
  }

  func states() throws -> [String] { try database.read { try $0.all("SELECT state FROM outbox ORDER BY id") { $0.text(0) } } }
}
