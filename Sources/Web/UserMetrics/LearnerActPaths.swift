import Domain

extension Path {
  /// An act on learners: a page that asks, and where it is done.
  static func learnerAct(_ organization: String, _ kind: LearnerAct.Kind) -> Path {
    Path(["o", organization, "user-metrics", "learners", kind.rawValue])
  }
  /// What was done to learners in the past minutes, and where it is undone.
  static func learnerRestoration(_ organization: String) -> Path { Path(["o", organization, "user-metrics", "learners", "restoration"]) }
}
