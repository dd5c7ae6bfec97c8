extension Path {
  /// The coaching learners of an organization.
  public static func learners(_ organization: String) -> Path { learners(organization, []) }
  /// The learners as listed, as CSV.
  public static func learnersExport(_ organization: String) -> Path { Path(["o", organization, "user-metrics", "learners.csv"]) }
  /// The page on which groups and columns of an export are chosen.
  public static func learnersExportChoice(_ organization: String) -> Path { learners(organization, ["export"]) }
  /// A learner's coaching: one engagement.
  public static func learner(_ organization: String, _ engagement: Int64) -> Path { learners(organization, [String(engagement)]) }
  /// The saved views of the learners.
  public static func learnerViews(_ organization: String) -> Path { learners(organization, ["views"]) }
  /// The page that saves a view of the learners; the view is its query.
  public static func newLearnerView(_ organization: String) -> Path { learners(organization, ["views", "new"]) }
  /// Asks whether a saved view is to be deleted, and does it.
  public static func learnerViewRemoval(_ organization: String, _ view: Int64) -> Path {
    learners(organization, ["views", String(view), "removal"])
  }

  private static func learners(_ organization: String, _ rest: [String]) -> Path {
    Path(["o", organization, "user-metrics", "learners"] + rest)
  }
}
