import Database
import Support
import World

@testable import Domain

/// Base rows without their figures: a handful of people in one organization, and a second one that must not matter.
struct FigureWorld {
  let database: any Database

  static let people: Int64 = 12

  static func with(_ engine: Dialect, _ body: (FigureWorld) throws -> Void) throws {
    try TestDatabase.migrated(engine) { test in
      let world = FigureWorld(database: test.database)
      try test.database.write(organization: 0) { try world.lay($0) }
      try body(world)
    }
  }

  func differences() throws -> [String] {
    var found: [String] = []
    try database.export { connection in try Figures.check(in: connection) { found.append($0.description) } }
    return found
  }

  /// Every figure there is.
  func figures() throws -> [String] {
    let queries: [SQL] = [
      "SELECT * FROM memberships ORDER BY program_id, user_id", "SELECT * FROM users ORDER BY organization_id, id",
      "SELECT * FROM programs ORDER BY id", "SELECT * FROM daily_totals ORDER BY organization_id, day, program_id",
      "SELECT * FROM contracts ORDER BY id", "SELECT * FROM organizations ORDER BY id",
    ]
    return try database.read { connection in
      try queries.flatMap { try connection.all($0) { row in (0..<row.count).map { row.text($0) }.joined(separator: "|") } }
    }
  }

  /// Organizations, people, programs, courses, contracts of every kind, assessments.
  private func lay(_ tx: any Connection) throws {
    for id: Int64 in 1...2 {
      try tx.run("INSERT INTO organizations (id, slug, name, created_at) VALUES (\(id), \("o\(id)"), 'O', '')")
      try tx.run("INSERT INTO attribute_values (id, organization_id, attribute, value) VALUES (\(id), \(id), 'job_title', 'Engineer')")
    }
    for id in 1...FigureWorld.people {
      let email = "p\(id)@example.org"
      try tx.run("INSERT INTO accounts (id, email, email_key, name, created_at) VALUES (\(id), \(email), \(email), 'P', '')")
    }
    for program: Int64 in 1...3 {
      try tx.run(
        "INSERT INTO programs (id, organization_id, slug, name, name_key, created_at) VALUES (\(program), \(program == 3 ? 2 : 1), \("g\(program)"), 'G', 'g', '')"
      )
    }
    for course: Int64 in 1...3 {
      try tx.run("INSERT INTO courses (id, organization_id, external_id, name, created_at) VALUES (\(course), 1, \("c\(course)"), 'C', '')")
      try tx.run("INSERT INTO lessons (id, course_id, position, name) VALUES (\(course), \(course), 1, 'L')")
      for program: Int64 in 1...2 {
        try tx.run(
          """
          INSERT INTO assessments (id, program_id, course_id, external_id, name, due_at, passing_score, required)
          VALUES (\(program * 10 + course), \(program), \(course), 'a', 'A', \(course == 3 ? "" : "2024-02-0\(course)T00:00:00.000Z"), 40, \(course == 2 ? 0 : 1))
          """)
      }
    }
    let contracts: [(Int64, String, String)] = [
      (1, "MEMBERSHIPS", "JOINING"), (2, "MEMBERSHIPS", "ENROLLMENT"), (3, "MEMBERSHIPS", "INVITATION"), (4, "ENROLLMENTS", "JOINING"),
    ]
    for (id, kind, occupied) in contracts {
      try tx.run(
        "INSERT INTO contracts (id, organization_id, name, kind, quantity, occupied_on, created_at) VALUES (\(id), 1, \("k\(id)"), \(kind), 5, \(occupied), '')"
      )
    }
  }

  func addUser(_ id: Int64, organization: Int64 = 1, _ tx: any Connection) throws {
    let email = "p\(id)@example.org"
    try tx.run(
      """
      INSERT INTO users (organization_id, id, search_key, email_key, name, email, created_at)
      VALUES (\(organization), \(id), \("p\n" + email), \(email), 'P', \(email), '') ON CONFLICT (organization_id, id) DO NOTHING
      """)
  }

  func join(_ user: Int64, _ program: Int64, _ state: String, contract: Int64?, invited: String, joined: String, _ tx: any Connection)
    throws
  {
    try tx.run(
      """
      INSERT INTO memberships (program_id, user_id, organization_id, state, contract_id, search_key, email_key, invited_at, joined_at)
      VALUES (\(program), \(user), \(program == 3 ? 2 : 1), \(state), \(contract), '', '', \(invited), \(joined))
      ON CONFLICT (program_id, user_id) DO UPDATE SET state = excluded.state, contract_id = excluded.contract_id,
        invited_at = excluded.invited_at, joined_at = excluded.joined_at
      """)
  }

  struct Enrollment {
    var at = "", activity = "", completed = "", left = "", seconds: Int64?, removed = false
  }

  func enroll(_ user: Int64, _ program: Int64, _ course: Int64, _ it: Enrollment, _ tx: any Connection) throws {
    try tx.run(
      """
      INSERT INTO enrollments (program_id, user_id, course_id, contract_id, enrolled_at, last_activity_at, completed_at, completed, left_at, removed,
        learning_seconds)
      VALUES (\(program), \(user), \(course), 4, \(it.at), \(it.activity), \(it.completed), \(!it.completed.isEmpty), \(it.left), \(it.removed),
        \(it.seconds))
      ON CONFLICT (program_id, user_id, course_id) DO UPDATE SET enrolled_at = excluded.enrolled_at,
        last_activity_at = excluded.last_activity_at, completed_at = excluded.completed_at, completed = excluded.completed,
        left_at = excluded.left_at, removed = excluded.removed, learning_seconds = excluded.learning_seconds
      """)
  }

  /// Five people in the first program and around it.
  func fillExample(_ tx: any Connection) throws {
    for user: Int64 in 1...5 { try addUser(user, tx) }
    let noon = "T12:00:00.000Z"
    try join(1, 1, "MEMBER", contract: 2, invited: "2024-01-01T00:00:00.000Z", joined: "2024-01-02" + noon, tx)
    try join(2, 1, "MEMBER", contract: 1, invited: "", joined: "2024-01-03" + noon, tx)
    try join(3, 1, "DELETED_MEMBER", contract: 1, invited: "", joined: "2024-01-04" + noon, tx)
    try join(4, 1, "INVITED", contract: 3, invited: "2024-01-05" + noon, joined: "", tx)
    try enroll(1, 1, 1, Enrollment(at: "2024-02-01" + noon, activity: "2024-02-05T00:00:00.000Z", seconds: 3600), tx)
    try enroll(1, 1, 2, Enrollment(at: "2024-02-03" + noon, left: "2024-02-04" + noon), tx)
    try enroll(2, 1, 1, Enrollment(at: "2024-02-01" + noon, completed: "2024-02-01" + noon, seconds: 1800), tx)
    try enroll(3, 1, 3, Enrollment(at: "2024-02-01T23:59:59.999Z"), tx)
    // The removed member's completion is the program's, not the funnel's.
    try enroll(3, 1, 1, Enrollment(at: "2024-02-02" + noon, completed: "2024-02-02" + noon, removed: true), tx)
    try tx.run("UPDATE enrollments SET contract_id = NULL WHERE user_id = 3")
    try addActivity(user: 1, course: 1, day: "2024-02-01", seconds: 1800, rating: 3, tx)
    try addActivity(user: 2, course: 1, day: "2024-02-02", seconds: 60, rating: 4, tx)
  }

  func addActivity(user: Int64, course: Int64, day: String, seconds: Int64, rating: Int64, _ tx: any Connection) throws {
    let at = day + "T08:00:00.000Z"
    try tx.run(
      "INSERT INTO learning_sessions (program_id, user_id, course_id, began_at, seconds) VALUES (1, \(user), \(course), \(at), \(seconds)) ON CONFLICT DO NOTHING"
    )
    try tx.run(
      "INSERT INTO lesson_completions (program_id, user_id, lesson_id, completed_at) VALUES (1, \(user), \(course), \(at)) ON CONFLICT DO NOTHING"
    )
    try tx.run(
      "INSERT INTO course_ratings (program_id, user_id, course_id, organization_id, rating, rated_at) VALUES (1, \(user), \(course), 1, \(rating), \(at)) ON CONFLICT DO NOTHING"
    )
  }

  func fillAtRandom(_ tx: any Connection, _ random: inout SeededGenerator) throws {
    for user in 1...FigureWorld.people {
      try addUser(user, tx)
      for _ in 0..<3 { try change(user, tx, &random) }
    }
    try addUser(1, organization: 2, tx)
    try join(1, 3, "MEMBER", contract: nil, invited: "", joined: "2024-01-01T00:00:00.000Z", tx)
  }

  /// One change of any kind to a person's rows in the first two programs.
  func change(_ user: Int64, _ tx: any Connection, _ random: inout SeededGenerator) throws {
    func moment(_ random: inout SeededGenerator, orNever: Bool = true) -> String {
      orNever && Bool.random(using: &random)
        ? "" : "2024-0\(Int.random(in: 1...3, using: &random))-0\(Int.random(in: 1...9, using: &random))T10:00:00.000Z"
    }
    let program = Int64.random(in: 1...2, using: &random)
    let state = ["INVITED", "MEMBER", "MEMBER", "DELETED_MEMBER"].randomElement(using: &random) ?? "MEMBER"
    let contract = Int64.random(in: 0...3, using: &random)
    try join(
      user, program, state, contract: contract == 0 ? nil : contract, invited: moment(&random), joined: moment(&random), tx)
    try tx.run(
      "UPDATE users SET search_key = \("n\(Int.random(in: 0...9, using: &random))"), job_title_id = 1 WHERE organization_id = 1 AND id = \(user)"
    )
    guard state != "INVITED" else { return }
    let course = Int64.random(in: 1...3, using: &random)
    let isDone = Int.random(in: 0...3, using: &random) == 0
    try enroll(
      user, program, course,
      Enrollment(
        at: moment(&random, orNever: false), activity: moment(&random), completed: isDone ? moment(&random) : "",
        left: isDone ? "" : (Bool.random(using: &random) ? "" : moment(&random)),
        seconds: Bool.random(using: &random) ? nil : Int64.random(in: 0...9999, using: &random), removed: state == "DELETED_MEMBER"), tx)
    try tx.run(
      """
      INSERT INTO assessment_attempts (program_id, user_id, assessment_id, attempted_at, score)
      VALUES (\(program), \(user), \(program * 10 + course), \(moment(&random, orNever: false)), \(Double(Int.random(in: 0...100, using: &random))))
      ON CONFLICT DO NOTHING
      """)
    if program == 1 {
      try addActivity(user: user, course: course, day: "2024-03-0\(course)", seconds: 60 * user, rating: 1 + user % 5, tx)
    }
    if Int.random(in: 0...5, using: &random) == 0 {
      try tx.run("DELETE FROM course_ratings WHERE user_id = \(user)")
      try tx.run("DELETE FROM learning_sessions WHERE user_id = \(user)")
      try tx.run("DELETE FROM enrollments WHERE user_id = \(user) AND program_id = \(program)")
    }
  }
}
