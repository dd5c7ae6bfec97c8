import Database
import Foundation

/// What the account team has set up for the coaching of one organization.
struct DemoCoachingSetUp {
  let organization: Int64
  let groups: [Int64], purchases: [Int64], skills: [Int64]
  let assessments: [Int64], surveys: [Int64]
  /// The questions of each survey.
  let surveyQuestions: [[String]]
}

extension DemoWorld {
  /// Writes the coaching of all organizations. It is imagined after everything else, from a seed of its own.
  mutating func addCoaching() throws {
    random = DemoRandom(seed: 0xC0AC)
    let skills = try DemoCoachingCatalog.skills.map {
      try insert("INSERT INTO focus_skills (name, name_key) VALUES (\($0), \($0.folded)) RETURNING id")
    }
    let assessments = try DemoCoachingCatalog.assessments.map { try addQuestionnaire($0, to: "feedback_assessments", owner: 0) }
    let surveys = try DemoCoachingCatalog.surveys.map { try addQuestionnaire($0, to: "surveys", owner: 0) }
    let platform = try DemoCoachingCatalog.platformCoaches.map { try addCoach($0, owner: 0) }
    var taken: Set<String> = []
    for (number, organization) in DemoCatalog.organizations.enumerated() {
      let id = try connection.scalar("SELECT id FROM organizations WHERE slug = \(organization.slug)")
      let isMain = number == 0
      var (ownAssessments, ownSurveys): ([Int64], [Int64]) = ([], [])
      var coaches = platform
      if isMain {
        ownAssessments = [try addQuestionnaire(DemoCoachingCatalog.ownAssessment, to: "feedback_assessments", owner: id)]
        ownSurveys = [try addQuestionnaire(DemoCoachingCatalog.ownSurvey, to: "surveys", owner: id)]
        coaches += try DemoCoachingCatalog.ownCoaches.map { try addCoach($0, owner: id) }
      } else {
        // Two of the platform's coaches work for each of the others.
        coaches = [platform[number % platform.count], platform[(number + 2) % platform.count]]
      }
      let setUp = try addSetUp(
        organization: id, groups: isMain ? 3 : 1, purchases: isMain ? 2 : 1, skills: skills, assessments: assessments + ownAssessments,
        surveys: surveys + ownSurveys,
        questions: DemoCoachingCatalog.surveys.map(\.questions) + (isMain ? [DemoCoachingCatalog.ownSurvey.questions] : []))
      var coaching = DemoCoaching(
        now: now, groups: Array(DemoCoachingCatalog.groups.prefix(setUp.groups.count)), assessments: setUp.assessments.count,
        surveys: setUp.surveys.count, coaches: coaches.filter { !$0.hours.isEmpty }, random: random, taken: taken)
      coaching.imagine(try learners(of: id, share: isMain ? 10 : 8, limit: isMain ? .max : 9))
      (random, taken) = (coaching.random, coaching.taken)
      try coaching.write(setUp, isMain: isMain, to: connection)
      try addAudience(of: id)
      for (purchase, id) in zip(DemoCoachingCatalog.purchases, setUp.purchases) {
        try connection.run(
          """
          UPDATE company_purchases SET licenses = \(purchase.left) + (SELECT COUNT(*) FROM engagements WHERE company_purchase_id = \(id))
          WHERE id = \(id)
          """)
      }
    }
  }

  /// Every so-many-th of an organization's people.
  private func learners(of organization: Int64, share: Int, limit: Int) throws -> [DemoCoaching.Learner] {
    var learners: [DemoCoaching.Learner] = []
    var number = 0
    try connection.stream("SELECT id, name, email FROM users WHERE organization_id = \(organization) ORDER BY id") { row in
      // The first few have names that break careless programs; more of them than of the others are coached.
      if number % share == 3 || (number < 12 && number % 3 == 0) {
        learners.append(DemoCoaching.Learner(id: row.int(0), name: row.text(1), email: row.text(2)))
      }
      number += 1
      return learners.count < limit
    }
    return learners
  }

  private func addQuestionnaire(_ plan: DemoCoachingCatalog.Questionnaire, to table: SQL, owner: Int64) throws -> Int64 {
    try insert(
      """
      INSERT INTO \(table) (organization_id, name, description, questions, created_at)
      VALUES (\(owner), \(plan.name), \(plan.description), \(plan.questions.joined(separator: "\n")), \(now.adding(days: -540).text)) RETURNING id
      """)
  }

  private func addCoach(_ plan: DemoCoachingCatalog.Coach, owner: Int64) throws -> DemoCoaching.Coach {
    let (created, saved) = (now.adding(days: -540).text, plan.isOnboarding ? "" : now.adding(days: -535).text)
    let link: String = plan.isOnboarding ? "" : "https://meet.example/" + plan.name.folded.replacing(" ", with: "-")
    let signsIn = DemoWorld.signIns.contains { $0.email == plan.email }
    let account = try insert(
      """
      INSERT INTO accounts (email, email_key, name, password_hash, demo, created_at)
      VALUES (\(plan.email), \(plan.email), \(plan.name), \(signsIn ? passwordHash : nil), \(signsIn), \(created)) RETURNING id
      """)
    let id = try insert(
      """
      INSERT INTO coaches (organization_id, account_id, name, name_key, search_key, biography, languages, credentials, time_zone, meeting_link,
        capacity, profile_saved_at, hours_saved_at, deactivated_at, created_at)
      VALUES (\(owner), \(account), \(plan.name), \(plan.name.folded), \(plan.name.folded + "\n" + plan.email.folded), \(plan.biography),
        \(plan.languages), \(plan.credentials), \(plan.zone),
        \(link), \(plan.capacity), \(saved), \(saved),
        \(plan.hasLeft ? now.adding(days: -45).text : ""), \(created)) RETURNING id
      """)
    let hours = try WorkingHours(plan.hours).spans
    for span in hours {
      try connection.run(
        """
        INSERT INTO coach_hours (coach_id, weekday, starts_minute, ends_minute)
        VALUES (\(id), \(span.weekday), \(span.startsMinute), \(span.endsMinute))
        """)
    }
    let zone = TimeZone(identifier: plan.zone) ?? .gmt
    if !plan.isOnboarding, !plan.hasLeft {
      for (days, length, note) in [(24, 5, "Vacation"), (-40, 3, "Conference")] as [(Int64, Int64, String)] {
        let first = CivilDate(of: now, in: zone).daysSinceEpoch + days + id % 5
        try connection.run(
          """
          INSERT INTO coach_time_off (coach_id, starts_at, ends_at, note) VALUES (\(id), \(CivilDate(daysSinceEpoch: first).beginning(in: zone).text),
            \(CivilDate(daysSinceEpoch: first + length).beginning(in: zone).text), \(note))
          """)
      }
    }
    return DemoCoaching.Coach(id: id, zone: zone, hours: hours, hasLeft: plan.hasLeft)
  }

  private func addSetUp(
    organization: Int64, groups: Int, purchases: Int, skills: [Int64], assessments: [Int64], surveys: [Int64], questions: [[String]]
  ) throws -> DemoCoachingSetUp {
    let created = now.adding(days: -530).text
    let place = try connection.first("SELECT time_zone FROM organizations WHERE id = \(organization)") { $0.text(0) } ?? ""
    let zone = TimeZone(identifier: place) ?? .gmt
    let bought = try DemoCoachingCatalog.purchases.prefix(purchases).map { plan in
      try insert(
        """
        INSERT INTO company_purchases (organization_id, name, licenses, sessions, late_cancels_count, expires_at, created_at)
        VALUES (\(organization), \(plan.name), 0, \(plan.sessions), \(plan.countsLateCancels), 
          \(CivilDate(of: now.adding(days: plan.expiresInDays), in: zone).end(in: zone).text),
          \(created)) RETURNING id
        """)
    }
    let made = try DemoCoachingCatalog.groups.prefix(groups).enumerated().map { number, plan in
      let group = try insert(
        """
        INSERT INTO coaching_groups (organization_id, name, description, company_purchase_id, feedback_assessment_id, survey_id, duration_days,
          minimum_invited, minimum_answered, maximum_invited, remeasurement, remeasurement_days, created_at)
        VALUES (\(organization), \(plan.name), \(plan.description), \(bought[bought.count - 1]), \(assessments[number % assessments.count]),
          \(surveys[number % surveys.count]), \(plan.duration), \(plan.minimum), \(plan.minimum - 1), \(plan.maximum), \(plan.remeasures),
          \(plan.remeasurementDays), \(created)) RETURNING id
        """)
      for skill in plan.skills {
        try connection.run("INSERT INTO coaching_group_skills (group_id, focus_skill_id) VALUES (\(group), \(skills[skill]))")
      }
      return group
    }
    return DemoCoachingSetUp(
      organization: organization, groups: made, purchases: bought, skills: skills, assessments: assessments, surveys: surveys,
      surveyQuestions: questions)
  }

  /// Whoever is coached may open the leadership program, where there is one, and is shown the way to coaching.
  private func addAudience(of organization: Int64) throws {
    let audience = try insert("INSERT INTO audiences (organization_id, kind) VALUES (\(organization), 'COACHING') RETURNING id")
    try connection.run(
      """
      INSERT INTO audience_members (audience_id, user_id, added_at)
      SELECT CAST(\(audience) AS BIGINT), user_id, MIN(launched_at) FROM engagements WHERE organization_id = \(organization) GROUP BY user_id
      """)
    try connection.run(
      """
      INSERT INTO audience_programs (audience_id, program_id)
      SELECT CAST(\(audience) AS BIGINT), id FROM programs WHERE organization_id = \(organization) AND slug = 'leadership-program'
      """)
    try connection.run(
      """
      UPDATE users SET coaching_link = 1 WHERE organization_id = \(organization)
        AND id IN (SELECT user_id FROM engagements WHERE organization_id = \(organization))
      """)
  }
}
