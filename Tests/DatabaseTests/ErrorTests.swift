import Support
import Testing

@testable import Database

@Suite struct ErrorTests {
  @Test(arguments: TestDatabase.engines) func namesTheKindOfRefusal(_ engine: Dialect) throws {
    try TestDatabase.with(engine) { test throws in
      let db = test.database
      try db.write(organization: 1) { tx throws in
        try tx.run("CREATE TABLE parents (id BIGINT PRIMARY KEY)")
        try tx.run(
          """
          CREATE TABLE t (id BIGINT PRIMARY KEY, parent BIGINT REFERENCES parents (id), n SMALLINT NOT NULL CHECK (n < 10), u TEXT UNIQUE)
          """)
        try tx.run("INSERT INTO t VALUES (1, NULL, 1, 'a')")
      }
      let cases: [(SQL, DatabaseError.Kind)] = [
        ("INSERT INTO t VALUES (1, NULL, 1, 'b')", .unique),
        ("INSERT INTO t VALUES (2, NULL, 1, 'a')", .unique),
        ("INSERT INTO t VALUES (2, 7, 1, 'b')", .foreignKey),
        ("INSERT INTO t VALUES (2, NULL, NULL, 'b')", .notNull),
        ("INSERT INTO t VALUES (2, NULL, 10, 'b')", .check),
        ("INSERT INTO missing VALUES (1)", .other),
      ]
      for (sql, kind) in cases {
        let error = refusal { try db.write(organization: 1) { try $0.run(sql) } }
        #expect(error?.kind == kind, "\(sql)")
      }
      #expect(try db.read { try $0.scalar("SELECT COUNT(*) FROM t") } == 1)
    }
  }

  @Test(arguments: TestDatabase.engines) func aDescriptionHoldsTheStatementAndNoValue(_ engine: Dialect) throws {
    try TestDatabase.with(engine) { test throws in
      let secret = "ada@example.org"
      try test.database.write(organization: 1) { try $0.run("CREATE TABLE t (x TEXT UNIQUE, n BIGINT)") }
      let statements: [SQL] = [
        "INSERT INTO t VALUES (\(secret), 1), (\(secret), 2)",
        SQL(sqlite: "SELECT missing(\(secret))", postgres: "SELECT CAST(\(secret) AS BIGINT)"),
        "SELECT \(secret + "\0")",
      ]
      for sql in statements {
        let error = refusal { try test.database.write(organization: 1) { try $0.run(sql) } }
        let description = try #require(error).description
        #expect(!description.contains("ada"), "\(description)")
        #expect(description.contains("$1"))
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func anEarlyStopDoesNotHideAForeignKey(_ engine: Dialect) throws {
    try TestDatabase.with(engine) { test throws in
      let db = test.database
      try db.write(organization: 1) { tx throws in
        try tx.run("CREATE TABLE parents (id BIGINT PRIMARY KEY)")
        try tx.run("CREATE TABLE t (parent BIGINT REFERENCES parents (id))")
      }
      let error = refusal {
        try db.write(organization: 1) { try $0.first("INSERT INTO t VALUES (\(1)), (\(2)) RETURNING parent") { $0.int(0) } }
      }
      #expect(error?.kind == .foreignKey)
    }
  }

  @Test func saysWhatIsWrongWithALocation() throws {
    try TestDatabase.inFolder { folder in
      let missing = refusal { try openDatabase(folder + "/no/such/folder.sqlite") }
      #expect(missing?.kind == .readOnly)
      let unknown = refusal { try openDatabase("mysql://localhost/x") }
      #expect(unknown?.message.contains("mysql") == true)
      for path in ["", ":memory:"] { #expect(refusal { try openDatabase(path) } != nil) }
      let text = folder + "/text.sqlite"
      try writeFile(text, Array(repeating: UInt8(ascii: "x"), count: 8192))
      let noDatabase = refusal { try openDatabase(text) }
      #expect(noDatabase?.kind == .corrupt)
    }
  }

  @Test func aServerThatCannotBeReachedIsNamedWithoutThePassword() {
    for url in [
      "postgres://ada:secret%zz@localhost/x", "postgres://ada:secret@127.0.0.1:1/x", "postgres://ada:secret@localhost/x?nonsense=1",
    ] {
      let error = refusal { try openDatabase(url) }
      #expect(error?.kind == .connection)
      #expect(error?.description.contains("secret") == false)
    }
  }

  @Test func aServersDatabaseInAnotherEncodingIsRefused() throws {
    for engine in TestDatabase.engines where engine == .postgres {
      try TestDatabase.with(engine) { test throws in
        let name = "test_ascii_\(UInt32.random(in: 0 ... .max))"
        let connection = try PostgresConnection(test.location)
        try connection.script("CREATE DATABASE \(name) ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
        defer { _ = refusal { try connection.script("DROP DATABASE \(name)") } }
        let server = test.location.prefix { $0 != "?" }
        let base = server[..<(server.lastIndex(of: "/") ?? server.endIndex)]
        let error = refusal { try openDatabase("\(base)/\(name)") }
        #expect(error?.code == "locale")
        #expect(error?.message.contains("SQL_ASCII") == true)
      }
    }
  }

  @Test func reportsSlowStatementsOnly() {
    let reported = Texts()
    let stopwatch = Stopwatch { sql, _ in reported.append(sql) }
    stopwatch.stop(ContinuousClock.now - .milliseconds(100), "slow")
    stopwatch.stop(ContinuousClock.now + .seconds(60), "quick")
    stopwatch.stop(nil, "unmeasured")
    #expect(reported.all == ["slow"])
  }

  @Test(arguments: TestDatabase.engines) func theTextOfASlowStatementHasNoValues(_ engine: Dialect) throws {
    let reported = Texts()
    let count: SQL = "SELECT COUNT(*) FROM n WHERE n <> \(-77)"
    // Both compute for longer than the threshold on any machine.
    let slow = SQL(
      sqlite: "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 5000000) \(count)",
      postgres: "SELECT pg_sleep(0.12), \(-77)")
    try TestDatabase.with(engine, onSlowStatement: { sql, _ in reported.append(sql) }) { test throws in
      try test.database.read { _ = try $0.run(slow) }
    }
    #expect(reported.all.count == 1)
    #expect(reported.all.allSatisfy { $0.contains("$1") && !$0.contains("77") })
  }
}
