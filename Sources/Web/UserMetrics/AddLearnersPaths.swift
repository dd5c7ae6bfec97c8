extension Path {
  private static func adding(_ organization: String, _ rest: String...) -> Path {
    Path(["o", organization, "user-metrics", "learners", "new"] + rest)
  }

  /// Adds learners: existing users, or one who is new.
  static func addLearners(_ organization: String) -> Path { adding(organization) }
  /// The same page with people found by a search.
  static func learnerCandidates(_ organization: String) -> Path { adding(organization, "people") }
  /// Checks a file of people to add.
  static func learnerFile(_ organization: String) -> Path { adding(organization, "file") }
  /// An empty file with the columns of people to add.
  static func learnerTemplate(_ organization: String) -> Path { adding(organization, "template.csv") }
  /// A checked file of people to add.
  static func learnerUpload(_ organization: String, _ id: Int64) -> Path { adding(organization, "file", String(id)) }
  /// Adds whom a checked file names.
  static func learnerUploadConfirmation(_ organization: String, _ id: Int64) -> Path {
    adding(organization, "file", String(id), "confirmation")
  }
  /// Throws a checked file of people to add away.
  static func learnerUploadRemoval(_ organization: String, _ id: Int64) -> Path { adding(organization, "file", String(id), "removal") }
  /// The rows of a checked file of people to add that need mending, as CSV.
  static func rejectedLearners(_ organization: String, _ id: Int64) -> Path { adding(organization, "file", String(id), "rejected.csv") }
}
