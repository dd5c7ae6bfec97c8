import Database
import Support
import Testing
import World

@testable import Domain

@Suite struct ErasureGuardTests {
  /// A table that names people and is not known to the erasure would keep who was erased, or refuse the erasure.
  @Test func everyTableThatNamesPeopleIsKnown() throws {
    try TestDatabase.migrated(.sqlite) { test in
      let tables = try test.database.read {
        try $0.all(
          """
          SELECT DISTINCT m.name FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f
          WHERE m.type = 'table' AND f."table" IN ('accounts', 'users', 'memberships', 'enrollments')
          """
        ) { $0.text(0) }
      }
      #expect(Set(tables).subtracting((ErasureMove.activity + ErasureMove.others).map(\.word)) == [])
    }
  }
}
