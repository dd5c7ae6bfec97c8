extension Connection {
  /// Makes the transaction the only writer of further organizations, until it ends; for what belongs to the installation and reaches into several.
  ///
  /// The transaction must be one of `write(organization: 0)`: everybody else takes a single lock, and those who take more take them in ascending
  /// order, so that nobody waits crosswise. SQLite has one writer anyway.
  public func beAloneToo(in organizations: [Int64]) throws {
    guard dialect == .postgres else { return }
    for organization in Set(organizations).sorted() {
      try rows(
        """
        SELECT pg_advisory_xact_lock(
          (COALESCE((SELECT oid FROM pg_namespace WHERE nspname = current_schema()), 0)::BIGINT << 32) # \(organization))
        """
      ) { _ in true }
    }
  }
}
