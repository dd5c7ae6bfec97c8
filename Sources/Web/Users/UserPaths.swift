extension Path {
  /// A person's page.
  public static func user(_ organization: String, _ id: Int64) -> Path { Path(["o", organization, "users", String(id)]) }
  /// The page that changes a person.
  public static func editUser(_ organization: String, _ id: Int64) -> Path { Path(["o", organization, "users", String(id), "edit"]) }
  /// Asks whether a person is to be deactivated, and does it.
  public static func deactivation(_ organization: String, _ id: Int64) -> Path {
    Path(["o", organization, "users", String(id), "deactivation"])
  }
  /// Asks whether a person is to be erased, and does it.
  public static func erasure(_ organization: String, _ id: Int64) -> Path {
    Path(["o", organization, "users", String(id), "erasure"])
  }
  /// Everything that the organization holds about a person, as JSON.
  public static func personExport(_ organization: String, _ id: Int64) -> Path {
    Path(["o", organization, "users", String(id), "data.json"])
  }
  /// Asks whether a person may sign in again, and lets it.
  public static func reactivation(_ organization: String, _ id: Int64) -> Path {
    Path(["o", organization, "users", String(id), "reactivation"])
  }
}

extension Path {
  /// The page that takes a file of attributes.
  public static func attributes(_ organization: String) -> Path { Path(["o", organization, "users", "attributes"]) }
  /// An empty file of attributes.
  public static func attributesTemplate(_ organization: String) -> Path {
    Path(["o", organization, "users", "attributes", "template.csv"])
  }
  /// A file of attributes that was checked.
  public static func attributeDraft(_ organization: String, _ id: Int64) -> Path {
    Path(["o", organization, "users", "attributes", String(id)])
  }
  /// Writes the attributes of a checked file.
  public static func attributeConfirmation(_ organization: String, _ id: Int64) -> Path {
    Path(["o", organization, "users", "attributes", String(id), "confirmation"])
  }
  /// Throws a checked file away.
  public static func attributeRemoval(_ organization: String, _ id: Int64) -> Path {
    Path(["o", organization, "users", "attributes", String(id), "removal"])
  }
  /// The rows of a checked file that cannot be taken, as CSV.
  public static func rejectedAttributes(_ organization: String, _ id: Int64) -> Path {
    Path(["o", organization, "users", "attributes", String(id), "rejected.csv"])
  }
}
