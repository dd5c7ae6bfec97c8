import Database
import Support
import Testing
import World

@testable import Domain

/// The lists of coaches in User Metrics: whose, which figures, in which order.
@Suite struct CoachListTests {
  private func names(
    _ kind: CoachList.Kind, _ desk: LearnerDesk, _ state: Coach.State? = nil, search: String = "", sort: CoachColumn = .name,
    descending: Bool = false, scope: OrganizationScope? = nil
  ) throws -> [String] {
    let list = try CoachList(kind, scope: scope ?? desk.scope, now: Cast.now)
    return try desk.database.read {
      let page = try list.page(
        state, search: search, sort: Sorting(sort, descending: descending), request: PageRequest(size: 20), in: $0)
      #expect(page.total == page.rows.count)
      return page.rows.map(\.name)
    }
  }

  private func coach(_ id: Int64, _ kind: CoachList.Kind, _ desk: LearnerDesk) throws -> ListedCoach? {
    try desk.database.read { try CoachList(kind, scope: desk.scope, now: Cast.now).coaches([id], in: $0).first }
  }

  @Test(arguments: TestDatabase.engines) func platformCoachesAreThoseWhoHaveWorkedHere(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      try desk.coach("Ruth Adler") { $0.organization = nil }
      #expect(try names(.platform, desk) == ["Ines Duarte"])
      #expect(try names(.platform, desk, scope: desk.strangers) == [])
      let ines = try #require(try coach(desk.world.ines, .platform, desk))
      #expect(ines.clientsNow == 2 && ines.clientsEver == 2 && ines.sessions == 0 && ines.rating == nil && ines.nps == nil)
      #expect(ines.email == "ines@coaches.example" && ines.state == .active && ines.nextSession == "")
      // Whoever has another coach now was a client all the same.
      _ = try desk.acted(.changeCoach(desk.world.mark), on: .engagements([desk.noors]))
      let later = try #require(try coach(desk.world.ines, .platform, desk))
      #expect(later.clientsNow == 1 && later.clientsEver == 2)
      #expect(CoachColumn.clients.value(of: later) == .of(1, 2))
      // Nobody finds an organization's coach among the platform's, or the other way around, or another organization's.
      #expect(try coach(desk.world.mark, .platform, desk) == nil && coach(desk.world.ines, .organization, desk) == nil)
      #expect(throws: Failure.notFound) {
        try desk.database.read { try CoachProfile.find(desk.world.ines, .platform, scope: desk.strangers, now: Cast.now, in: $0) }
      }
      #expect(throws: Failure.notFound) {
        let pat = Viewer(accountID: 3, name: "", email: "", grants: [.programAdmin(organization: desk.cast.northwind.id, program: 1)])
        _ = try CoachList(
          .platform, scope: desk.database.read { try OrganizationScope.find(slug: "northwind", for: pat, in: $0) }, now: Cast.now)
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func aRatingTakesMoreThanOneLearner(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      let world = desk.world
      try desk.story { tx in
        try world.session(desk.lenas, at: Cast.now.adding(days: -9), rating: 4, in: tx)
        try world.session(desk.lenas, at: Cast.now.adding(days: -8), rating: 5, in: tx)
      }
      let one = try #require(try coach(world.ines, .platform, desk))
      #expect(one.sessions == 2 && one.ratings == 2 && one.rating == nil && CoachColumn.rating.value(of: one) == .none)
      try desk.story { tx in try world.session(desk.noors, at: Cast.now.adding(days: -7), rating: 5, in: tx) }
      let two = try #require(try coach(world.ines, .platform, desk))
      // 14 of 3 is 4.666…
      #expect(two.rating == 467 && CoachColumn.rating.value(of: two) == .hundredths(467))
    }
  }

  @Test(arguments: TestDatabase.engines) func npsIsOverAllOrganizations(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      let world = desk.world
      func answer(_ score: Int64, at day: Int64) throws {
        try desk.story { tx in
          try tx.run(
            """
            INSERT INTO nps_responses (engagement_id, coach_id, score, answered_at)
            VALUES (\(desk.lenas), \(world.ines), \(score), \(Cast.now.adding(days: day).text))
            """)
        }
      }
      for (score, nps) in [(10, 100), (8, 50), (6, 0), (0, -25), (3, -40), (9, -17)] as [(Int64, Int)] {
        try answer(score, at: -score)
        #expect(try coach(world.ines, .platform, desk)?.nps == nps, "after \(score)")
      }
      // What others say in another organization counts as well; the figures kept are the coach's, not the organization's.
      try desk.database.write(organization: 0) {
        try $0.run("UPDATE coaches SET nps_answers = 10, nps_promoters = 6, nps_detractors = 1 WHERE id = \(world.ines)")
      }
      #expect(try coach(world.ines, .platform, desk)?.nps == 50)
    }
  }

  @Test(arguments: TestDatabase.engines) func organizationCoachesStandInTabs(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      try desk.coach("Zoë Álvarez") { $0.capacity = 3 }
      try desk.coach("Paula Riedl") { ($0.isOnboarding, $0.hours) = (true, nil) }
      try desk.coach("Dario Conti") { $0.isDeactivated = true }
      try desk.coach("Sven South") { $0.organization = desk.cast.southwind.id }
      let list = try CoachList(.organization, scope: desk.scope, now: Cast.now)
      #expect(try desk.database.read { try list.counts(in: $0) } == [.active: 2, .onboarding: 1, .deactivated: 1])
      #expect(try names(.organization, desk, .active) == ["Mark Osei", "Zoë Álvarez"])
      #expect(try names(.organization, desk, .onboarding) == ["Paula Riedl"])
      #expect(try names(.organization, desk, .deactivated) == ["Dario Conti"])
      #expect(try names(.organization, desk) == ["Dario Conti", "Mark Osei", "Paula Riedl", "Zoë Álvarez"])
      #expect(try names(.organization, desk, descending: true).first == "Zoë Álvarez")
      #expect(try names(.organization, desk, search: "ZOE") == ["Zoë Álvarez"])
      #expect(try names(.organization, desk, .active, search: "coaches.example") == ["Zoë Álvarez"])
      #expect(try names(.organization, desk, scope: desk.strangers) == ["Sven South"])
    }
  }

  @Test(arguments: TestDatabase.engines) func everyColumnSorts(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      let world = desk.world
      let zoe = try desk.coach("Zoë Álvarez") { $0.capacity = 2 }
      let paula = try desk.coach("Paula Riedl") { ($0.isOnboarding, $0.capacity) = (true, 9) }
      _ = try desk.acted(.changeCoach(zoe), on: .engagements([desk.lenas]))
      _ = try desk.acted(.changeCoach(zoe), on: .engagements([desk.noors]), at: Cast.now.adding(seconds: 60))
      try desk.story { tx in
        for (engagement, day) in [(desk.lenas, -3), (desk.noors, -2)] as [(Int64, Int64)] {
          try world.session(engagement, at: Cast.now.adding(days: day), rating: 4, coach: zoe, in: tx)
          try world.session(engagement, at: Cast.now.adding(days: day - 9), rating: 5, coach: world.mark, in: tx)
        }
        try world.session(desk.lenas, at: Cast.now.adding(days: -30), coach: world.mark, in: tx)
        try world.session(desk.noors, at: Cast.now.adding(days: 5), "SCHEDULED", coach: world.mark, in: tx)
        try world.session(desk.lenas, at: Cast.now.adding(days: 2), "SCHEDULED", coach: zoe, in: tx)
        try tx.run("INSERT INTO nps_responses (engagement_id, coach_id, score, answered_at) VALUES (\(desk.lenas), \(zoe), 2, 'x')")
        try tx.run("INSERT INTO nps_responses (engagement_id, coach_id, score, answered_at) VALUES (\(desk.lenas), \(world.mark), 8, 'y')")
      }
      let (mark, zoes, paulas) = ("Mark Osei", "Zoë Álvarez", "Paula Riedl")
      let expected: [(CoachColumn, [String])] = [
        (.name, [mark, paulas, zoes]), (.state, [mark, zoes, paulas]), (.clients, [mark, paulas, zoes]), (.capacity, [zoes, paulas, mark]),
        (.sessions, [paulas, zoes, mark]), (.rating, [paulas, zoes, mark]), (.nps, [paulas, zoes, mark]),
        (.nextSession, [zoes, mark, paulas]),
      ]
      for (column, order) in expected {
        #expect(try names(.organization, desk, sort: column) == order, "\(column)")
        #expect(try names(.organization, desk, sort: column, descending: true) == order.reversed(), "\(column), descending")
      }
      #expect(Set(expected.map(\.0)) == Set(CoachColumn.allCases))
      let next = try coach(zoe, .organization, desk)?.nextSession
      #expect(next == Cast.now.adding(days: 2).text)
      let full = try #require(try coach(zoe, .organization, desk)), unbounded = try #require(try coach(world.mark, .organization, desk))
      #expect(CoachColumn.capacity.value(of: full) == .of(2, 2) && CoachColumn.capacity.value(of: unbounded) == .text("No limit"))
      #expect(try coach(paula, .organization, desk)?.state == .onboarding)
    }
  }

  @Test(arguments: TestDatabase.engines) func pagesAndTheFileHoldTheSame(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      for number in 1...24 { try desk.coach("Coach \(number < 10 ? "0" : "")\(number)") { $0.capacity = 10 } }
      let list = try CoachList(.organization, scope: desk.scope, now: Cast.now)
      let sort = Sorting(CoachColumn.name, descending: false)
      let second = try desk.database.read {
        try list.page(.active, search: "", sort: sort, request: PageRequest(number: 2, size: 20), in: $0)
      }
      #expect(second.total == 25 && second.rows.map(\.name) == ["Coach 21", "Coach 22", "Coach 23", "Coach 24", "Mark Osei"])
      var file = ""
      try desk.database.export {
        try list.write(.active, search: "2", sort: sort, columns: [.capacity, .state, .rating], in: $0) {
          file += String(decoding: $0, as: UTF8.self)
        }
      }
      let lines = file.split(separator: "\r\n").map(String.init)
      #expect(lines[0] == "\u{FEFF}Name,Email,Capacity,State,Average Session Rating")
      #expect(lines[1] == "Coach 02,coach.02@coaches.example,0 of 10,Active," && lines.count == 1 + 7)
    }
  }

  @Test(arguments: TestDatabase.engines) func aProfileHoldsLearnersAndSessions(_ engine: Dialect) throws {
    try LearnerDesk.with(engine) { desk in
      let world = desk.world
      _ = try desk.acted(.changeCoach(world.mark), on: desk.both)
      _ = try desk.acted(.changeCoach(world.ines), on: .engagements([desk.noors]), at: Cast.now.adding(seconds: 60))
      let ahead = try desk.story { tx in
        try world.session(desk.lenas, at: Cast.now.adding(days: -3), rating: 4, coach: world.mark, in: tx)
        try world.session(desk.noors, at: Cast.now.adding(days: -1), "SCHEDULED", coach: world.mark, in: tx)
        return try world.session(desk.lenas, at: Cast.now.adding(days: 3), "SCHEDULED", coach: world.mark, in: tx)
      }
      try desk.database.read { connection in
        let profile = try CoachProfile.find(world.mark, .organization, scope: desk.scope, now: Cast.now, in: connection)
        #expect(
          profile.week.first?.day == "Monday" && profile.week.map { $0.hours } == Array(repeating: "09:00-17:00", count: 5) + ["", ""])
        let learners = try CoachLearners(of: world.mark, scope: desk.scope)
        let counts = try learners.counts(in: connection)
        #expect(counts.now == 1 && counts.ever == 2)
        func page(_ onlyNow: Bool, _ search: String = "") throws -> [String] {
          try learners.page(
            onlyNow: onlyNow, search: search, sort: Sorting(.name, descending: false), request: PageRequest(), in: connection
          ).rows.map(\.name)
        }
        #expect(try page(true) == ["Lena Lind"] && page(false) == ["Lena Lind", "Noor Haddad"] && page(false, "NOOR") == ["Noor Haddad"])
        let sessions = try CoachSessions(of: world.mark, scope: desk.scope, now: Cast.now)
        let all = try sessions.counts(in: connection)
        #expect(all.ahead == 1 && all.past == 2)
        #expect(try sessions.next(5, in: connection).map(\.id) == [ahead] && sessions.find(ahead, in: connection).learner == "Lena Lind")
        for key in [CoachSessions.Key.start, .learner, .state, .rating] {
          let past = try sessions.page(
            areAhead: false, search: "", sort: Sorting(key, descending: false), request: PageRequest(), in: connection)
          #expect(past.total == 2 && past.rows.count == 2, "\(key)")
        }
        #expect(throws: Failure.notFound) {
          try CoachSessions(of: world.ines, scope: desk.scope, now: Cast.now).find(ahead, in: connection)
        }
        #expect(throws: Failure.notFound) {
          try CoachSessions(of: world.mark, scope: desk.strangers, now: Cast.now).find(ahead, in: connection)
        }
      }
    }
  }
}
