import Database
import Foundation
import Secrets
import Support
import Synchronization
import Testing
import World

@testable import Domain

/// A key that only the tests ever use.
let testKey: Result<InstallationKey, any Error> = Result { try InstallationKey(secret: "a secret that only the tests ever use") }

@Suite struct SignInTests {
  private func signIn(_ databases: IdentityDatabase, _ cast: Cast, pause: @escaping @Sendable (Int64) -> Void = { _ in }) throws -> SignIn {
    SignIn(databases, clock: cast.time.clock, key: try testKey.get(), allowsDemo: false, pause: pause)
  }

  private func world(_ engine: Dialect, _ body: (IdentityDatabase, Cast) throws -> Void) throws {
    try TestDatabase.migrated(engine) { test in try body(test.identity(), Cast(in: test.database)) }
  }

  @Test(arguments: TestDatabase.engines) func aRightPairOpensASessionAndIsRecorded(_ engine: Dialect) throws {
    try world(engine) { databases, cast in
      let opened = try signIn(databases, cast).open(email: cast.olga.email.uppercased(), password: Cast.password, address: "192.0.2.1")
      #expect(opened.accountID == cast.olga.id)
      let sessions = SessionStore(databases, clock: cast.time.clock)
      let session = try #require(try sessions.with(cookie: opened.cookie) { session, _ in session })
      #expect(session.viewer.accountID == cast.olga.id)
      #expect(session.viewer.grants == [.organizationAdmin(organization: cast.northwind.id)])
      try signIn(databases, cast).settle(opened)
      try databases.deliverEvents()
      let event = try databases.main.read {
        try $0.first("SELECT actor_id, action FROM audit_events ORDER BY id DESC") { ($0.int(0), $0.text(1)) }
      }
      #expect(event?.0 == cast.olga.id && event?.1 == "signed_in")
      #expect(try databases.store.read { try $0.scalar("SELECT count(*) FROM throttles WHERE failures > 0") } == 0)
    }
  }

  @Test(arguments: TestDatabase.engines) func everyRefusalDoesTheSameWork(_ engine: Dialect) throws {
    try world(engine) { databases, cast in
      try databases.main.write(organization: 0) { tx in
        try tx.run("UPDATE accounts SET deactivated_at = \(cast.time.now.text) WHERE id = \(cast.sten.id)")
        try tx.run("UPDATE accounts SET password_hash = NULL WHERE id = \(cast.pat.id)")
      }
      let hashes = Mutex<[String?]>([])
      let signIn = SignIn(databases, clock: cast.time.clock, key: try testKey.get(), allowsDemo: false, pause: { _ in }) { _, hash in
        hashes.withLock { $0.append(hash) }
        return false
      }
      for email in ["nobody@example.com", cast.sten.email, cast.pat.email, cast.olga.email] {
        let failure = #expect(throws: Failure.self) { try signIn.open(email: email, password: Cast.password, address: "192.0.2.1") }
        #expect(failure?.code == .invalid)
      }
      let compared = hashes.withLock { $0 }
      #expect(compared.count == 4)
      #expect(compared.prefix(3).allSatisfy { $0 == nil })
      #expect(compared.last??.hasPrefix("$scrypt$") == true)
    }
  }

  @Test(arguments: TestDatabase.engines) func aNameAloneIsDelayedNeverLocked(_ engine: Dialect) throws {
    try world(engine) { databases, cast in
      for number in 0..<40 {
        let throttle = Throttle(name: cast.olga.email, address: "192.0.2.\(number)", key: try testKey.get())
        _ = try databases.store.write(organization: 0) { try throttle.begin(at: cast.time.now, in: $0) }
      }
      let pauses = Mutex<[Int64]>([])
      let signIn = try signIn(databases, cast) { time in pauses.withLock { $0.append(time) } }
      #expect(try signIn.open(email: cast.olga.email, password: Cast.password, address: "198.51.100.1").accountID == cast.olga.id)
      #expect(pauses.withLock { $0 } == [Throttle.longestDelay])
    }
  }

  @Test(arguments: TestDatabase.engines) func anAddressIsRefusedAfterAHundredNames(_ engine: Dialect) throws {
    try world(engine) { databases, cast in
      for number in 0..<100 {
        let throttle = Throttle(name: "n\(number)@example.com", address: "192.0.2.1", key: try testKey.get())
        _ = try databases.store.write(organization: 0) { try throttle.begin(at: cast.time.now, in: $0) }
      }
      let signIn = try signIn(databases, cast)
      let failure = #expect(throws: Failure.self) { try signIn.open(email: cast.olga.email, password: Cast.password, address: "192.0.2.1") }
      #expect(failure?.code == .tooMany(retryAfter: 900))
      #expect(try signIn.open(email: cast.olga.email, password: Cast.password, address: "192.0.2.2").accountID == cast.olga.id)
    }
  }

  @Test(arguments: TestDatabase.engines) func triesSideBySideCannotExceedTheLimit(_ engine: Dialect) throws {
    try world(engine) { databases, cast in
      let throttle = Throttle(name: "a", address: "b", key: try testKey.get())
      let admitted = Atomic(0)
      DispatchQueue.concurrentPerform(iterations: 24) { _ in
        do {
          _ = try databases.store.write(organization: 0) { try throttle.begin(at: cast.time.now, in: $0) }
          admitted.add(1, ordering: .relaxed)
        } catch {}
      }
      #expect(admitted.load(ordering: .relaxed) == Int(Throttle.perNameAndAddress))
    }
  }

  @Test(arguments: TestDatabase.engines) func theTableHoldsNoNamesAndForgetsWhatIsOld(_ engine: Dialect) throws {
    try world(engine) { databases, cast in
      let throttle = Throttle(name: cast.olga.email, address: "192.0.2.1", key: try testKey.get())
      _ = try databases.store.write(organization: 0) { try throttle.begin(at: cast.time.now, in: $0) }
      let keys = try databases.store.read { try $0.all("SELECT key FROM throttles") { $0.text(0) } }
      #expect(keys.count == 3)
      #expect(keys.allSatisfy { !$0.contains("olga") && !$0.contains("192") })
      cast.time.pass(seconds: Throttle.window)
      let other = Throttle(name: "x", address: "y", key: try testKey.get())
      _ = try databases.store.write(organization: 0) { try other.begin(at: cast.time.now, in: $0) }
      #expect(try databases.store.read { try $0.scalar("SELECT count(*) FROM throttles") } == 3)
    }
  }

  @Test func addressesOfOneNetworkCountTogether() {
    #expect(Throttle.network(of: "2001:db8::1") == Throttle.network(of: "2001:db8:0:0:ffff::2"))
    #expect(Throttle.network(of: "2001:db8::1") != Throttle.network(of: "2001:db8:0:1::1"))
    #expect(Throttle.network(of: "192.0.2.1") == "192.0.2.1")
  }

  @Test(arguments: TestDatabase.engines) func aHashOfOldFiguresIsReplaced(_ engine: Dialect) throws {
    try world(engine) { databases, cast in
      // scrypt of "pleaseletmein" with the salt "saltsaltsaltsalt", N = 1024, r = 8, p = 1, computed by another program.
      let weak = "$scrypt$ln=10,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$eId7BTBGuklif4LNX1YGoJvQdllpHh+x8fuog6Rmd3I"
      try databases.main.write(organization: 0) { _ = try $0.run("UPDATE accounts SET password_hash = \(weak) WHERE id = \(cast.olga.id)") }
      let opened = try signIn(databases, cast).open(email: cast.olga.email, password: "pleaseletmein", address: "192.0.2.1")
      try signIn(databases, cast).settle(opened)
      let stored = try databases.main.read { try $0.first("SELECT password_hash FROM accounts WHERE id = \(cast.olga.id)") { $0.text(0) } }
      #expect(stored != weak)
      #expect(Password.needsRehash(stored ?? "") == false)
      #expect(try Password.verify("pleaseletmein", against: stored ?? ""))
    }
  }
}
