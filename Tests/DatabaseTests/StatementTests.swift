import Support
import Testing

@testable import Database

@Suite struct StatementTests {
  @Test(arguments: TestDatabase.engines) func countsWhatChanged(_ engine: Dialect) throws {
    try TestDatabase.with(engine) { test in
      let db = test.database
      try db.write(organization: 1) { tx throws in
        #expect(try tx.run("CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, name TEXT)") == 0)
        #expect(try tx.run("INSERT INTO t VALUES (\(1), \("a")), (\(2), \(nil as String?))") == 2)
        #expect(try tx.run("UPDATE t SET name = \("b") WHERE id = \(1)") == 1)
        #expect(try tx.run("SELECT id FROM t") == 0)
        #expect(try tx.run("DELETE FROM t WHERE id > \(5)") == 0)
      }
      #expect(
        try db.read { try $0.all("SELECT id, name FROM t ORDER BY id") { [$0.text(0), $0.textOrNil(1)] } } == [["1", "b"], ["2", nil]])
    }
  }
}
