import Database
import Foundation
import Secrets
import Support
import Synchronization
import Testing
import World

@testable import Domain

/// Sessions, and what makes them void, in a store beside the main database.
@Suite struct SessionStoreTests {
  private func world(_ engine: Dialect, _ body: (IdentityDatabase, Cast, SessionStore) throws -> Void) throws {
    try TestDatabase.migrated(engine) { test in
      let (databases, cast) = (try test.identity(), try Cast(in: test.database))
      try body(databases, cast, SessionStore(databases, clock: cast.time.clock))
    }
  }

  private func session(_ cookie: String, _ sessions: SessionStore) throws -> Session? {
    try sessions.with(cookie: cookie) { one, _ in one }
  }

  private func count(_ action: String, _ databases: IdentityDatabase) throws -> Int64 {
    try databases.main.read { try $0.scalar("SELECT count(*) FROM audit_events WHERE action = \(action)") }
  }

  private func waiting(_ databases: IdentityDatabase) throws -> Int64 {
    try databases.store.read { try $0.scalar("SELECT count(*) FROM audit_queue") }
  }

  /// Runs `body` while another thread holds the write lock of the main database.
  private func whileWriting(_ databases: IdentityDatabase, organization: Int64, _ body: () throws -> Void) throws {
    let (holding, release, ended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    Thread {
      do {
        try databases.main.write(organization: organization) { _ in
          holding.signal()
          release.wait()
        }
      } catch {
        Issue.record(error)
        holding.signal()
      }
      ended.signal()
    }.start()
    holding.wait()
    let result = Result { try body() }
    release.signal()
    ended.wait()
    try result.get()
  }

  /// On PostgreSQL an import holds its organization only.
  @Test(arguments: TestDatabase.engines) func nobodyWaitsForAnImport(_ engine: Dialect) throws {
    try world(engine) { databases, cast, sessions in
      let signIn = SignIn(databases, clock: cast.time.clock, key: try testKey.get(), allowsDemo: false, pause: { _ in })
      try whileWriting(databases, organization: cast.northwind.id) {
        let opened = try signIn.open(email: cast.olga.email, password: Cast.password, address: "192.0.2.1")
        try signIn.settle(opened)
        cast.time.pass(seconds: SessionStore.touchInterval)
        let first = try #require(try session(opened.cookie, sessions))
        try sessions.touch(first)
        #expect(try session(opened.cookie, sessions)?.lastSeenAt == cast.time.now)
        try sessions.end(first)
        try databases.deliverEvents()
        #expect(try session(opened.cookie, sessions) == nil)
        #expect(try waiting(databases) == (engine == .sqlite ? 2 : 0))
      }
      try databases.deliverEvents()
      let (signedIn, signedOut) = (try count("signed_in", databases), try count("signed_out", databases))
      #expect(signedIn == 1 && signedOut == 1)
      #expect(try waiting(databases) == 0)
    }
  }

  @Test func aWriterInAnotherProcessIsNotWaitedForEither() throws {
    try TestDatabase.migrated(.sqlite) { test in
      let (databases, cast) = (try test.identity(), try Cast(in: test.database))
      let signIn = SignIn(databases, clock: cast.time.clock, key: try testKey.get(), allowsDemo: false, pause: { _ in })
      let other = try SQLiteDatabase(path: test.location)
      defer { other.close() }
      // Its own connection, as that of another process: it meets this one's at the file only.
      try other.write(organization: 0) { _ in
        let opened = try signIn.open(email: cast.olga.email, password: Cast.password, address: "192.0.2.1")
        try signIn.settle(opened)
        #expect(try waiting(databases) == 1)
      }
      try databases.deliverEvents()
      let signedIn = try count("signed_in", databases)
      #expect(signedIn == 1)
    }
  }

  @Test func anOldHashIsLeftForTheNextSignInWhileSomebodyWrites() throws {
    try world(.sqlite) { databases, cast, _ in
      // scrypt of "pleaseletmein" with the salt "saltsaltsaltsalt", N = 1024, r = 8, p = 1, computed by another program.
      let weak = "$scrypt$ln=10,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$eId7BTBGuklif4LNX1YGoJvQdllpHh+x8fuog6Rmd3I"
      try databases.main.write(organization: 0) {
        _ = try $0.run("UPDATE accounts SET password_hash = \(weak) WHERE id = \(cast.olga.id)")
      }
      let signIn = SignIn(databases, clock: cast.time.clock, key: try testKey.get(), allowsDemo: false, pause: { _ in })
      func stored() throws -> String? {
        try databases.main.read { try $0.first("SELECT password_hash FROM accounts WHERE id = \(cast.olga.id)") { $0.text(0) } }
      }
      try whileWriting(databases, organization: 0) {
        try signIn.settle(signIn.open(email: cast.olga.email, password: "pleaseletmein", address: "192.0.2.1"))
      }
      let kept = try stored()
      #expect(kept == weak)
      try signIn.settle(signIn.open(email: cast.olga.email, password: "pleaseletmein", address: "192.0.2.1"))
      let replaced = try stored()
      #expect(replaced != weak)
    }
  }

  @Test(arguments: TestDatabase.engines) func whatEndsAllSessionsEndsThemAtOnceAndNobodyElses(_ engine: Dialect) throws {
    try world(engine) { databases, cast, sessions in
      let cookies = try [cast.olga, cast.olga, cast.tess].map { try cast.session(for: $0, in: databases) }
      try databases.main.write(organization: 0) { try SessionStore.endAll(account: cast.olga.id, in: $0) }
      #expect(try cookies.map { try session($0, sessions) != nil } == [false, false, true])
      let later = try cast.session(for: cast.olga, in: databases)
      #expect(try session(later, sessions) != nil)
      try databases.main.write(organization: 0) { tx in
        _ = try tx.run("UPDATE accounts SET deactivated_at = \(cast.time.now.text) WHERE id = \(cast.olga.id)")
      }
      #expect(try session(later, sessions) == nil)
    }
  }

  @Test(arguments: TestDatabase.engines) func aPasswordThatIsSetDuringASignInMakesItVoid(_ engine: Dialect) throws {
    try world(engine) { databases, cast, sessions in
      let bearer = try #require(
        try databases.main.read { tx in
          try tx.first("SELECT created_at, sessions_generation FROM accounts WHERE id = \(cast.olga.id)") {
            SessionStore.Bearer(account: cast.olga.id, createdAt: $0.text(0), generation: $0.int(1))
          }
        })
      _ = try Administrator(databases.main, clock: cast.time.clock, key: testKey.get()).create(
        email: cast.olga.email, name: "Olga", role: .organization("northwind"), password: "over the hills")
      let cookie = try databases.store.write(organization: 0) { try sessions.open(bearer, in: $0).text }
      #expect(try session(cookie, sessions) == nil)
    }
  }

  @Test(arguments: TestDatabase.engines) func aSessionOpensNobodyElsesAccountOfTheSameID(_ engine: Dialect) throws {
    try world(engine) { databases, cast, sessions in
      let cookie = try cast.session(for: cast.olga, in: databases)
      try databases.main.write(organization: 0) { tx in
        _ = try tx.run("UPDATE accounts SET created_at = \(cast.time.now.adding(seconds: 1).text) WHERE id = \(cast.olga.id)")
      }
      #expect(try session(cookie, sessions) == nil)
    }
  }

  @Test(arguments: TestDatabase.engines) func anEventIsWrittenOnceThoughItsMoveWasCutShort(_ engine: Dialect) throws {
    try world(engine) { databases, cast, sessions in
      let cookie = try cast.session(for: cast.olga, in: databases)
      try sessions.end(try #require(try session(cookie, sessions)))
      let id = try #require(try databases.store.read { try $0.first("SELECT id FROM audit_queue") { $0.text(0) } })
      try databases.deliverEvents()
      // As after a crash between the two commits: it stands in both places.
      try databases.store.write(organization: 0) { tx in
        _ = try tx.run(
          """
          INSERT INTO audit_queue (id, account_id, action, at) VALUES (\(id), \(cast.olga.id), 'signed_out', \(cast.time.now.text))
          """)
      }
      try databases.deliverEvents()
      #expect(try waiting(databases) == 0)
      let event = try databases.main.read {
        try $0.all("SELECT actor_id, subject_kind, subject_id, at FROM audit_events WHERE action = 'signed_out'") {
          "\($0.int(0)) \($0.text(1)) \($0.int(2)) \($0.text(3))"
        }
      }
      #expect(event == ["\(cast.olga.id) account \(cast.olga.id) \(cast.time.now.text)"])
    }
  }

  @Test(arguments: TestDatabase.engines) func manyEventsMoveInTurnsAndInTheirOrder(_ engine: Dialect) throws {
    try world(engine) { databases, cast, _ in
      try databases.store.write(organization: 0) { tx in
        for number in 0..<1201 {
          try AuditQueue.add("tested", account: cast.olga.id, at: cast.time.now.adding(seconds: Int64(1201 - number)), in: tx)
        }
      }
      try databases.deliverEvents()
      #expect(try waiting(databases) == 0)
      let times = try databases.main.read { try $0.all("SELECT at FROM audit_events WHERE action = 'tested' ORDER BY id") { $0.text(0) } }
      #expect(times.count == 1201)
      #expect(times == times.sorted())
    }
  }

  @Test(arguments: TestDatabase.engines) func sideBySideAnEventIsMovedOnce(_ engine: Dialect) throws {
    try world(engine) { databases, cast, _ in
      try databases.store.write(organization: 0) { tx in
        for _ in 0..<100 { try AuditQueue.add("tested", account: cast.olga.id, at: cast.time.now, in: tx) }
      }
      let errors = Mutex<[any Error]>([])
      DispatchQueue.concurrentPerform(iterations: 8) { _ in
        do { try databases.deliverEvents(patience: .seconds(10)) } catch { errors.withLock { $0.append(error) } }
      }
      #expect(errors.withLock { $0.isEmpty })
      let moved = try count("tested", databases)
      #expect(moved == 100)
    }
  }

  @Test func theStoreIsForWhomTheDatabaseIs() throws {
    try TestDatabase.migrated(.sqlite) { test in
      chmod(test.location, 0o640)
      _ = try test.identity()
      let store = IdentityDatabase.storePath(beside: test.location)
      #expect(store.hasSuffix("/provost-sessions.sqlite"))
      #expect(try FileManager.default.attributesOfItem(atPath: store)[.posixPermissions] as? Int == 0o640)
      #expect(IdentityDatabase.storePath(beside: "/x/a.db") == "/x/a.db-sessions.sqlite")
    }
  }
}
