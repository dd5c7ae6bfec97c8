public import Database
public import Domain
import Secrets

/// One small world with named people, for every test that asks who may see what.
///
/// Northwind has the programs Data Academy and Leadership, Southwind has Sales. Lena is a learner of both organizations, under another name in
/// each, so that a leak between the two shows.
public struct Cast: Sendable {
  /// Somebody with an account.
  public struct Person: Sendable {
    /// The account's id.
    public let id: Int64
    /// The name of the account.
    public let name: String
    /// The email to sign in with.
    public let email: String

    /// Somebody who has an account.
    public init(id: Int64, name: String, email: String) { (self.id, self.name, self.email) = (id, name, email) }
  }

  /// The moment at which the story plays, unless a test lets time pass.
  public static let now = Moment(milliseconds: 1_719_568_800_000)  // 2024-06-28T10:00:00Z
  /// Everybody's password.
  public static let password = "fair wind 12"

  /// Of the account team.
  public let tess: Person
  /// The owner: admin of the organization Northwind.
  public let olga: Person
  /// Admin of Northwind's program Data Academy only.
  public let pat: Person
  /// The stranger: admin of the organization Southwind.
  public let sten: Person
  /// A learner of both organizations, without a role.
  public let lena: Person
  /// Administers programs in both organizations.
  public let twyla: Person
  /// The organization that the story is about; in the zone Europe/Berlin.
  public let northwind: Organization
  /// The other one.
  public let southwind: Organization
  /// Northwind's programs, by id.
  public let dataAcademy: Int64, leadership: Int64
  /// Southwind's program, by id.
  public let sales: Int64
  /// Lets time pass.
  public let time: TestClock

  /// Tells the story in an empty, migrated database.
  public init(in database: any Database) throws {
    time = TestClock(Cast.now)
    let now = Cast.now.text
    northwind = try Organization.create(
      slug: "northwind", name: "Northwind Learning", timeZone: "Europe/Berlin", by: 0, at: Cast.now, in: database)
    southwind = try Organization.create(slug: "southwind", name: "Southwind", timeZone: "UTC", by: 0, at: Cast.now, in: database)
    let (north, south) = (northwind.id, southwind.id)
    let hash = try Cast.hash.get()
    func person(_ name: String, _ email: String, _ tx: any Connection) throws -> Person {
      let id = try tx.scalar(
        """
        INSERT INTO accounts (email, email_key, name, password_hash, created_at)
        VALUES (\(email), \(email), \(name), \(hash), \(now)) RETURNING id
        """)
      return Person(id: id, name: name, email: email)
    }
    func program(_ name: String, _ slug: String, _ organization: Int64, _ tx: any Connection) throws -> Int64 {
      try tx.scalar(
        """
        INSERT INTO programs (organization_id, slug, name, name_key, created_at)
        VALUES (\(organization), \(slug), \(name), \(name.folded), \(now)) RETURNING id
        """)
    }
    func grant(_ person: Person, _ role: String, _ organization: Int64, _ program: Int64, _ tx: any Connection) throws {
      try tx.run(
        """
        INSERT INTO role_assignments (account_id, role, organization_id, program_id, created_at)
        VALUES (\(person.id), \(role), \(organization), \(program), \(now))
        """)
    }
    (tess, olga, pat, sten, lena, twyla, dataAcademy, leadership, sales) = try database.write(organization: 0) { tx in
      let people = try [
        ("Tess Team", "tess@example.com"), ("Olga Owner", "olga@northwind.example"), ("Pat Program", "pat@northwind.example"),
        ("Sten Stranger", "sten@southwind.example"), ("Lena Learner", "lena@example.com"), ("Twyla Two", "twyla@example.com"),
      ].map { try person($0.0, $0.1, tx) }
      let programs = try (
        program("Data Academy", "data-academy", north, tx), program("Leadership", "leadership", north, tx),
        program("Sales Excellence", "sales", south, tx)
      )
      try grant(people[0], "ACCOUNT_TEAM", 0, 0, tx)
      try grant(people[1], "ORGANIZATION_ADMIN", north, 0, tx)
      try grant(people[2], "PROGRAM_ADMIN", north, programs.0, tx)
      try grant(people[3], "ORGANIZATION_ADMIN", south, 0, tx)
      try grant(people[5], "PROGRAM_ADMIN", north, programs.1, tx)
      try grant(people[5], "PROGRAM_ADMIN", south, programs.2, tx)
      try Cast.join(people[4], as: "Lena Lind", north, programs.0, tx)
      try Cast.join(people[4], as: "Magdalena Sund", south, programs.2, tx)
      return (people[0], people[1], people[2], people[3], people[4], people[5], programs.0, programs.1, programs.2)
    }
  }

  /// Everybody, with the word that tests call them by.
  public var everybody: [(word: String, person: Person)] {
    [("account team", tess), ("owner", olga), ("program admin", pat), ("stranger", sten), ("learner", lena), ("admin of two", twyla)]
  }

  /// Opens a session for a person without the cost of a password, and returns the cookie's value.
  public func session(for person: Person, in databases: IdentityDatabase) throws -> String {
    guard let cookie = try SessionStore(databases, clock: time.clock).open(account: person.id) else {
      throw CastError("\(person.name) has no account")
    }
    return cookie
  }

  /// A member of one program, with the counters that go with it.
  private static func join(
    _ person: Person, as name: String, _ organization: Int64, _ program: Int64, _ tx: any Connection
  ) throws {
    let searchKey = name.folded + "\n" + person.email.folded
    try tx.run(
      """
      INSERT INTO users (organization_id, id, joined, member_programs, search_key, email_key, name, email, created_at)
      VALUES (\(organization), \(person.id), 1, 1, \(searchKey), \(person.email), \(name), \(person.email), \(now.text))
      """)
    try tx.run(
      """
      INSERT INTO memberships (program_id, user_id, organization_id, state, search_key, email_key, invited_at, joined_at)
      VALUES (\(program), \(person.id), \(organization), 'MEMBER', \(searchKey), \(person.email), \(now.text), \(now.text))
      """)
    try tx.run("UPDATE programs SET members = members + 1 WHERE id = \(program)")
    try tx.run(
      """
      UPDATE organizations SET people = people + 1, people_invited = people_invited + 1, people_joined = people_joined + 1
      WHERE id = \(organization)
      """)
  }

  /// Computed once: a password is slow by design.
  private static let hash = Result { try Password.hash(password) }
}

/// Why somebody has no part.
struct CastError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
