public import Database

/// A believable installation from a fixed seed: one large organization that is shown, smaller ones beside it for scoping and benchmarks.
///
/// The same day and size give the same rows in every run; only the days move, so that the activity ends today.
public struct DemoWorld {
  /// A sign-in that the demo makes known.
  public struct SignIn: Sendable {
    /// What it may do, in words; its email address and the page it is for.
    public let role: String, email: String, name: String
    let kind: Kind
    enum Kind: Sendable { case accountTeam, organization(String), program(String, String), coach }
  }

  /// One sign-in for each role that has a page, and one in another organization.
  public static let signIns: [SignIn] = [
    SignIn(role: "Account team", email: "team@provost.example", name: "Tova Lind", kind: .accountTeam),
    SignIn(role: "Organization admin", email: "ada@northwind.example", name: "Ada Okafor", kind: .organization("northwind")),
    SignIn(role: "Program admin", email: "jonas@northwind.example", name: "Jonas Weber", kind: .program("northwind", "data-academy")),
    SignIn(
      role: "Organization admin elsewhere", email: "mira@harborfoods.example", name: "Mira Castaño", kind: .organization("harbor-foods")),
    SignIn(role: "Coach", email: "ines.duarte@coaches.example", name: "Ines Duarte", kind: .coach),
  ]

  let learners: Int
  let now: Moment
  let passwordHash: String
  let connection: any Connection
  var random = DemoRandom(seed: 0x5EED)

  /// The large tables that it fills.
  public static let tables: [StaticString] = [
    "accounts", "users", "memberships", "enrollments", "assessment_attempts", "engagements", "engagement_rows", "coaching_sessions",
    "feedback_invitations",
  ]

  /// Whether the demo's organization is there already.
  public static func isPresent(in connection: any Connection) throws -> Bool {
    try connection.scalar("SELECT count(*) FROM organizations WHERE slug = \(DemoCatalog.organizations[0].slug)") > 0
  }

  /// Gives the known sign-ins another password.
  public static func setPassword(_ hash: String, in connection: any Connection) throws {
    try connection.run(
      "UPDATE accounts SET password_hash = \(hash) WHERE demo = 1 AND email_key IN (\(list: signIns.map(\.email)))")
  }

  /// Fills a database. All rows are written in the transaction of `connection`; counters are left to `Figures.recomputeAll` and
  /// `EngagementFigures.recomputeAll`.
  ///
  /// - Parameters:
  ///   - learners: people of the large organization; at least 50.
  ///   - passwordHash: of the password that all known sign-ins share.
  public static func fill(learners: Int, passwordHash: String, now: Moment, in connection: any Connection) throws {
    var world = DemoWorld(learners: max(50, learners), now: now, passwordHash: passwordHash, connection: connection)
    for organization in DemoCatalog.organizations { try world.add(organization) }
    try world.addSignIns()
    try world.addCoaching()
  }

  private mutating func add(_ organization: DemoCatalog.Organization) throws {
    let began = now.adding(days: -548)
    let id = try insert(
      """
      INSERT INTO organizations (slug, name, time_zone, country, size_band, industry, created_at)
      VALUES (\(organization.slug), \(organization.name), \(organization.zone), \(organization.country), \(organization.sizeBand),
        \(organization.industry), \(began.text)) RETURNING id
      """)
    let programs = try addPrograms(of: organization, id: id)
    let people = try addPeople(count: max(12, learners * organization.people / 1000), organization: organization, id: id)
    var activity = DemoActivity(organization: id, now: now, programs: programs, random: random)
    activity.imagine(people: people)
    random = activity.random
    try activity.write(to: connection)
    try settleContracts(programs)
  }

  /// An inserted row's id; the statement returns it.
  func insert(_ sql: SQL) throws -> Int64 {
    guard let id = try connection.first(sql, { $0.int(0) }) else { throw Failure(.conflict, "The demo could not be written.") }
    return id
  }

  private mutating func addPrograms(of organization: DemoCatalog.Organization, id: Int64) throws -> [DemoProgram] {
    var courses: [Int: DemoCourse] = [:]
    var partners: [String: Int64] = [:]
    var programs: [DemoProgram] = []
    for plan in DemoCatalog.programs.prefix(organization.programs) {
      let began = now.adding(days: -plan.beganDaysAgo)
      let bought = DemoCatalog.contracts[plan.contract]
      let contract = try insert(
        """
        INSERT INTO contracts (organization_id, name, kind, quantity, starts_at, ends_at, created_at)
        VALUES (\(id), \(bought.name), \(bought.kind.rawValue), \(bought.kind == .unlimited ? Int64?.none : 0),
          \(began.day + "T00:00:00.000Z"), \(now.adding(days: 400).day + "T00:00:00.000Z"), \(began.text)) RETURNING id
        """)
      let program = try insert(
        """
        INSERT INTO programs (organization_id, slug, name, name_key, tagline, created_at)
        VALUES (\(id), \(plan.slug), \(plan.name), \(plan.name.folded), \(plan.tagline), \(began.text)) RETURNING id
        """)
      try connection.run("INSERT INTO program_contracts (program_id, contract_id) VALUES (\(program), \(contract))")
      var offered: [DemoCourse] = []
      for number in plan.courses {
        var course = try courses[number] ?? addCourse(number, organization: id, partners: &partners)
        courses[number] = course
        let starts = Moment(milliseconds: began.adding(days: 14).milliseconds / 86_400_000 * 86_400_000 + 9 * 3_600_000)
        try connection.run(
          "INSERT INTO program_courses (program_id, course_id, class_starts_at) VALUES (\(program), \(course.id), \(starts.text))")
        course.classStarts = starts
        course.assessments = try (1...3).map { try addAssessment($0, of: course, number, program: program) }
        offered.append(course)
      }
      programs.append(
        DemoProgram(id: program, contract: contract, left: bought.left, kind: bought.kind, plan: plan, began: began, courses: offered))
    }
    return programs
  }

  private func addCourse(_ number: Int, organization: Int64, partners: inout [String: Int64]) throws -> DemoCourse {
    let plan = DemoCatalog.courses[number]
    let partner =
      try partners[plan.partner]
      ?? insert("INSERT INTO partners (organization_id, name) VALUES (\(organization), \(plan.partner)) RETURNING id")
    partners[plan.partner] = partner
    let slug = String(plan.name.folded.map { $0.isLetter || $0.isNumber ? $0 : "-" })
    let id = try insert(
      """
      INSERT INTO courses (organization_id, external_id, slug, name, partner_id, created_at)
      VALUES (\(organization), \("NW-\(100 + number)"), \(slug), \(plan.name), \(partner), \(now.adding(days: -548).text)) RETURNING id
      """)
    let skill =
      try connection.first(
        "SELECT id FROM skills WHERE organization_id = \(organization) AND domain = \(plan.domain) AND name = \(plan.skill)"
      ) {
        $0.int(0)
      } ?? insert("INSERT INTO skills (organization_id, domain, name) VALUES (\(organization), \(plan.domain), \(plan.skill)) RETURNING id")
    try connection.run("INSERT INTO course_skills (course_id, skill_id) VALUES (\(id), \(skill))")
    let lessons = try (1...plan.lessons).map { position in
      try insert("INSERT INTO lessons (course_id, position, name) VALUES (\(id), \(position), \("Lesson \(position)")) RETURNING id")
    }
    return DemoCourse(id: id, lessons: lessons)
  }

  private func addAssessment(_ number: Int, of course: DemoCourse, _ place: Int, program: Int64) throws -> DemoAssessment {
    // A third of the courses has just had its deadlines; those of the others lie ahead, so that most members are on course.
    let day = now.adding(days: (place % 3 == 0 ? -75 : 20) + Int64(number) * 21).milliseconds / 86_400_000
    let due = Moment(milliseconds: day * 86_400_000 + 17 * 3_600_000)
    let name = ["First quiz", "Project", "Final exam"][number - 1]
    let id = try insert(
      """
      INSERT INTO assessments (program_id, course_id, external_id, name, kind, due_at, weight, passing_score, maximum_score, required)
      VALUES (\(program), \(course.id), \("A\(number)"), \(name), \(number == 2 ? "Project" : "Quiz"), \(due.text), \(number == 3 ? 50.0 : 25.0),
        60.0, 100.0, \(number != 1)) RETURNING id
      """)
    return DemoAssessment(id: id, due: due, isRequired: number != 1)
  }

  /// Sets the quantities so that as much is left as the catalog says.
  private func settleContracts(_ programs: [DemoProgram]) throws {
    for program in programs where program.kind != .unlimited {
      let used: SQL =
        program.kind == .memberships
        ? "SELECT count(*) FROM memberships WHERE contract_id = \(program.contract) AND state = 'MEMBER'"
        : "SELECT count(*) FROM enrollments WHERE contract_id = \(program.contract)"
      let quantity = try connection.scalar(used) + Int64(program.left)
      try connection.run("UPDATE contracts SET quantity = \(quantity) WHERE id = \(program.contract)")
    }
  }

  private func addSignIns() throws {
    for signIn in DemoWorld.signIns {
      // A coach's account is made with the coach.
      if case .coach = signIn.kind { continue }
      let account = try insert(
        """
        INSERT INTO accounts (email, email_key, name, password_hash, demo, created_at)
        VALUES (\(signIn.email), \(signIn.email), \(signIn.name), \(passwordHash), 1, \(now.text)) RETURNING id
        """)
      var (role, organization, program): (String, Int64, Int64) = ("ACCOUNT_TEAM", 0, 0)
      switch signIn.kind {
      case .accountTeam, .coach: break
      case .organization(let slug):
        role = "ORGANIZATION_ADMIN"
        organization = try connection.scalar("SELECT id FROM organizations WHERE slug = \(slug)")
      case .program(let slug, let name):
        role = "PROGRAM_ADMIN"
        organization = try connection.scalar("SELECT id FROM organizations WHERE slug = \(slug)")
        program = try connection.scalar("SELECT id FROM programs WHERE organization_id = \(organization) AND slug = \(name)")
      }
      try connection.run(
        """
        INSERT INTO role_assignments (account_id, role, organization_id, program_id, created_at)
        VALUES (\(account), \(role), \(organization), \(program), \(now.text))
        """)
    }
  }
}

struct DemoCourse {
  let id: Int64, lessons: [Int64]
  var classStarts = Moment(milliseconds: 0)
  var assessments: [DemoAssessment] = []
}

struct DemoAssessment {
  let id: Int64, due: Moment, isRequired: Bool
}

struct DemoProgram {
  let id: Int64, contract: Int64, left: Int, kind: Contract.Kind, plan: DemoCatalog.Program, began: Moment, courses: [DemoCourse]
}
