import Database
import Support
import Testing
import World

@testable import Domain

@Suite struct ErasureTests {
  /// What must be the same before and after: what happened, in each program and on each day, and the rows of both reports.
  private func totals(_ scope: OrganizationScope, in database: any Database) throws -> [String] {
    var all = try database.read { connection in
      try connection.all(
        """
        SELECT 'program', CAST(id AS TEXT), enrollments, completions, timed_enrollments, learning_seconds, lessons, ratings, rating_sum,
          members + removed_members FROM programs
        UNION ALL SELECT day, CAST(program_id AS TEXT), joins, first_enrollments, first_completions, enrollments, completions,
          learning_seconds, lessons + ratings, rating_sum FROM daily_totals ORDER BY 1, 2
        """
      ) { row in (0..<row.count).map { row.text($0) }.joined(separator: "|") }
    }
    for report in [Report.membership, .usage] {
      var bytes: [UInt8] = []
      try database.export {
        try report.write(
          scope: scope, programs: $0.all("SELECT id FROM programs WHERE organization_id = \(scope.organization.id)") { $0.int(0) },
          in: $0, bom: false
        ) { bytes.append(contentsOf: $0) }
      }
      all.append("\(bytes.count { $0 == 10 }) rows")
    }
    return all
  }

  /// Every text of the database, wherever it stands.
  private func everything(in database: any Database) throws -> String {
    let queries: [SQL] = [
      "SELECT * FROM accounts", "SELECT * FROM users", "SELECT * FROM memberships", "SELECT * FROM invitations", "SELECT * FROM outbox",
      "SELECT * FROM sent_mail", "SELECT * FROM upload_rows", "SELECT * FROM audit_values", "SELECT * FROM course_ratings",
      "SELECT * FROM email_preferences", "SELECT * FROM audit_events",
    ]
    return try database.read { connection in
      try queries.flatMap { try connection.all($0) { row in (0..<row.count).map { row.text($0) }.joined(separator: "|") } }
        .joined(separator: "\n")
    }
  }

  private func differences(_ database: any Database) throws -> [String] {
    var found: [String] = []
    try database.export { connection in try Figures.check(in: connection) { found.append($0.description) } }
    return found
  }

  private func erase(_ user: Int64, _ world: LedgerWorld) throws -> Int64 {
    let email = try world.database.read {
      try $0.first("SELECT email FROM users WHERE organization_id = \(world.cast.northwind.id) AND id = \(user)") { $0.text(0) } ?? ""
    }
    return try Erasure(world.scope, in: world.database, at: world.now).erase(user, confirming: email)
  }

  @Test(arguments: TestDatabase.engines) func totalsStayWhenPeopleGo(_ engine: Dialect) throws {
    try TestDatabase.migrated(engine) { test in
      let crowd = try Crowd(in: test.database)
      let organization = crowd.scope.organization.id
      let before = try totals(crowd.scope, in: test.database)
      let people = try test.database.read {
        try $0.all(
          """
          SELECT u.id, u.email, u.name FROM users u WHERE u.organization_id = \(organization) AND u.member_programs > 0
            AND u.open_invitations = 0 AND u.id <> \(crowd.scope.viewer.accountID)
            AND NOT EXISTS (SELECT 1 FROM role_assignments r WHERE r.account_id = u.id)
          ORDER BY (SELECT COUNT(*) FROM course_ratings r WHERE r.user_id = u.id AND r.comment <> '') DESC, u.enrollments DESC, u.id LIMIT 6
          """
        ) { ($0.int(0), $0.text(1), $0.text(2)) }
      }
      #expect(people.count == 6)
      let list = try UserList(scope: crowd.scope, now: Crowd.now)
      let known = try test.database.read { try list.count(in: $0) }
      for (user, email, _) in people {
        try Erasure(crowd.scope, in: test.database, at: Crowd.now).erase(user, confirming: " \(email.uppercased()) ")
      }
      let after = try totals(crowd.scope, in: test.database)
      #expect(after == before)
      let found = try differences(test.database)
      #expect(found == [])
      let all = try everything(in: test.database)
      for (_, email, _) in people { #expect(!all.contains(email) && !all.contains(email.lowercased())) }
      try test.database.read { connection in
        #expect(try list.count(in: connection) == known - 6)
        var filter = UserFilter()
        filter.status = .everyone
        let sort = Sorting<UserList.Key>(.name, descending: false)
        #expect(try list.page(filter, sort: sort, request: PageRequest(), in: connection).total == known - 6)
        filter.search = "erased"
        #expect(try list.page(filter, sort: sort, request: PageRequest(), in: connection).total == 0)
        filter.programs = try connection.all("SELECT id FROM programs WHERE organization_id = \(organization)") { $0.int(0) }
        #expect(try list.page(filter, sort: sort, request: PageRequest(), in: connection).total == 0)
        let comments = try connection.scalar(
          """
          SELECT COUNT(*) FROM course_ratings r JOIN users u ON u.organization_id = r.organization_id AND u.id = r.user_id
          WHERE u.erased_at <> '' AND r.comment <> ''
          """)
        #expect(comments == 0)
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func theOtherOrganizationNoticesNothing(_ engine: Dialect) throws {
    try LedgerWorld.with(engine) { world in
      let (lena, south) = (world.cast.lena, world.cast.southwind.id)
      func southern() throws -> [String] {
        try world.database.read {
          try $0.all(
            """
            SELECT u.id, u.name, u.email, u.joined, m.state, a.email, a.name, a.password_hash, a.deactivated_at FROM users u
            JOIN memberships m ON m.user_id = u.id AND m.organization_id = u.organization_id JOIN accounts a ON a.id = u.id
            WHERE u.organization_id = \(south)
            """
          ) { row in (0..<row.count).map { row.text($0) }.joined(separator: "|") }
        }
      }
      let before = try southern()
      let anonymous = try erase(lena.id, world)
      #expect(anonymous != lena.id)
      let after = try southern()
      #expect(after == before && before.count == 1)
      let mine = try world.database.read {
        try $0.scalar("SELECT COUNT(*) FROM users WHERE organization_id = \(world.cast.northwind.id) AND id = \(lena.id)")
      }
      #expect(mine == 0)
      // Invited again, the same email is a new person with a new name, and without the history.
      let again = try world.database.write(organization: world.cast.northwind.id) {
        try Inviting(world.scope, to: try world.program(), under: try world.contract(4), at: world.now).invite(
          .init(name: "Lena Again", email: lena.email), sends: false, mayExceed: true, in: $0)
      }
      #expect(again != anonymous)
      let profile = try world.database.read { try UserProfile.find(id: again, scope: world.scope, now: world.now, in: $0) }
      #expect(
        profile.user.name == "Lena Again" && profile.memberships.map(\.state) == ["INVITED"] && profile.memberships[0].joinedAt.isEmpty)
      let found = try differences(world.database)
      #expect(found == [])
    }
  }

  @Test(arguments: TestDatabase.engines) func anAccountThatNobodyElseKnowsGoes(_ engine: Dialect) throws {
    try LedgerWorld.with(engine) { world in
      let user = try world.invite(1, under: 0)
      try world.join(user)
      #expect(try world.enroll(user, course: 1))
      let used = try world.used(0)
      try world.database.write(organization: world.cast.northwind.id) { tx in
        let draft = try tx.scalar(
          """
          INSERT INTO upload_drafts (organization_id, kind, account_id, file_name, created_at)
          VALUES (\(world.cast.northwind.id), 'ATTRIBUTES', \(world.cast.olga.id), 'f.csv', '') RETURNING id
          """)
        try tx.run(
          """
          INSERT INTO upload_rows (draft_id, line, outcome, name, email, email_key, cells)
          VALUES (\(draft), 2, 'SET', 'Person 1', 'Person1@example.com', 'person1@example.com', '["a","b"]')
          """)
      }
      let anonymous = try erase(user, world)
      let left = try world.used(0)
      #expect(left == used - 1)
      let all = try everything(in: world.database).lowercased()
      #expect(!all.contains("person1@") && !all.contains("person 1\n") && !all.contains("person 1|"))
      let (account, cells, states) = try world.database.read {
        (
          try $0.first("SELECT name, password_hash, deactivated_at FROM accounts WHERE id = \(user)") {
            [$0.text(0), $0.text(1), $0.text(2)]
          },
          try $0.first("SELECT cells || outcome FROM upload_rows") { $0.text(0) },
          try $0.all("SELECT state FROM outbox WHERE user_id = \(anonymous)") { $0.text(0) }
        )
      }
      #expect(account == ["Erased person \(user)", "", world.now.text] && cells == "[\"\",\"\"]ERROR")
      // Neither the invitation nor the welcome is sent any more, and there is no exit mail.
      #expect(states == ["DROPPED", "DROPPED"])
      let profile = try world.database.read {
        try UserProfile.find(id: anonymous, scope: world.scope, now: world.now, evenErased: true, in: $0)
      }
      #expect(profile.user.name == "Erased person \(anonymous)" && profile.enrollments.count == 1)
      #expect(profile.memberships.map(\.state) == ["DELETED_MEMBER"] && profile.erasedAt == world.now.text)
      // Nothing can be done to it any more, and it cannot be erased twice.
      #expect(throws: Failure.notFound) { try self.erase(user, world) }
      #expect(throws: Failure.notFound) { try self.erase(anonymous, world) }
      #expect(throws: Failure.notFound) { try UserChanges(world.scope, in: world.database, at: world.now).reactivate(anonymous) }
      #expect(throws: Failure.self) { try world.invite(anonymous: anonymous) }
      let again = try world.invite(1, under: 0)
      #expect(again != user && again != anonymous)
      let events = try world.database.read { try UserTrail.latest(of: anonymous, scope: world.scope, in: $0) }
      #expect(events.first?.action == "user_erased" && events.first?.actor == "Olga Owner" && events.first?.values == [])
      let found = try differences(world.database)
      #expect(found == [])
    }
  }

  @Test(arguments: TestDatabase.engines) func aRemovalThatCouldBeUndoneAndAnOpenInvitationEndToo(_ engine: Dialect) throws {
    try LedgerWorld.with(engine) { world in
      let (removed, invited) = (try world.invite(1, under: 0), try world.invite(2, under: 2))
      try world.join(removed)
      let removedCount = try world.remove([removed])
      #expect(removedCount == 1)
      let before = (try world.used(0), try world.used(2))
      for user in [removed, invited] { _ = try erase(user, world) }
      let after = (try world.used(0), try world.used(2))
      #expect(after == (before.0 - 1, before.1 - 1))
      let restored = try world.restore(world.now)
      #expect(restored == 0)
      let states = try world.database.read { try $0.all("SELECT state FROM invitations ORDER BY state") { $0.text(0) } }
      #expect(states == ["JOINED", "REVOKED"])
      world.cast.time.pass(days: 1)
      try Removal.releaseDue(at: world.now, in: world.database)
      let found = try differences(world.database)
      #expect(found == [])
    }
  }

  @Test(arguments: TestDatabase.engines) func whatASenderHasInHandLeavesNothingBehind(_ engine: Dialect) throws {
    try OutboxDesk.with(engine) { desk in
      let user = try desk.invite("ines@example.com")
      let sent = try #require(try desk.claim().first)
      try desk.accept(sent)
      desk.cast.time.pass(days: 2)
      let changes = InvitationChanges(desk.scope, of: desk.program, at: desk.now)
      try desk.database.write(organization: desk.scope.organization.id) { _ = try changes.resend([user], in: $0) }
      let held = try #require(try desk.claim().first)
      try Erasure(desk.scope, in: desk.database, at: desk.now).erase(user, confirming: "ines@example.com")
      try desk.accept(held)
      try Outbox.deferred(held, "451 ines@example.com later", at: desk.now, in: desk.database)
      let bounced = try Outbox.bounced(
        messageIDs: [sent.item.messageID], recipient: "ines@example.com", words: "550 ines@example.com", at: desk.now, in: desk.database)
      #expect(bounced == 0)
      let states = try desk.states()
      #expect(states == ["SENT", "DROPPED"])
      let all = try everything(in: desk.database)
      #expect(!all.contains("ines@") && !all.contains("Ines") && !all.contains("Hello, you"))
    }
  }

  @Test(arguments: TestDatabase.engines) func whoAdministersIsNotErasedAndTheEmailMustBeTyped(_ engine: Dialect) throws {
    try LedgerWorld.with(engine) { world in
      try world.database.write(organization: 0) { tx in
        for person in [world.cast.olga, world.cast.pat, world.cast.tess] {
          let account = try UserWriting.account(try EmailAddress(person.email), name: person.name, at: world.now, in: tx)
          _ = try UserWriting.user(
            account, try EmailAddress(person.email), name: person.name, externalID: "", organization: world.cast.northwind.id,
            at: world.now,
            in: tx)
        }
        try Figures.recomputeAll(in: tx)
      }
      for person in [world.cast.olga, world.cast.pat] {
        let refused = #expect(throws: Failure.self) { try self.erase(person.id, world) }
        #expect(refused?.code == .conflict, "\(person.name)")
      }
      let erasure = try Erasure(world.scope, in: world.database, at: world.now)
      let mistyped = #expect(throws: Failure.self) { try erasure.erase(world.cast.lena.id, confirming: "lena@example.co") }
      #expect(mistyped?.code == .invalid && mistyped?.fields.map(\.name) == ["email"])
      #expect(throws: Failure.notFound) { try erasure.erase(world.cast.sten.id, confirming: world.cast.sten.email) }
      // A role elsewhere is none here; the account stays for it.
      _ = try erase(world.cast.tess.id, world)
      let email = try world.database.read {
        try $0.first("SELECT email FROM accounts WHERE id = \(world.cast.tess.id)") { $0.text(0) }
      }
      #expect(email == world.cast.tess.email)
      let narrow = OrganizationScope(
        viewer: world.scope.viewer, organization: world.cast.northwind, reach: .programs([world.cast.dataAcademy]))
      #expect(throws: Failure.notFound) { try Erasure(narrow, in: world.database, at: world.now) }
    }
  }

  @Test(arguments: TestDatabase.engines, [3, 4] as [UInt64])
  func whateverHappensInBetweenEverythingAddsUp(_ engine: Dialect, seed: UInt64) throws {
    try LedgerWorld.with(engine) { world in
      var random = SeededGenerator(seed)
      var (people, erased): ([Int: Int64], Int) = ([:], 0)
      for step in 1...600 {
        world.cast.time.pass(seconds: Int64.random(in: 1...200, using: &random))
        let number = Int.random(in: 1...12, using: &random)
        do {
          switch Int.random(in: 0...9, using: &random) {
          case 0...2: people[number] = try world.invite(number, under: Int.random(in: 0...4, using: &random))
          case 3...5: if let user = people[number] { try world.join(user) }
          case 6: if let user = people[number] { _ = try world.remove([user]) }
          case 7: try Removal.releaseDue(at: world.now, in: world.database)
          case 8:
            if let user = people[number] { _ = try world.enroll(user, course: Int.random(in: 1...LedgerWorld.courses, using: &random)) }
          default:
            guard let user = people.removeValue(forKey: number) else { continue }
            let before = try totals(world.scope, in: world.database).filter { $0.hasPrefix("program") }.map {
              $0.split(separator: "|")[2...5]
            }
            _ = try erase(user, world)
            erased += 1
            let after = try totals(world.scope, in: world.database).filter { $0.hasPrefix("program") }.map {
              $0.split(separator: "|")[2...5]
            }
            #expect(after == before)
          }
        } catch is Failure {} catch is JoinRefusal {}
        if step % 100 == 0 {
          let found = try differences(world.database)
          #expect(found == [], "after \(step) steps")
        }
      }
      #expect(erased > 5)
    }
  }
}

extension LedgerWorld {
  /// Invites the address that an erased person has.
  fileprivate func invite(anonymous id: Int64) throws -> Int64 {
    let inviting = Inviting(scope, to: try program(), under: try contract(4), at: now)
    return try database.write(organization: cast.northwind.id) {
      try inviting.invite(.init(name: "X", email: "erased-\(id)@erased.invalid"), sends: false, mayExceed: true, in: $0)
    }
  }
}
