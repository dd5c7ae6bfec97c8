@testable import Domain

/// A small history in all five files: people in every state, names that are awkward, contracts of several years, and every way to be at risk.
enum SampleHistory {
  static let courses = SampleFile(
    .courses,
    [
      ["Course": "Intro", "Course ID": "C1", "Course Slug": "intro"],
      ["Course": "=Advanced", "Course ID": "C2", "Course Slug": "advanced", "University": "", "Skill": "Logic"],
      ["Course": "=Advanced", "Course ID": "C2", "Course Slug": "advanced", "University": "", "Skill": "Sets"],
    ])

  static let assessments = SampleFile(
    .assessments,
    [
      ["Assessment ID": "A1"], ["Assessment ID": "A2", "Due Time": "2024-05-01T09:00:00.000Z"],
      ["Assessment ID": "A3", "Required": "No", "Passing Score": ""],
      ["Course ID": "C2", "Assessment ID": "A1", "Program Slug": "autumn", "Due Time": ""],
    ])

  static let memberships = SampleFile(
    .membershipReport,
    [
      person("Ada Byron", "Ada@example.org", "E1", ["# Enrolled Courses": "2", "Last Activity Time": "2024-03-08T10:00:00.000Z"]),
      person(
        "Ada Byron", "Ada@example.org", "E1",
        [
          "Program Slug": "autumn", "Program Name": "Autumn", "Contract(s)": "Contract A; Contract B",
          "Last Activity Time": "2024-04-09T10:00:00.000Z",
        ]),
      person("=1+1", "formula@example.org", "+7", ["Job Title": "'-quoted", "Member State": "DELETED_MEMBER"]),
      person("O'Brien", "obrien@example.org", "", ["Contract(s)": "", "Location Country": "Ireland"]),
      person("Zoë, \"x\"\nand more", "zoe@example.org", "E4", ["Member State": "INVITED", "Join Date": "", "# Enrolled Courses": "0"]),
      person("王伟", "wang@example.org", "E5", ["Program Slug": "autumn", "Program Name": "Autumn", "Location Country": "中国"]),
    ])

  static let usage = SampleFile(
    .usageReport,
    [
      person(
        "Ada Byron", "Ada@example.org", "E1",
        ["Course": "Intro", "Course Slug": "intro", "Last Course Activity Time": "2024-03-08T10:00:00.000Z"]),
      person(
        "Ada Byron", "Ada@example.org", "E1",
        course2 + [
          "Completed": "Yes", "Completion Time": "2024-03-30T10:00:00.000Z", "Course Grades": "88.25", "Estimated Learning Hours": "0.29",
          "Overall Progress": "83.33", "Enrollment Source": "@Starters",
        ]),
      person(
        "Ada Byron", "Ada@example.org", "E1",
        course2 + [
          "Program Slug": "autumn", "Program Name": "Autumn", "Contract": "Contract B",
          "Last Course Activity Time": "2024-04-09T10:00:00.000Z",
        ]),
      person(
        "=1+1", "formula@example.org", "+7",
        ["Course": "Intro", "Course Slug": "intro", "Job Title": "'-quoted", "Removed From Program": "Yes"]),
      person(
        "O'Brien", "obrien@example.org", "",
        [
          "Course": "Intro", "Course Slug": "intro", "Contract": "", "Location Country": "Ireland", "Overall Progress": "",
          "Class Start Time": "",
        ]),
      person(
        "New \"N.\" Comer", "new@example.org", "E9",
        ["Course": "Intro", "Course Slug": "intro", "Contract": "Contract C", "Enrollment Time": "2023-12-31T23:59:59.999Z"]),
      person(
        "New \"N.\" Comer", "new@example.org", "E9",
        course2 + ["Contract": "Contract A", "Enrollment Time": "2024-02-29T00:00:00.000Z", "Estimated Learning Hours": "12.50"]),
    ])

  static let attempts = SampleFile(
    .assessmentAttempts,
    [
      attempt("ada@example.org", "E1", [:]), attempt("ada@example.org", "E1", ["Assessment ID": "A2", "Score": "", "Passed": ""]),
      attempt("formula@example.org", "+7", ["Score": "10", "Passed": "No"]),
      attempt("new@example.org", "", ["Score": "39.99", "Passed": "No", "Attempt Time": "2024-04-02T09:00:00.000Z"]),
      attempt("new@example.org", "", ["Score": "20", "Passed": "No"]),
    ])

  static let all: [(ImportKind, SampleFile)] = [
    (.courses, courses), (.assessments, assessments), (.membershipReport, memberships), (.usageReport, usage),
    (.assessmentAttempts, attempts),
  ]

  private static let course2 = ["Course": "=Advanced", "Course ID": "C2", "Course Slug": "advanced", "University": ""]

  private static func person(_ name: String, _ email: String, _ id: String, _ more: [String: String]) -> [String: String] {
    ["Name": name, "Email": email, "External Id": id] + more
  }

  private static func attempt(_ email: String, _ id: String, _ more: [String: String]) -> [String: String] {
    ["Email": email, "External Id": id] + more
  }
}

private func + (left: [String: String], right: [String: String]) -> [String: String] { left.merging(right) { $1 } }
