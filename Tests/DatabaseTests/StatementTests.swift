import Support
import Testing

@testable import Database

enum Color: String, Bindable { case red, blue }

@Suite struct StatementTests {
  @Test(arguments: TestDatabase.engines) func countsWhatChanged(_ engine: Dialect) throws {
    try TestDatabase.with(engine) { test throws in
      let db = test.database
      try db.write(organization: 1) { tx throws in
        #expect(try tx.run("CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, name TEXT)") == 0)
        #expect(try tx.run("INSERT INTO t VALUES (\(1), \("a")), (\(2), \(nil as String?))") == 2)
        #expect(try tx.run("UPDATE t SET name = \("b") WHERE id = \(1)") == 1)
        #expect(try tx.run("SELECT id FROM t") == 0)
        #expect(try tx.run("DELETE FROM t WHERE id > \(5)") == 0)
        #expect(try tx.run("INSERT INTO t VALUES (\(1), \("c")) ON CONFLICT (id) DO NOTHING") == 0)
        #expect(try tx.run("INSERT INTO t VALUES (\(1), \("c")) ON CONFLICT (id) DO UPDATE SET name = excluded.name") == 1)
      }
      let rows = try db.read { try $0.all("SELECT id, name FROM t ORDER BY id") { [$0.text(0), $0.textOrNil(1)] } }
      #expect(rows == [["1", "c"], ["2", nil]])
    }
  }

  @Test(arguments: TestDatabase.engines) func keepsEveryTypeThroughATable(_ engine: Dialect) throws {
    try TestDatabase.with(engine) { test throws in
      let blob = SQL(sqlite: "BLOB", postgres: "BYTEA")
      let bytes = (0...255).map { UInt8($0) }
      let texts = ["", "plain", "Zoë, \"x\"", "O'Brien", "a\\b\tc\r\nd", "王伟 👩🏽‍🚀", "$1 ? :a", "; DROP TABLE t; --", "NULL", "\\N", "t"]
      try test.database.write(organization: 1) { tx throws in
        try tx.run("CREATE TABLE t (id BIGINT PRIMARY KEY, i BIGINT, s SMALLINT, d DOUBLE PRECISION, x TEXT, b \(blob))")
        for (index, text) in texts.enumerated() {
          try tx.run("INSERT INTO t VALUES (\(index), \(Int64.min), \(true), \(0.1), \(text), \(bytes))")
        }
        try tx.run("INSERT INTO t VALUES (\(100), \(Int64.max), \(false), \(-1.5e300), \(Color.red), \([UInt8]()))")
        let nothing: String? = nil
        try tx.run("INSERT INTO t VALUES (\(101), \(nil as Int64?), \(nil as Bool?), \(nil as Double?), \(nothing), \(nil as [UInt8]?))")
      }
      try test.database.read { db throws in
        #expect(try db.all("SELECT x FROM t WHERE id < 100 ORDER BY id") { $0.text(0) } == texts)
        try db.rows("SELECT i, s, d, x, b FROM t WHERE id = \(0)") { row in
          let numbers = (row.count, row.int(0), row.bool(1), row.double(2))
          #expect(numbers == (5, .min, true, 0.1))
          let blobs = [row.blob(4), row.blob(4)]
          #expect(blobs == [bytes, bytes], "reading twice gives the same")
          let digits = row.bytes(0).map { String(decoding: $0, as: UTF8.self) }
          #expect(digits == "-9223372036854775808")
          return true
        }
        try db.rows("SELECT i, s, d, x, b FROM t WHERE id = \(100)") { row in
          let numbers = (row.int(0), row.bool(1), row.double(2))
          #expect(numbers == (.max, false, -1.5e300))
          let (text, isNull, bytes) = (row.text(3), row.isNull(4), row.bytes(4)?.count)
          #expect(text == "red" && !isNull && bytes == 0)
          return true
        }
        try db.rows("SELECT i, s, d, x, b FROM t WHERE id = \(101)") { row in
          let optional = (row.isNull(1), row.intOrNil(0), row.doubleOrNil(2), row.textOrNil(3), row.bytes(4) == nil)
          #expect(optional == (true, nil, nil, nil, true))
          let plain = (row.int(0), row.bool(1), row.double(2), row.text(3), row.blob(4))
          #expect(plain == (0, false, 0, "", []))
          return true
        }
        #expect(try db.scalar("SELECT COUNT(*) FROM t WHERE b = \(bytes)") == Int64(texts.count))
        #expect(try db.scalar("SELECT COUNT(*) FROM t WHERE d = \(0.1)") == Int64(texts.count))
        for text in texts { #expect(try db.scalar("SELECT COUNT(*) FROM t WHERE x = \(text)") == 1, "\(text)") }
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func nullKeepsItsType(_ engine: Dialect) throws {
    try TestDatabase.with(engine) { test throws in
      try test.database.read { db throws in
        let int: Int64? = nil
        let text: String? = nil
        #expect(try db.scalar("SELECT CASE WHEN \(int) IS NULL THEN 1 ELSE 0 END") == 1)
        #expect(try db.scalar("SELECT CASE WHEN \(7) = 7 THEN \(5) ELSE \(int) END") == 5)
        #expect(try db.first("SELECT CASE WHEN 1 = 0 THEN \("x") ELSE \(text) END") { $0.isNull(0) } == true)
        #expect(try db.scalar("SELECT COUNT(*) FROM (VALUES (\(int), \(text)), (\(1), \("a"))) AS v") == 2)
        #expect(try db.first("SELECT COALESCE(\(text), \("z"))") { $0.text(0) } == "z")
        #expect(try db.scalar("SELECT COALESCE(\(int), \(3)) + \(4)") == 7)
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func listsMatchWhatIsInThem(_ engine: Dialect) throws {
    try TestDatabase.with(engine) { test throws in
      try test.database.write(organization: 1) { tx throws in
        try tx.run("CREATE TABLE t (id BIGINT, x TEXT)")
        for id in 1...9 { try tx.run("INSERT INTO t VALUES (\(id), \("n\(id)"))") }
      }
      try test.database.read { db throws in
        for count in 0...9 {
          let ids = Array(1...9).prefix(count)
          #expect(try db.scalar("SELECT COUNT(*) FROM t WHERE id IN (\(list: ids))") == Int64(count))
          #expect(try db.scalar("SELECT COUNT(*) FROM t WHERE id NOT IN (\(list: ids))") == Int64(9 - count))
          #expect(try db.scalar("SELECT COUNT(*) FROM t WHERE x IN (\(list: ids.map { "n\($0)" }))") == Int64(count))
          #expect(try db.scalar("SELECT COUNT(*) FROM t WHERE x NOT IN (\(list: ids.map { "n\($0)" }))") == Int64(9 - count))
        }
        #expect(try db.scalar("SELECT COUNT(*) FROM t WHERE id IN (\(list: 1...16_384))") == 9)
      }
      let tooMany: SQL = "SELECT COUNT(*) FROM t WHERE id IN (\(list: 1...16_385))"
      let error = refusal { try test.database.read { try $0.scalar(tooMany) } }
      #expect(error?.code == "parameter")
      #expect(error.map { $0.description.utf8.count < 1000 } == true, "a log line stays one")
    }
  }

  @Test(arguments: TestDatabase.engines) func fragmentsKeepTheirValues(_ engine: Dialect) throws {
    try TestDatabase.with(engine) { test throws in
      try test.database.read { db throws in
        let conditions: [SQL] = ["n > \(1)", SQL.contains("x", "é%"), SQL(sqlite: "n < \(4)", postgres: "n <= \(3)")]
        let table: SQL = "(SELECT 2 AS n, 'café%' AS x UNION ALL SELECT 3, 'cafe' UNION ALL SELECT 9, 'é%') AS t"
        let base: SQL = "SELECT \("first") AS a, n FROM " + table
        let sql = base + " WHERE " + SQL.join(conditions, " AND ", empty: "1 = 1") + " ORDER BY \(list: [1])"
        #expect(try db.all(sql) { "\($0.text(0)) \($0.int(1))" } == ["first 2"])
        #expect(try db.scalar("SELECT COUNT(*) FROM \(table) WHERE \(SQL.join([], " AND ", empty: "1 = 1"))") == 3)
        #expect(try db.scalar("SELECT COUNT(*) FROM \(table) WHERE \(SQL.contains("x", ""))") == 3)
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func textInAValueNeverBecomesSQL(_ engine: Dialect) throws {
    try TestDatabase.with(engine) { test throws in
      let attempts = ["' OR 1=1 --", "1); DROP TABLE t; --", "\\'; DROP TABLE t; --", "$$; DROP TABLE t; $$", "\u{2019} OR 1=1", "/*"]
      try test.database.write(organization: 1) { tx throws in
        try tx.run("CREATE TABLE t (x TEXT)")
        for attempt in attempts {
          #expect(try tx.scalar("SELECT COUNT(*) FROM t WHERE x = \(attempt)") == 0)
          try tx.run("INSERT INTO t VALUES (\(attempt))")
        }
        #expect(try tx.all("SELECT x FROM t") { $0.text(0) } == attempts)
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func refusesWhatBothEnginesCannotKeep(_ engine: Dialect) throws {
    try TestDatabase.with(engine) { test throws in
      for sql in ["SELECT \("a\0b")", "SELECT \(Double.nan)", "SELECT \(Double.infinity)"] as [SQL] {
        let error = refusal { try test.database.read { try $0.scalar(sql) } }
        #expect(error?.code == "parameter")
      }
      #expect(refusal { try test.database.read { try $0.run("SELECT 1; SELECT 2") } } != nil)
      #expect(refusal { try test.database.read { try $0.run("") } } != nil)
      #expect(refusal { try test.database.read { try $0.run("SELECT \"no such column\"") } } != nil)
    }
  }

  @Test func readsNumbersAlikeWhateverTheEngineCallsThem() throws {
    for engine in TestDatabase.engines {
      try TestDatabase.with(engine) { test throws in
        try test.database.read { db throws in
          let sql: SQL = "SELECT 1.5 * 2, SUM(n), 1e3, -2.9 FROM (SELECT 9000000000 AS n UNION ALL SELECT 1) AS t"
          try db.rows(sql) { row in
            let integers = (0..<4).map { row.int($0) }
            #expect(integers == [3, 9_000_000_001, 1000, -2])
            let doubles = (0..<4).map { row.double($0) }
            #expect(doubles == [3, 9_000_000_001, 1000, -2.9])
            return true
          }
        }
      }
    }
  }
}
