import Database

/// What the people of one organization do: imagined in memory, then written table by table in the order of the primary keys.
struct DemoActivity {
  let organization: Int64
  let now: Moment
  let programs: [DemoProgram]
  var random: DemoRandom

  struct Membership {
    let program: DemoProgram, person: DemoPerson, state: String, invited: Moment, joined: Moment?, removed: Moment?
    var enrollments: [Enrollment] = []
  }
  struct Enrollment {
    let course: DemoCourse, enrolled: Moment
    var lastActivity: Moment?
    var completed: Moment?
    var verified = false
    var removed = false
    var progress = 0.0
    var seconds: Int?
    var grade: Double?
    var source = ""
    var lessons: [(id: Int64, at: Moment)] = []
    var sessions: [(began: Moment, seconds: Int)] = []
    var attempts: [(assessment: DemoAssessment, at: Moment, score: Double?)] = []
    var rating: (stars: Int, comment: String, at: Moment)?
  }
  var memberships: [Membership] = []

  init(organization: Int64, now: Moment, programs: [DemoProgram], random: DemoRandom) {
    (self.organization, self.now, self.programs, self.random) = (organization, now, programs, random)
  }

  /// Decides who is invited to what, joins, enrolls, learns and leaves.
  mutating func imagine(people: [DemoPerson]) {
    for (number, person) in people.enumerated() {
      var isAnywhere = false
      for program in programs where random.chance(program.plan.share) || (number < 13 && program.id == programs[0].id) {
        imagine(person, in: program)
        isAnywhere = true
      }
      if !isAnywhere, random.chance(70), let first = programs.first { imagine(person, in: first) }
    }
    memberships.sort { ($0.program.id, $0.person.id) < ($1.program.id, $1.person.id) }
  }

  private mutating func imagine(_ person: DemoPerson, in program: DemoProgram) {
    let invited = random.moment(program.began, now.adding(days: -1))
    let fate = random.below(100)
    guard fate < 74 else {
      memberships.append(Membership(program: program, person: person, state: "INVITED", invited: invited, joined: nil, removed: nil))
      return
    }
    let joined = earlier(random.moment(invited, invited.adding(days: 21)))
    let removed = fate < 5 && joined < now.adding(days: -20) ? random.moment(joined.adding(days: 10), now) : nil
    var membership = Membership(
      program: program, person: person, state: removed == nil ? "MEMBER" : "DELETED_MEMBER", invited: invited, joined: joined,
      removed: removed)
    if random.chance(78) {
      var begin = joined
      for number in 0..<random.within(1...min(4, program.courses.count)) {
        let course = program.courses[(Int(person.id) + number) % program.courses.count]
        begin = random.moment(begin, begin.adding(days: 30))
        if begin > removed ?? now { break }
        membership.enrollments.append(enrollment(in: course, from: begin, until: removed ?? now, isRemoved: removed != nil))
        begin = begin.adding(days: 20)
      }
      membership.enrollments.sort { $0.course.id < $1.course.id }
    }
    memberships.append(membership)
  }

  private func earlier(_ moment: Moment) -> Moment { min(moment, now.adding(seconds: -3600)) }

  private mutating func enrollment(in course: DemoCourse, from began: Moment, until end: Moment, isRemoved: Bool) -> Enrollment {
    var enrollment = Enrollment(course: course, enrolled: began)
    enrollment.removed = isRemoved
    enrollment.source = random.one(["Recommended", "Start here", "", ""])
    // Some never begin, some stop half-way, most go on; who has had the time finishes.
    let temper = random.below(100)
    if temper < 12 { return enrollment }
    let wanted = temper < 35 ? random.within(1...max(1, course.lessons.count / 2)) : course.lessons.count
    var at = began
    var seconds = 0
    for lesson in course.lessons.prefix(wanted) {
      at = at.adding(seconds: Int64(random.within(6...110) * 3600))
      if at >= end { break }
      let length = random.within(15...95) * 60
      enrollment.sessions.append((at, length))
      seconds += length
      enrollment.lessons.append((lesson, at.adding(seconds: Int64(length))))
      enrollment.lastActivity = min(at.adding(seconds: Int64(length)), end)
    }
    enrollment.lessons.removeAll { $0.at > end }
    enrollment.seconds = enrollment.sessions.isEmpty ? nil : seconds
    enrollment.progress = Double(enrollment.lessons.count * 10_000 / course.lessons.count) / 100
    examine(&enrollment, until: end)
    if let rated = enrollment.lastActivity, enrollment.progress > 60, random.chance(45) {
      enrollment.rating = (random.one([5, 5, 5, 4, 4, 4, 3, 5, 2, 5]), random.one(DemoCatalog.comments), rated)
    }
    return enrollment
  }

  private mutating func examine(_ enrollment: inout Enrollment, until end: Moment) {
    guard let last = enrollment.lastActivity else { return }
    var grades: [Double] = []
    for (number, assessment) in enrollment.course.assessments.enumerated() where enrollment.progress >= Double(25 + 30 * number) {
      let at = min(random.moment(enrollment.enrolled.adding(days: 1), max(last, enrollment.enrolled.adding(days: 2))), last)
      let score = Double(random.within(random.chance(12) ? 30...59 : 60...100))
      enrollment.attempts.append((assessment, at, random.chance(98) ? score : nil))
      if assessment.isRequired { grades.append(score) }
    }
    if !grades.isEmpty { enrollment.grade = (grades.reduce(0, +) / Double(grades.count) * 100).rounded() / 100 }
    let required = enrollment.course.assessments.count { $0.isRequired }
    if enrollment.progress > 90, grades.count == required, grades.allSatisfy({ $0 >= 60 }) {
      enrollment.completed = last
      enrollment.verified = random.chance(85)
    }
  }
}
