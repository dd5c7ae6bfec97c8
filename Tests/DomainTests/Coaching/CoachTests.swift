import Database
import Secrets
import Support
import Testing
import World

@testable import Domain

@Suite struct CoachTests {
  private struct World {
    let test: TestDatabase
    let cast: Cast
    let coaching: CoachingWorld
    let platform: SetUpOwner
    let own: SetUpOwner

    var database: any Database { test.database }
    var key: InstallationKey { get throws { try InstallationKey(secret: "a secret that only the tests ever use") } }

    func coach(_ id: Int64, _ owner: SetUpOwner) throws -> Coach { try database.read { try Coach.find(id: id, of: owner, in: $0) } }

    func save(_ id: Int64? = nil, _ owner: SetUpOwner, _ change: (inout CoachDraft) -> Void) throws -> SavedCoach {
      var draft = CoachDraft()
      (draft.email, draft.name, draft.timeZone) = ("new@coaches.example", "New Coach", "Europe/Berlin")
      if let id {
        draft = try database.read {
          CoachDraft(try Coach.find(id: id, of: owner, in: $0), hours: try Coach.find(id: id, of: owner, in: $0).hours(in: $0))
        }
      }
      change(&draft)
      return try Coach.save(draft, id: id, of: owner, at: Cast.now, in: database)
    }

    func signIn(_ email: String) throws {
      _ = try SignIn(test.identity(), clock: cast.time.clock, key: key, allowsDemo: true, pause: { _ in })
        .open(email: email, password: Cast.password, address: "127.0.0.1")
    }
  }

  private func with(_ engine: Dialect, _ body: (World) throws -> Void) throws {
    try TestDatabase.migrated(engine) { test in
      let cast = try Cast(in: test.database)
      let team = Viewer(accountID: cast.tess.id, name: "", email: "", grants: [.accountTeam])
      try body(
        World(
          test: test, cast: cast, coaching: CoachingWorld(cast, in: test.database), platform: SetUpOwner(platform: team),
          own: SetUpOwner(OrganizationScope(viewer: team, organization: cast.northwind, reach: .all))))
    }
  }

  @Test(arguments: TestDatabase.engines) func aCoachIsOnboardingUntilProfileAndHoursAreSaved(_ engine: Dialect) throws {
    try with(engine) { world in
      let made = try world.save(nil, world.own) { _ in }
      #expect(made.isNewAccount && made.saved.isNew)
      let id = made.saved.id
      #expect(try world.coach(id, world.own).state == .onboarding && !world.coach(id, world.own).hasPassword)
      let changed = try world.save(id, world.own) {
        $0.biography = "Leads by asking."
        ($0.hours[0], $0.hours[6]) = ("13:00 – 17:00, 9:00-12:00", "00:00-24:00")
        ($0.languages, $0.capacity) = ("English,  Deutsch ,", "07")
      }
      #expect(
        changed.saved.changes == [
          .init(name: "biography", before: "", after: "Leads by asking."), .init(name: "languages", before: "", after: "English, Deutsch"),
          .init(name: "capacity", before: "", after: "7"),
          .init(name: "hours", before: "", after: "Monday 09:00-12:00, 13:00-17:00; Sunday 00:00-24:00"),
        ])
      #expect(try world.coach(id, world.own).state == .active)
      #expect(try world.save(id, world.own) { _ in }.saved.changes == [])
      #expect(throws: Failure.notFound) { try world.coach(id, world.platform) }
    }
  }

  @Test(arguments: TestDatabase.engines) func whatIsWrongIsNamed(_ engine: Dialect) throws {
    try with(engine) { world in
      let cases: [(String, (inout CoachDraft) -> Void)] = [
        ("email", { $0.email = "nobody" }), ("email", { $0.email = "MARK@northwind.example" }), ("name", { $0.name = " " }),
        ("time-zone", { $0.timeZone = "Mars" }), ("meeting-link", { $0.meetingLink = "http://meet.example" }),
        ("session-minutes", { $0.sessionMinutes = "10" }), ("capacity", { $0.capacity = "none" }),
        ("hours-monday", { $0.hours[0] = "9-5" }), ("hours-tuesday", { $0.hours[1] = "12:00-09:00" }),
        ("hours-sunday", { $0.hours[6] = "09:00-12:00, 11:00-13:00" }), ("hours-friday", { $0.hours[4] = "23:00-24:30" }),
      ]
      for (field, change) in cases {
        let failure = #expect(throws: Failure.self) { try world.save(nil, world.own, change) }
        #expect(failure?.fields.map(\.name) == [field])
      }
      // The same person may coach for the platform, too; and an account that exists is used as it is.
      let second = try world.save(nil, world.platform) { $0.email = "mark@northwind.example" }
      #expect(!second.isNewAccount && second.accountID == world.coaching.markAccount.id)
    }
  }

  @Test(arguments: TestDatabase.engines) func aRenamedCoachIsFollowedByTheRows(_ engine: Dialect) throws {
    try with(engine) { world in
      try world.database.write(organization: world.cast.northwind.id) { tx in
        let id = try world.coaching.engage(world.cast.lena.id, in: tx)
        try world.coaching.session(id, at: Cast.now.adding(days: -1), in: tx)
        try world.coaching.settle(in: tx)
      }
      _ = try world.save(world.coaching.ines, world.platform) { $0.name = "Inês Álvares" }
      let keys = try world.database.read {
        try $0.first("SELECT coach_key, assigned_key FROM engagement_rows") { [$0.text(0), $0.text(1)] }
      }
      #expect(keys == ["ines alvares", "ines alvares"])
      try world.database.read { try EngagementFigures.check(at: Cast.now, in: $0) { Issue.record("\($0)") } }
      let search = try world.database.read {
        try $0.first("SELECT search_key FROM coaches WHERE id = \(world.coaching.ines)") { $0.text(0) }
      }
      #expect(search == "ines alvares\nines@coaches.example")
    }
  }

  @Test(arguments: TestDatabase.engines) func whoIsOnlyADeactivatedCoachDoesNotSignIn(_ engine: Dialect) throws {
    try with(engine) { world in
      let store = SessionStore(try world.test.identity(), clock: world.cast.time.clock)
      let cookie = try #require(try store.open(account: world.coaching.inesAccount.id))
      try world.signIn("ines@coaches.example")
      try Coach.deactivate(id: world.coaching.ines, of: world.platform, at: Cast.now, in: world.database)
      #expect(try store.with(cookie: cookie) { _, _ in true } == nil)
      #expect(throws: Failure.self) { try world.signIn("ines@coaches.example") }
      #expect(try world.coach(world.coaching.ines, world.platform).state == .deactivated)
      try Coach.reactivate(id: world.coaching.ines, of: world.platform, at: Cast.now, in: world.database)
      try world.signIn("ines@coaches.example")
      // Who has another role stays signed in.
      let olga = try world.save(nil, world.own) { $0.email = "olga@northwind.example" }
      let hers = try #require(try store.open(account: world.cast.olga.id))
      try Coach.deactivate(id: olga.saved.id, of: world.own, at: Cast.now, in: world.database)
      #expect(try store.with(cookie: hers) { _, _ in true } == true)
      try world.signIn("olga@northwind.example")
    }
  }

  @Test(arguments: TestDatabase.engines) func onlyWhoHasNoPasswordGetsALink(_ engine: Dialect) throws {
    try with(engine) { world in
      let made = try world.save(nil, world.own) { _ in }
      let (clock, key) = (world.cast.time.clock, try world.key)
      let token = try Coach.link(id: made.saved.id, of: world.own, clock: clock, key: key, in: world.database)
      let passwords = SetPassword(world.database, clock: clock, key: key)
      #expect(try passwords.target(of: token).accountID == made.accountID)
      try passwords.set(Cast.password, confirmation: Cast.password, token: token)
      try world.signIn("new@coaches.example")
      #expect(throws: Failure.self) { try Coach.link(id: made.saved.id, of: world.own, clock: clock, key: key, in: world.database) }
    }
  }

  @Test(arguments: TestDatabase.engines) func aPhotoIsKnownByItsContent(_ engine: Dialect) throws {
    try with(engine) { world in
      let png: [UInt8] =
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8) + [
          0, 0, 0, 4, 0, 0, 0, 4, 8, 6, 0, 0, 0, 1, 2, 3, 4,
        ]
      func save(_ bytes: [UInt8]) throws {
        try CoachPhoto.save(bytes, of: world.coaching.mark, world.own, at: Cast.now, in: world.database)
      }
      for wrong in [Array("GIF89a".utf8), Array(png.prefix(20)), png + Array(repeating: 0, count: CoachPhoto.largest)] {
        let failure = #expect(throws: Failure.self) { try save(wrong) }
        #expect(failure?.fields.map(\.name) == ["photo"])
      }
      try save(png)
      try save(png)
      let photo = try #require(try world.coach(world.coaching.mark, world.own).photo)
      #expect(photo.mediaType == "image/png" && photo.fileName.hasSuffix(".png"))
      let content = try world.database.read { try Picture.content(of: photo.fileName, in: $0) }
      #expect(content?.bytes == png)
      try save(png + [9])
      #expect(try world.database.read { try $0.scalar("SELECT COUNT(*) FROM coach_photos") } == 1)
      try CoachPhoto.remove(of: world.coaching.mark, world.own, at: Cast.now, in: world.database)
      #expect(try world.database.read { try $0.scalar("SELECT COUNT(*) FROM coach_photos") } == 0)
    }
  }
}
