/// What the demo's people learn, and where.
enum DemoCatalog {
  struct Course {
    let name: String, partner: String, domain: String, skill: String, lessons: Int
  }
  struct Program {
    let slug: String, name: String, tagline: String, courses: ClosedRange<Int>
    /// How many of a hundred people are invited to it, and how many days ago it began.
    let share: Int, beganDaysAgo: Int64
    /// The contract by its place in `contracts`.
    let contract: Int
  }
  struct Contract {
    let name: String, kind: Domain.Contract.Kind
    /// What is left of it once the demo's people have joined.
    let left: Int
  }
  struct Organization {
    let slug: String, name: String, zone: String, country: String, sizeBand: String, industry: String, mailDomain: String
    /// People in a thousand of the number asked for.
    let people: Int, programs: Int
  }

  static let organizations = [
    Organization(
      slug: "northwind", name: "Northwind Learning", zone: "Europe/London", country: "United Kingdom", sizeBand: "1,000–4,999",
      industry: "Manufacturing", mailDomain: "northwind.example", people: 1000, programs: 5),
    Organization(
      slug: "harbor-foods", name: "Harbor Foods", zone: "America/New_York", country: "United States", sizeBand: "200–999", industry: "Food",
      mailDomain: "harborfoods.example", people: 60, programs: 2),
    Organization(
      slug: "lumen-health", name: "Lumen Health", zone: "Europe/Berlin", country: "Germany", sizeBand: "1,000–4,999", industry: "Health",
      mailDomain: "lumenhealth.example", people: 50, programs: 2),
    Organization(
      slug: "atlas-freight", name: "Atlas Freight", zone: "Asia/Tokyo", country: "Japan", sizeBand: "200–999", industry: "Transport",
      mailDomain: "atlasfreight.example", people: 40, programs: 2),
    Organization(
      slug: "juniper-bank", name: "Juniper Bank", zone: "Australia/Sydney", country: "Australia", sizeBand: "1,000–4,999",
      industry: "Finance", mailDomain: "juniperbank.example", people: 40, programs: 2),
    Organization(
      slug: "sable-media", name: "Sable Media", zone: "America/Sao_Paulo", country: "Brazil", sizeBand: "50–199", industry: "Media",
      mailDomain: "sablemedia.example", people: 25, programs: 1),
    Organization(
      slug: "quarry-tools", name: "Quarry Tools", zone: "Europe/London", country: "United Kingdom", sizeBand: "1,000–4,999",
      industry: "Manufacturing", mailDomain: "quarrytools.example", people: 30, programs: 2),
  ]

  static let contracts = [
    Contract(name: "Year 3", kind: .memberships, left: 220), Contract(name: "Leadership 2026", kind: .memberships, left: 90),
    Contract(name: "Onboarding", kind: .unlimited, left: 0), Contract(name: "Sales seats", kind: .memberships, left: 12),
    Contract(name: "Course credits", kind: .enrollments, left: 340),
  ]

  static let programs = [
    Program(
      slug: "data-academy", name: "Data Academy", tagline: "From spreadsheets to decisions that hold", courses: 0...6, share: 42,
      beganDaysAgo: 540, contract: 0),
    Program(
      slug: "leadership-program", name: "Leadership Program", tagline: "For people who lead people", courses: 7...11, share: 26,
      beganDaysAgo: 460, contract: 1),
    Program(
      slug: "machine-learning-program", name: "Machine Learning Program", tagline: "Models that are understood, built and kept",
      courses: 4...9, share: 20, beganDaysAgo: 380, contract: 4),
    Program(
      slug: "onboarding-2026", name: "Onboarding 2026", tagline: "The first ninety days", courses: 12...15, share: 30, beganDaysAgo: 300,
      contract: 2),
    Program(
      slug: "sales-excellence", name: "Sales Excellence", tagline: "Listen, propose, keep the promise", courses: 16...19, share: 18,
      beganDaysAgo: 500, contract: 3),
  ]

  static let courses = [
    Course(name: "Statistics in Plain Words", partner: "Alder University", domain: "Data Science", skill: "Statistics", lessons: 12),
    Course(name: "SQL from the First Query", partner: "Alder University", domain: "Data Science", skill: "Data Management", lessons: 10),
    Course(
      name: "Charts That Tell the Truth", partner: "Institute of Graphic Methods", domain: "Data Science", skill: "Data Visualization",
      lessons: 8),
    Course(name: "Spreadsheets for Analysts", partner: "Brook College", domain: "Data Science", skill: "Data Analysis", lessons: 9),
    Course(name: "Python for Analysis", partner: "Alder University", domain: "Computer Science", skill: "Programming", lessons: 14),
    Course(name: "Experiments and A/B Tests", partner: "Brook College", domain: "Data Science", skill: "Statistics", lessons: 8),
    Course(name: "Forecasting Demand", partner: "Kestrel School of Business", domain: "Business", skill: "Finance", lessons: 9),
    Course(name: "Conversations That Matter", partner: "Kestrel School of Business", domain: "Business", skill: "Leadership", lessons: 7),
    Course(
      name: "Foundations of Machine Learning", partner: "Alder University", domain: "Data Science", skill: "Machine Learning", lessons: 15),
    Course(
      name: "Responsible Use of Models", partner: "Institute of Graphic Methods", domain: "Data Science", skill: "Machine Learning",
      lessons: 6),
    Course(name: "Coaching for Managers", partner: "Kestrel School of Business", domain: "Business", skill: "Leadership", lessons: 8),
    Course(name: "Strategy on One Page", partner: "Kestrel School of Business", domain: "Business", skill: "Management", lessons: 6),
    Course(name: "How We Work", partner: "Northwind Learning", domain: "Business", skill: "Communication", lessons: 5),
    Course(name: "Safety and Security", partner: "Northwind Learning", domain: "Business", skill: "Operations", lessons: 5),
    Course(name: "Writing Clearly", partner: "Brook College", domain: "Business", skill: "Communication", lessons: 7),
    Course(name: "Time and Priorities", partner: "Brook College", domain: "Business", skill: "Management", lessons: 5),
    Course(name: "Discovery Calls", partner: "Kestrel School of Business", domain: "Business", skill: "Sales", lessons: 6),
    Course(name: "Negotiation, Step by Step", partner: "Kestrel School of Business", domain: "Business", skill: "Sales", lessons: 8),
    Course(name: "Pricing and Value", partner: "Brook College", domain: "Business", skill: "Finance", lessons: 7),
    Course(name: "Keeping Customers", partner: "Brook College", domain: "Business", skill: "Sales", lessons: 6),
  ]

  static let comments = [
    "Really interesting topics from people who do this daily.", "Clear, short and to the point. I used it the next morning.",
    "The exercises were worth more than the videos.", "Good, but the second week is too long.", "", "", "", "",
    "Finally a course that explains why, not only how.", "I would have liked more examples from our industry.",
    "=SUM(A1:A9) made me laugh; the spreadsheet part is excellent.", "Très bien expliqué, merci !", "とても分かりやすかったです。", "", "",
    "Hard, fair, useful.", "Too many quizzes for my taste, \"pass rate\" aside.",
  ]

  static let attributes: [Attribute: [String]] = [
    .jobTitle: ["Analyst", "Engineer II", "Team lead", "Account manager", "Product owner", "Operations specialist", "Designer", "Buyer"],
    .jobType: ["Full time", "Full time", "Full time", "Part time", "Contractor"],
    .businessUnit: ["Product", "Sales", "Operations", "Finance", "People", "Research"],
    .businessUnit2: ["Enterprise", "Consumer", "Group"],
  ]
  static let places = [
    ("London", "United Kingdom", "Europe"), ("Toronto", "Canada", "Americas"), ("São Paulo", "Brazil", "Americas"),
    ("Berlin", "Germany", "Europe"),
    ("Nairobi", "Kenya", "Africa"), ("Osaka", "Japan", "Asia Pacific"), ("Kraków", "Poland", "Europe"),
    ("Austin", "United States", "Americas"),
  ]
  static let managers = ["Ines Duarte", "Mark Osei", "Ruth Adler", "Ben Achterberg", "Yuki Arai", "Leïla Benali"]
}
