import Domain

extension Path {
  /// The platform's coaches who have worked with an organization.
  public static func platformCoaches(_ organization: String) -> Path { userMetrics(organization, ["platform-coaches"]) }
  /// The same as listed, as CSV.
  public static func platformCoachesExport(_ organization: String) -> Path { userMetrics(organization, ["platform-coaches.csv"]) }
  /// One of them; with an act such as `sessions`, that act's page.
  public static func platformCoach(_ organization: String, _ coach: Int64, _ act: String...) -> Path {
    listedCoach(.platform, organization, coach, act)
  }
  /// An organization's own coaches.
  public static func organizationCoaches(_ organization: String) -> Path { userMetrics(organization, ["organization-coaches"]) }
  /// The same as listed, as CSV.
  public static func organizationCoachesExport(_ organization: String) -> Path { userMetrics(organization, ["organization-coaches.csv"]) }
  /// One of them; with an act such as `deactivation`, that act's page.
  public static func organizationCoach(_ organization: String, _ coach: Int64, _ act: String...) -> Path {
    listedCoach(.organization, organization, coach, act)
  }
  /// A coach on the list of a kind, or an act's page.
  static func listedCoach(_ kind: CoachList.Kind, _ organization: String, _ coach: Int64, _ act: [String] = []) -> Path {
    userMetrics(organization, [kind == .platform ? "platform-coaches" : "organization-coaches", String(coach)] + act)
  }

  private static func userMetrics(_ organization: String, _ rest: [String]) -> Path { Path(["o", organization, "user-metrics"] + rest) }
}
