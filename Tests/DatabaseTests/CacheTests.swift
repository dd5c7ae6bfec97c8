import Support
import Testing

@testable import Database

@Suite struct CacheTests {
  /// Texts that differ: each has a list of another length, in another place.
  private func texts(_ count: Int) -> [SQL] {
    (0..<count).map { index in
      var sql: SQL = "SELECT \(index)"
      for place in 0..<10 { sql += index & 1 << place == 0 ? " + 0" : " + 1" }
      return sql
    }
  }

  @Test(arguments: TestDatabase.engines) func preparedStatementsAreBounded(_ engine: Dialect) throws {
    try TestDatabase.with(engine) { test throws in
      switch engine {
      case .sqlite:
        let connection = try SQLiteConnection(path: test.location, .writer)
        for (index, sql) in texts(450).enumerated() { #expect(try connection.scalar(sql) == Int64(index + index.nonzeroBitCount)) }
        #expect(connection.statements.count == SQLiteStatements.limit)
      case .postgres:
        let connection = try PostgresConnection(test.location)
        for (index, sql) in texts(450).enumerated() { #expect(try connection.scalar(sql) == Int64(index + index.nonzeroBitCount)) }
        #expect(connection.statements.count == PostgresStatements.limit)
        #expect(try connection.scalar("SELECT COUNT(*) FROM pg_prepared_statements") <= Int64(PostgresStatements.limit))
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func aStatementIsPreparedOnceAndKeepsNoValue(_ engine: Dialect) throws {
    try TestDatabase.with(engine) { test throws in
      try test.database.read { db throws in
        for number in [5, nil, 7] as [Int64?] {
          #expect(try db.first("SELECT \(number)") { $0.intOrNil(0) } == .some(number))
        }
      }
      switch engine {
      case .sqlite:
        let connection = try SQLiteConnection(path: test.location, .writer)
        for number in 0..<20 { _ = try connection.scalar("SELECT \(number)") }
        let before = connection.statements.count
        for number in 0..<20 { _ = try connection.scalar("SELECT \(number)") }
        #expect(connection.statements.count == before)
      case .postgres:
        let connection = try PostgresConnection(test.location)
        for number in 0..<20 { _ = try connection.scalar("SELECT \(number)") }
        #expect(connection.statements.count == 1)
        // The same text with another type is another statement.
        #expect(try connection.first("SELECT \("text")") { $0.text(0) } == "text")
        #expect(connection.statements.count == 2)
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func aStatementCanRunInsideItself(_ engine: Dialect) throws {
    try TestDatabase.with(engine) { test throws in
      try test.database.read { db throws in
        var pairs: [String] = []
        func numbers(_ body: (Int64) throws -> Void) throws {
          try db.rows("SELECT n FROM (SELECT 1 AS n UNION ALL SELECT 2) AS t WHERE n > \(0) ORDER BY n") {
            try body($0.int(0))
            return true
          }
        }
        try numbers { outer in try numbers { inner in pairs.append("\(outer)\(inner)") } }
        #expect(pairs == ["11", "12", "21", "22"])
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func aChangedTableDoesNotBreakWhatIsPrepared(_ engine: Dialect) throws {
    try TestDatabase.with(engine) { test throws in
      let db = test.database
      try db.write(organization: 1) { tx throws in
        try tx.run("CREATE TABLE t (id BIGINT)")
        try tx.run("INSERT INTO t VALUES (1)")
      }
      func columns() throws -> Int? { try db.write(organization: 1) { try $0.first("SELECT * FROM t") { $0.count } } }
      #expect(try columns() == 1)
      let other = try openDatabase(test.location)
      defer { other.close() }
      try other.write(organization: 1) { try $0.run("ALTER TABLE t ADD COLUMN x TEXT") }
      #expect(try columns() == 2)
    }
  }

  @Test func textIsCheckedAtEveryLength() {
    for length in 0..<40 {
      for at in 0..<length {
        var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: length)
        #expect(bytes.withUnsafeBytes(textFault) == nil)
        bytes[at] = 0
        #expect(bytes.withUnsafeBytes(textFault) == .nul)
        bytes[at] = 0xff
        #expect(bytes.withUnsafeBytes(textFault) == .notUTF8)
        bytes[at] = 0x80
        #expect(bytes.withUnsafeBytes(textFault) == .notUTF8)
      }
    }
    for text in ["", "Zoë", "王伟", "👩🏽‍🚀 and more text than eight bytes", "\u{1}\u{7f}"] {
      #expect(Array(text.utf8).withUnsafeBytes(textFault) == nil)
    }
    for bytes in [[0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe7, 0x8e]] as [[UInt8]] {
      #expect(bytes.withUnsafeBytes(textFault) == .notUTF8, "overlong, surrogate, beyond Unicode, cut off")
    }
  }
}
