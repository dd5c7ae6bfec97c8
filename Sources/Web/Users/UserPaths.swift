extension Path {
  /// A person's page.
  public static func user(_ organization: String, _ id: Int64) -> Path { Path(["o", organization, "users", String(id)]) }
  /// The page that changes a person.
  public static func editUser(_ organization: String, _ id: Int64) -> Path { Path(["o", organization, "users", String(id), "edit"]) }
  /// Asks whether a person is to be deactivated, and does it.
  public static func deactivation(_ organization: String, _ id: Int64) -> Path {
    Path(["o", organization, "users", String(id), "deactivation"])
  }
  /// Asks whether a person may sign in again, and lets it.
  public static func reactivation(_ organization: String, _ id: Int64) -> Path {
    Path(["o", organization, "users", String(id), "reactivation"])
  }
}
