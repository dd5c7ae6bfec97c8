import Database
import Domain
import Mail
import Support
import Testing
import World

@testable import Web

/// A site with an open contract for Data Academy, and a mail server where a test wants one.
struct PostOffice {
  let test: TestSite

  static func with(_ engine: Dialect, server: SMTPServer? = nil, _ body: (PostOffice) throws -> Void) throws {
    defer { server?.stop() }
    let url = try server.map { try SMTPURL("smtp://127.0.0.1:\($0.port)?rate=1000") }
    try TestSite.with(engine, mailServer: url) { test in
      try test.database.write(organization: 0) { tx in
        let id = try tx.scalar(
          """
          INSERT INTO contracts (organization_id, name, kind, quantity, created_at)
          VALUES (\(test.cast.northwind.id), 'Places', 'MEMBERSHIPS', 100, '') RETURNING id
          """)
        try tx.run("INSERT INTO program_contracts (program_id, contract_id) VALUES (\(test.cast.dataAcademy), \(id))")
      }
      try body(PostOffice(test: test))
    }
  }

  var owner: TestBrowser { get throws { try test.browser(of: test.cast.olga) } }

  /// Invites somebody to Data Academy as Olga would. Returns the person's id.
  @discardableResult
  func invite(_ email: String, name: String = "Nora New") throws -> Int64 {
    let cast = test.cast
    let viewer = Viewer(accountID: cast.olga.id, name: "", email: "", grants: [.organizationAdmin(organization: cast.northwind.id)])
    let scope = try test.database.read { try OrganizationScope.find(slug: "northwind", for: viewer, in: $0) }
    let (program, contracts) = try test.database.read {
      (
        try Program.find(slug: "data-academy", scope: scope, in: $0),
        try Contract.of(programs: [cast.dataAcademy], in: $0)[cast.dataAcademy] ?? []
      )
    }
    let contract = try #require(contracts.first)
    return try test.database.write(organization: cast.northwind.id) {
      try Inviting(scope, to: program, under: contract, at: cast.time.now).invite(
        .init(name: name, email: email), sends: true, mayExceed: true, in: $0)
    }
  }

  /// Sends what is due; returns what keeps the server from taking any mail.
  func send() throws -> String? {
    let url = try #require(test.site.settings.mailServer)
    return try MailRound(test.site, server: url) { _ in }.run()
  }

  /// State, answer and sends of a person's invitation.
  func invitation(_ user: Int64) throws -> [String] {
    try test.database.read {
      try $0.first("SELECT state, failure, CAST(sends AS TEXT) FROM invitations WHERE user_id = \(user)") {
        [$0.text(0), $0.text(1), $0.text(2)]
      } ?? []
    }
  }

  /// State and answer of each mail.
  func mails() throws -> [[String]] {
    try test.database.read { try $0.all("SELECT state, failure FROM outbox ORDER BY id") { [$0.text(0), $0.text(1)] } }
  }

  /// The id of the only mail.
  func mail() throws -> Int64 { try test.database.read { try $0.scalar("SELECT max(id) FROM outbox") } }
}

extension SMTPServer.Received {
  var text: String { String(decoding: data, as: UTF8.self) }
  /// The Message-ID.
  var id: String { text.components(after: "Message-ID:\r\n <").prefix { $0 != ">" }.description }
}

extension String {
  /// What follows the first occurrence of a text.
  func components(after text: String) -> Substring { firstRange(of: text).map { self[$0.upperBound...] } ?? "" }
}
