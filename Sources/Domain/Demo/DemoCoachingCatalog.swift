/// What the demo's coaching is made of.
enum DemoCoachingCatalog {
  struct Coach {
    let name: String, email: String, zone: String, hours: String, languages: String, credentials: String, biography: String
    /// How many learners at once; nil for no limit.
    var capacity: Int64?
    /// Whether the coach has not yet set up a profile, or has left.
    var isOnboarding = false, hasLeft = false
  }
  struct Group {
    let name: String, description: String, duration: Int64, remeasurementDays: Int64?, remeasures: Bool, minimum: Int64, maximum: Int64
    let skills: [Int]
  }
  struct Purchase {
    let name: String, sessions: Int64, countsLateCancels: Bool, expiresInDays: Int64
    /// Licenses left once the demo's learners have theirs.
    let left: Int64
  }
  struct Questionnaire {
    let name: String, description: String, questions: [String]
  }

  static let skills = [
    "Active listening", "Building trust", "Conflict and repair", "Decision making", "Delegation", "Emotional balance", "Feedback",
    "Influence without authority", "Leading change", "Presence", "Setting priorities", "Strategic thinking",
  ]

  /// They serve several organizations.
  static let platformCoaches = [
    Coach(
      name: "Ines Duarte", email: "ines.duarte@coaches.example", zone: "Europe/Lisbon",
      hours: "Mon-Thu 09:00-13:00, 14:00-18:00; Fri 09:00-13:00",
      languages: "English, Portuguese, Spanish", credentials: "Certified executive coach; M.Sc. Organizational Psychology",
      biography: "Ines led engineering teams for twelve years before she began to coach. She works with people who lead for the first time."
    ),
    Coach(
      name: "Mark Osei", email: "mark.osei@coaches.example", zone: "Europe/London", hours: "Mon-Fri 08:00-12:00, 13:00-16:00",
      languages: "English, French", credentials: "Certified team coach",
      biography: "Mark comes from operations. His clients value that he asks one question more than is comfortable.", capacity: 60),
    Coach(
      name: "Ruth Adler", email: "ruth.adler@coaches.example", zone: "Europe/Berlin", hours: "Tue-Fri 10:00-18:00",
      languages: "German, English",
      credentials: "Certified executive coach; mediator", biography: "Ruth accompanies leaders through change and conflict."),
    Coach(
      name: "Tanisha Cole", email: "tanisha.cole@coaches.example", zone: "America/New_York", hours: "Mon-Fri 09:00-17:00",
      languages: "English", credentials: "Certified executive coach", biography: "Tanisha coaches managers in health and finance."),
    Coach(
      name: "Haruki Mori", email: "haruki.mori@coaches.example", zone: "Asia/Tokyo", hours: "Mon-Fri 10:00-19:00; Sat 10:00-13:00",
      languages: "Japanese, English", credentials: "Certified career coach", biography: "Haruki works with people between two cultures."),
  ]

  /// Northwind's own.
  static let ownCoaches = [
    Coach(
      name: "Hanne Solberg", email: "hanne.solberg@northwind.example", zone: "Europe/Oslo", hours: "Mon-Fri 09:00-12:00, 13:00-16:00",
      languages: "Norwegian, English", credentials: "Internal coach since 2021", biography: "Hanne heads the leadership academy.",
      capacity: 25),
    Coach(
      name: "Kofi Asante", email: "kofi.asante@northwind.example", zone: "Europe/London", hours: "Mon, Wed, Fri 13:00-18:00",
      languages: "English, Twi", credentials: "Internal coach since 2023", biography: "Kofi leads a plant and coaches in the afternoons.",
      capacity: 32),
    Coach(
      name: "Paula Riedl", email: "paula.riedl@northwind.example", zone: "Europe/Vienna", hours: "", languages: "", credentials: "",
      biography: "", isOnboarding: true),
    Coach(
      name: "Dario Conti", email: "dario.conti@northwind.example", zone: "Europe/Rome", hours: "Mon-Fri 09:00-17:00",
      languages: "Italian, English", credentials: "Internal coach", biography: "Dario has moved to another company.", hasLeft: true),
  ]

  static let groups = [
    Group(
      name: "Emerging leaders", description: "First leadership role; six months, remeasured in the last.", duration: 180,
      remeasurementDays: 30,
      remeasures: true, minimum: 3, maximum: 12, skills: [0, 4, 6]),
    Group(
      name: "New managers", description: "Managers in their first year.", duration: 180, remeasurementDays: 45, remeasures: true,
      minimum: 3,
      maximum: 15, skills: [6, 10]),
    Group(
      name: "Executive circle", description: "For the leadership team; without remeasurement.", duration: 240, remeasurementDays: nil,
      remeasures: false, minimum: 5, maximum: 20, skills: [8, 11]),
  ]

  static let purchases = [
    Purchase(name: "Coaching, first year", sessions: 12, countsLateCancels: false, expiresInDays: 245, left: 3),
    Purchase(name: "Coaching, second year", sessions: 10, countsLateCancels: true, expiresInDays: 500, left: 140),
  ]

  static let assessments = [
    Questionnaire(
      name: "Leadership 360", description: "Eight behaviors of people who lead people.",
      questions: [
        "Listens before deciding", "Gives feedback that helps", "Delegates what others can do", "Keeps promises", "Names conflicts early",
        "Sets clear priorities", "Stays calm under pressure", "Develops the people around them",
      ]),
    Questionnaire(
      name: "Collaboration 360", description: "How somebody works with others.",
      questions: ["Shares what others need to know", "Asks for help in time", "Credits the work of others", "Can be relied on"]),
  ]
  static let ownAssessment = Questionnaire(
    name: "Northwind values 360", description: "Our four values, seen from outside.",
    questions: ["Puts safety first", "Says what is true", "Finishes what was begun", "Leaves things better"])

  static let surveys = [
    Questionnaire(
      name: "Engagement survey", description: "Twelve minutes, before and after coaching.",
      questions: ["My work matters to me", "I know what is expected of me", "I can do what I do best"])
  ]
  static let ownSurvey = Questionnaire(
    name: "Northwind pulse", description: "The three questions of our yearly pulse.",
    questions: ["I would recommend us as an employer", "I learn something every week", "My opinion counts"])

  static let agreement = ["Agree", "Strongly agree", "Agree", "Neither", "Disagree"]

  static let goals = [
    "Hold a one-to-one with every report each week", "Hand over two projects by the end of the quarter",
    "Speak first in the leadership round once",
    "Ask three colleagues for feedback and act on it", "Say no to one meeting a day", "Prepare a successor for my present role",
    "Settle the disagreement with the sales team", "Write down and share this year's priorities",
  ]

  static let notes = [
    "Prefers mornings.", "On parental leave until autumn; asked to be paused.", "Manager asked for an interim conversation.",
    "Wants a coach who speaks French.", "Moved to another plant; same manager.", "Very pleased, has recommended us to two colleagues.",
  ]

  static let comments = [
    "", "", "", "Exactly the question I had been avoiding.", "Good, but we ran out of time.", "Très utile, merci.",
    "Practical; I tried it the same day.",
  ]

  static let relations = ["Manager", "Peer", "Peer", "Direct report", "Stakeholder"]
}
