import Database
import Secrets
import Support
import World

@testable import Domain

/// The cast with contracts of each kind and courses, and everything that moves a license at hand.
struct LedgerWorld {
  let database: any Database
  let cast: Cast
  let key: InstallationKey
  let scope: OrganizationScope
  let contracts: [Int64]

  static let courses = 3

  static func with(_ engine: Dialect, places: Int64 = 5, _ body: (LedgerWorld) throws -> Void) throws {
    try TestDatabase.migrated(engine) { test in
      let cast = try Cast(in: test.database)
      let contracts = try test.database.write(organization: 0) { tx in
        // The cast's members were written without a ledger.
        try Figures.recomputeAll(in: tx)
        return try lay(cast, places: places, tx)
      }
      let scope = OrganizationScope(
        viewer: Viewer(accountID: cast.olga.id, name: "", email: "", grants: []), organization: cast.northwind, reach: .all)
      try body(
        LedgerWorld(
          database: test.database, cast: cast, key: try InstallationKey(secret: String(repeating: "k", count: 40)), scope: scope,
          contracts: contracts))
    }
  }

  private static func lay(_ cast: Cast, places: Int64, _ tx: any Connection) throws -> [Int64] {
    let kinds = [
      ("MEMBERSHIPS", "JOINING"), ("MEMBERSHIPS", "ENROLLMENT"), ("MEMBERSHIPS", "INVITATION"), ("ENROLLMENTS", "JOINING"),
      ("UNLIMITED", "JOINING"),
    ]
    let ids = try kinds.enumerated().map { index, kind in
      let quantity: Int64? = kind.0 == "UNLIMITED" ? nil : places
      let id = try tx.scalar(
        """
        INSERT INTO contracts (organization_id, name, kind, quantity, occupied_on, created_at)
        VALUES (\(cast.northwind.id), \("Contract \(index)"), \(kind.0), \(quantity), \(kind.1), '') RETURNING id
        """)
      try tx.run("INSERT INTO program_contracts (program_id, contract_id) VALUES (\(cast.dataAcademy), \(id))")
      return id
    }
    for course in 1...courses {
      let id = try tx.scalar(
        "INSERT INTO courses (organization_id, external_id, name, created_at) VALUES (\(cast.northwind.id), \("C\(course)"), 'C', '') RETURNING id"
      )
      try tx.run("INSERT INTO program_courses (program_id, course_id) VALUES (\(cast.dataAcademy), \(id))")
    }
    return ids
  }

  var now: Moment { cast.time.now }
  var joining: Joining { Joining(database, clock: cast.time.clock, key: key) }

  func program() throws -> Program {
    try database.read { try Program.find(slug: "data-academy", scope: scope, in: $0) }
  }

  func contract(_ index: Int) throws -> Contract {
    let all = try database.read { try Contract.of(programs: [cast.dataAcademy], in: $0) }[cast.dataAcademy] ?? []
    guard let found = all.first(where: { $0.id == contracts[index] }) else { throw Failure.notFound }
    return found
  }

  @discardableResult
  func invite(_ number: Int, under contract: Int, sends: Bool = true, mayExceed: Bool = true) throws -> Int64 {
    let inviting = Inviting(scope, to: try program(), under: try self.contract(contract), at: now)
    return try database.write(organization: cast.northwind.id) {
      try inviting.invite(
        .init(name: "Person \(number)", email: "person\(number)@example.com"), sends: sends, mayExceed: mayExceed, in: $0)
    }
  }

  func token(_ user: Int64) throws -> String {
    let generation = try database.read {
      try $0.scalar("SELECT generation FROM invitations WHERE program_id = \(cast.dataAcademy) AND user_id = \(user)")
    }
    return InvitationToken(program: cast.dataAcademy, user: user, generation: generation, key: key).text
  }

  @discardableResult
  func join(_ user: Int64, as account: Int64? = nil) throws -> Bool {
    let token = try token(user)
    let offer = try database.read { try joining.offer(token, to: account ?? user, in: $0) }
    return try joining.accept(offer, as: account ?? user)
  }

  func remove(_ users: [Int64]) throws -> Int {
    try Removal(scope, from: try program(), at: now).remove(.people(users), in: database)
  }

  func restore(_ moment: Moment) throws -> Int {
    try Removal(scope, from: try program(), at: now).restore(removedAt: moment, in: database)
  }

  func revoke(_ users: [Int64]) throws -> Int {
    let changes = InvitationChanges(scope, of: try program(), at: now)
    return try database.write(organization: cast.northwind.id) { try changes.revoke(users, in: $0) }
  }

  func enroll(_ user: Int64, course: Int) throws -> Bool {
    let id = try database.read { try $0.scalar("SELECT id FROM courses WHERE external_id = \("C\(course)")") }
    return try Enrolling(database, clock: cast.time.clock).enroll(user: user, program: cast.dataAcademy, course: id)
  }

  func differences() throws -> [String] {
    var found: [String] = []
    try database.export { connection in try Figures.check(in: connection) { found.append($0.description) } }
    return found
  }

  func used(_ contract: Int) throws -> Int64 {
    try database.read { try $0.scalar("SELECT used FROM contracts WHERE id = \(contracts[contract])") }
  }
}
