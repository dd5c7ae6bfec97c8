public import Domain
public import Support

extension TestDatabase {
  /// The database with the store of its sessions, which is opened at the first call and taken away with the database.
  public func identity() throws -> IdentityDatabase {
    try companion({ try IdentityDatabase.open(beside: database, migrations: TestDatabase.migrationsFolder) }, close: { $0.close() })
  }
}
