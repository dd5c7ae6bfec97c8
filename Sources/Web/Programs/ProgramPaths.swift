extension Path {
  /// A program's Main page.
  public static func program(_ organization: String, _ program: String) -> Path { Path(["o", organization, "programs", program]) }
  /// The list of programs as CSV.
  public static func programsExport(_ organization: String) -> Path { Path(["o", organization, "programs.csv"]) }
  /// A program's Members page.
  public static func members(_ organization: String, _ program: String) -> Path {
    Path(["o", organization, "programs", program, "members"])
  }
  /// The members as listed, as CSV.
  public static func membersExport(_ organization: String, _ program: String) -> Path {
    Path(["o", organization, "programs", program, "members.csv"])
  }
  /// Names and emails of one of the three categories of members.
  public static func memberEmails(_ organization: String, _ program: String) -> Path {
    Path(["o", organization, "programs", program, "members", "emails.csv"])
  }
  /// Removes members, after a page that asks.
  static func memberRemoval(_ organization: String, _ program: String) -> Path {
    Path(["o", organization, "programs", program, "members", "removal"])
  }
  /// Undoes a removal.
  static func memberRestoration(_ organization: String, _ program: String) -> Path {
    Path(["o", organization, "programs", program, "members", "restoration"])
  }
  /// A program's settings.
  public static func programSettings(_ organization: String, _ program: String) -> Path {
    Path(["o", organization, "programs", program, "settings"])
  }
  /// Removes a program, after a page that asks.
  static func programRemoval(_ organization: String, _ program: String) -> Path {
    Path(["o", organization, "programs", program, "removal"])
  }
  /// Where a program's banner is uploaded to.
  static func programBanner(_ organization: String, _ program: String) -> Path {
    Path(["o", organization, "programs", program, "banner"])
  }
  /// Takes a program's banner away.
  static func programBannerRemoval(_ organization: String, _ program: String) -> Path {
    Path(["o", organization, "programs", program, "banner", "removal"])
  }
  /// The users as listed, as CSV.
  public static func usersExport(_ organization: String) -> Path { Path(["o", organization, "users.csv"]) }
  /// The usage report as CSV.
  public static func usageReport(_ organization: String) -> Path { Path(["o", organization, "reports", "usage-report.csv"]) }
  /// The membership report as CSV.
  public static func membershipReport(_ organization: String) -> Path { Path(["o", organization, "reports", "membership-report.csv"]) }
}
