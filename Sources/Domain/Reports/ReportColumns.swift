/// The headers of the reports, in their order (reference, "Reporting").
public enum ReportColumns {
  /// The 9 attributes of a user, at the end of every report.
  static let attributes = Attribute.allCases.map(\.header)

  /// The 29 columns of the usage report, a row for each enrollment.
  public static let usage =
    [
      "Name", "Email", "External Id", "Course", "Course ID", "Course Slug", "University", "Enrollment Time", "Class Start Time",
      "Last Course Activity Time", "Overall Progress", "Estimated Learning Hours", "Completed", "Removed From Program", "Program Slug",
      "Program Name", "Enrollment Source", "Completion Time", "Course Grades", "Contract",
    ] + attributes

  /// The 21 columns of the membership report, a row for each membership.
  public static let membership =
    [
      "Name", "Email", "External Id", "Program Name", "Program Slug", "# Enrolled Courses", "# Completed Courses", "Member State",
      "Join Date", "Invitation Date", "Last Activity Time", "Contract(s)",
    ] + attributes
}
