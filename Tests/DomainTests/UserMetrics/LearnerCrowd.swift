import Database
import Support
import World

@testable import Domain

/// Some hundred random engagements at Northwind, the same in every run: three groups, two coaches or none, every stage, every fact or its absence.
struct LearnerCrowd {
  let cast: Cast
  let world: CoachingWorld
  /// Olga's, who reaches all of Northwind.
  let scope: OrganizationScope

  init(of people: Int = 130, in database: any Database) throws {
    cast = try Cast(in: database)
    world = try CoachingWorld(cast, in: database)
    scope = try LearnerCrowd.scope(of: cast, in: database)
    var random = DemoRandom(seed: 20)
    try database.write(organization: cast.northwind.id) { tx in
      var groups = [world.group]
      for name in ["alpha", "Équipe Nord"] {
        groups.append(
          try tx.scalar(
            """
            INSERT INTO coaching_groups (organization_id, name, created_at) VALUES (\(world.organization), \(name), \(Cast.now.text)) RETURNING id
            """))
      }
      try tx.run("UPDATE company_purchases SET sessions = 3")
      for number in 0..<people {
        let name = random.one(["Zoë", "zoe", "王", "Åsa", "Ben", "Éric"]) + " " + random.one(["Lind", "O'Brien", "伟", "de Vries"])
        let user = try world.person(name, "p\(number * 37 % people)@\(random.one(["a", "b"])).example", in: tx)
        for turn in 0..<random.within(1...3) {
          let launched = Cast.now.adding(days: -Int64(turn * 200 + random.below(190)))
          let id = try world.engage(user, launched: launched, in: tx)
          try LearnerCrowd.tell(id, group: random.one(groups), world, &random, in: tx)
        }
      }
      try world.settle(in: tx)
    }
  }

  static func scope(of cast: Cast, in database: any Database) throws -> OrganizationScope {
    try database.read {
      try OrganizationScope.find(
        slug: "northwind",
        for: Viewer(
          accountID: cast.olga.id, name: cast.olga.name, email: cast.olga.email,
          grants: [.organizationAdmin(organization: cast.northwind.id)]), in: $0)
    }
  }

  private static func tell(_ id: Int64, group: Int64, _ world: CoachingWorld, _ random: inout DemoRandom, in tx: any Connection) throws {
    func day(_ random: inout DemoRandom, _ chance: Int) -> String {
      random.chance(chance) ? Cast.now.adding(days: -Int64(random.below(60))).text : ""
    }
    let coach: Int64? = random.one([world.ines, world.mark, nil])
    try tx.run(
      """
      UPDATE engagements SET group_id = \(group), coach_id = \(coach), coach_changed = \(random.chance(20)), remeasurement = \(random.chance(75)),
        first_login_at = \(day(&random, 80)), profile_set_up_at = \(day(&random, 70)), self_assessment_at = \(day(&random, 60)),
        survey_at = \(day(&random, 50)), coaching_plan = \(random.one(["NONE", "BEGUN", "COMPLETE"])),
        plan_feedback_invited = \(random.chance(30)), goals_assessed_at = \(day(&random, 60)), self_remeasurement_at = \(day(&random, 60)),
        remeasurement_survey_at = \(day(&random, 60)), paused_at = \(day(&random, 25)), unpaused_at = \(day(&random, 20)),
        deactivated_at = \(day(&random, 15)), extended_at = \(day(&random, 20)) WHERE id = \(id)
      """)
    for hour in 0..<random.below(5) {
      let start = Cast.now.adding(days: Int64(random.below(90)) - 70).adding(seconds: Int64(hour * 3600) + id)
      let state = random.one(["COMPLETED", "COMPLETED", "SCHEDULED", "CANCELED", "LATE_CANCELED", "MISSED"])
      let rating: Int64? = state == "COMPLETED" && random.chance(60) ? Int64(random.within(1...5)) : nil
      try world.session(
        id, at: start, state, rating: rating, manager: random.chance(30), coach: random.one([world.ines, world.mark]), in: tx)
    }
    for round in [1, 2] as [Int64] {
      for number in 0..<random.below(5) {
        try world.feedback(
          id, round: round, "friend\(number)@example.com", answered: random.chance(80), removed: random.chance(10), in: tx)
      }
    }
    for skill in [world.delegation, world.listening] where random.chance(40) {
      try tx.run("INSERT INTO focus_areas (engagement_id, focus_skill_id, chosen) VALUES (\(id), \(skill), \(random.chance(50)))")
    }
    for goal in 0..<random.below(4) {
      try tx.run("INSERT INTO goals (engagement_id, text, achieved) VALUES (\(id), \("goal \(goal)"), \(random.chance(50)))")
    }
    if random.chance(30) {
      let text = random.one(["On leave", "asked for mornings", "Été"])
      try tx.run(
        """
        INSERT INTO engagement_notes (engagement_id, text, note_key, at) VALUES (\(id), \(text), \(text.folded), \(Cast.now.text))
        """)
    }
    if random.chance(40) {
      try tx.run("INSERT INTO nps_responses (engagement_id, score, answered_at) VALUES (\(id), \(random.below(11)), \(Cast.now.text))")
    }
  }
}
