import Foundation

/// Who is coached in one organization of the demo: imagined in memory, then written table by table.
struct DemoCoaching {
  struct Coach {
    let id: Int64, zone: TimeZone, hours: [WorkingHours.Span], hasLeft: Bool
  }
  struct Learner {
    let id: Int64, name: String, email: String
  }
  struct Session {
    let coach: Int64, start: Moment, state: String
    var canceled: Moment?, canceledBy = "", manager = false, rating: Int?, comment = ""
  }
  struct Invitation {
    let round: Int, name: String, email: String, relation: String, invited: Moment, answered: Moment?, removed: Moment?
  }
  struct Engagement {
    let learner: Learner, group: Int, purchase: Int, assessment: Int, survey: Int, launched: Moment, ends: Moment
    var coaches: [(id: Int64, from: Moment)] = []
    var opens: Moment?
    var firstLogin: Moment?, profile: Moment?, selfAssessment: Moment?, survey1: Moment?, goalsAssessed: Moment?, selfAgain: Moment?
    var survey2: Moment?, paused: Moment?, deactivated: Moment?, extended: Moment?
    var plan = "NONE", planFeedback = false
    var sessions: [Session] = []
    var invitations: [Invitation] = []
    var skills: [(number: Int, chosen: Bool)] = []
    var goals: [(text: String, achieved: Bool)] = []
    var note: (text: String, at: Moment)?
    var nps: (score: Int, at: Moment)?
  }

  let now: Moment
  let groups: [DemoCoachingCatalog.Group]
  /// How many assessments and surveys there are to choose from.
  let assessments: Int, surveys: Int
  let coaches: [Coach]
  var random: DemoRandom
  private(set) var engagements: [Engagement] = []
  /// What each coach has at which time, in every organization, so that nobody is in two places.
  private(set) var taken: Set<String>

  init(
    now: Moment, groups: [DemoCoachingCatalog.Group], assessments: Int, surveys: Int, coaches: [Coach], random: DemoRandom,
    taken: Set<String>
  ) {
    (self.now, self.groups, self.assessments, self.surveys) = (now, groups, assessments, surveys)
    (self.coaches, self.random, self.taken) = (coaches, random, taken)
  }

  /// The stages of the learners, one after the other and over again: all six are among the first six.
  private static let stages: [Stage] = [
    .steadyState, .onboarding, .remeasurement, .completed, .paused, .deactivated, .steadyState, .steadyState, .onboarding, .completed,
    .steadyState, .remeasurement, .steadyState, .steadyState, .completed, .onboarding, .steadyState, .completed, .steadyState, .steadyState,
  ]

  /// Decides how far each learner is and what led there.
  mutating func imagine(_ learners: [Learner]) {
    for (number, learner) in learners.enumerated() {
      let stage = DemoCoaching.stages[number % DemoCoaching.stages.count]
      // One in ten was coached before.
      if number % 10 == 6 { add(learner, .completed, daysAgo: random.within(430...520), among: learners, number) }
      let days =
        switch stage {
        case .onboarding: random.within(3...25)
        case .steadyState, .paused: random.within(45...120)
        case .remeasurement: random.within(156...174)
        case .deactivated: random.within(60...170)
        case .completed: random.within(250...400)
        }
      add(learner, stage, daysAgo: days, among: learners, number)
    }
  }

  private mutating func add(_ learner: Learner, _ stage: Stage, daysAgo: Int, among learners: [Learner], _ number: Int) {
    let group = stage == .remeasurement ? number % min(2, groups.count) : number % groups.count
    let launched = random.moment(now.adding(days: Int64(-daysAgo)), now.adding(days: Int64(-daysAgo)).adding(seconds: 36_000))
    let ends = launched.adding(days: groups[group].duration)
    let isEarly = stage == .onboarding
    var engagement = Engagement(
      learner: learner, group: group, purchase: daysAgo > 200 || random.chance(40) ? 0 : 1, assessment: random.below(assessments),
      survey: random.below(surveys), launched: launched, ends: ends)
    engagement.opens = groups[group].remeasures ? groups[group].remeasurementDays.map { ends.adding(days: -$0) } : nil
    let fit = coaches.filter { !$0.hasLeft || stage == .completed }
    let coach = fit[(number + random.below(2)) % fit.count]
    if !isEarly || random.chance(70) { engagement.coaches = [(coach.id, launched)] }
    if stage == .paused { engagement.paused = now.adding(days: Int64(-random.within(2...20))) }
    if stage == .deactivated { engagement.deactivated = now.adding(days: Int64(-random.within(5...40))) }
    if !isEarly, random.chance(6) { engagement.extended = random.moment(launched.adding(days: 30), earlier(launched.adding(days: 60))) }
    let until = min(earlier(ends), engagement.paused ?? now, engagement.deactivated ?? now)
    begin(&engagement, isEarly: isEarly, until: until)
    if !isEarly { coachThrough(&engagement, by: coach, until: until) }
    if engagement.selfAssessment != nil { ask(&engagement, round: 1, among: learners, number, until: until) }
    if stage == .remeasurement || stage == .completed, groups[group].remeasures {
      remeasure(&engagement, isOver: stage == .completed, among: learners, number, until: until)
    }
    if stage == .onboarding || stage == .steadyState || stage == .remeasurement, !engagement.coaches.isEmpty, random.chance(60) {
      if let start = slot(coach, onOrAfter: now.adding(days: Int64(random.within(1...9))), isBooking: true), start < ends {
        engagement.sessions.append(Session(coach: coach.id, start: start, state: "SCHEDULED"))
      }
    }
    engagements.append(engagement)
  }

  private func earlier(_ moment: Moment) -> Moment { min(moment, now.adding(seconds: -3600)) }

  /// The first steps: signing in, profile, self assessment, survey, focus areas, goals.
  private mutating func begin(_ engagement: inout Engagement, isEarly: Bool, until: Moment) {
    engagement.skills = groups[engagement.group].skills.prefix(random.within(0...2)).map { (number: $0, chosen: false) }
    var at = engagement.launched
    func next(_ hours: ClosedRange<Int>) -> Moment? {
      at = at.adding(seconds: Int64(random.within(hours)) * 3600)
      return at < until ? at : nil
    }
    guard !isEarly || random.chance(80), let signedIn = next(1...90) else { return }
    engagement.firstLogin = signedIn
    guard !isEarly || random.chance(75), let profile = next(0...48) else { return }
    engagement.profile = profile
    let chosen = random.within(1...3)
    for _ in 0..<chosen {
      let number = random.below(DemoCoachingCatalog.skills.count)
      engagement.skills.removeAll { $0.number == number }
      engagement.skills.append((number, true))
    }
    guard !isEarly || random.chance(50), let assessed = next(4...120) else { return }
    engagement.selfAssessment = assessed
    if random.chance(80) { engagement.survey1 = next(0...72) }
    if isEarly { return }
    engagement.plan = random.one(["BEGUN", "BEGUN", "COMPLETE", "COMPLETE", "NONE"])
    engagement.planFeedback = engagement.plan != "NONE" && random.chance(50)
    let first = random.below(DemoCoachingCatalog.goals.count)
    for step in 0..<random.within(2...4) {
      engagement.goals.append((DemoCoachingCatalog.goals[(first + step) % DemoCoachingCatalog.goals.count], false))
    }
    if random.chance(15) { engagement.note = (random.one(DemoCoachingCatalog.notes), random.moment(engagement.launched, until)) }
    if random.chance(55) { engagement.nps = (random.one([10, 9, 9, 10, 8, 7, 9, 6, 10, 4, 8, 9]), random.moment(assessed, until)) }
  }

  /// Session after session, a fortnight or so apart; some are canceled, and now and then the coach changes.
  private mutating func coachThrough(_ engagement: inout Engagement, by first: Coach, until: Moment) {
    var coach = first
    var at = engagement.launched.adding(days: Int64(random.within(8...14)))
    let limit = groups[engagement.group].remeasures ? 9 : 7
    let changes = random.chance(8) ? random.within(2...3) : 0
    for number in 0..<limit {
      if number == changes, changes > 0, let other = coaches.first(where: { $0.id != coach.id && !$0.hasLeft }) {
        coach = other
        engagement.coaches.append((other.id, at.adding(days: -1)))
      }
      guard let start = slot(coach, onOrAfter: at, isBooking: false), start.adding(seconds: 3600) < until else { break }
      let fate = number == 0 ? 0 : random.below(100)
      var session = Session(
        coach: coach.id, start: start,
        state: fate < 84 ? "COMPLETED" : fate < 90 ? "LATE_CANCELED" : fate < 96 ? "CANCELED" : "MISSED")
      switch session.state {
      case "COMPLETED":
        session.manager = random.chance(12)
        if random.chance(72) { session.rating = random.one([5, 5, 5, 4, 4, 5, 3, 4, 5, 2]) }
        session.comment = session.rating == nil ? "" : random.one(DemoCoachingCatalog.comments)
      case "LATE_CANCELED":
        (session.canceled, session.canceledBy) = (start.adding(seconds: Int64(-random.within(1...23)) * 3600), "LEARNER")
      case "CANCELED":
        (session.canceled, session.canceledBy) = (
          start.adding(seconds: Int64(-random.within(24...120)) * 3600), random.one(["LEARNER", "COACH"])
        )
      default: break
      }
      engagement.sessions.append(session)
      at = start.adding(days: Int64(random.within(11...17)))
    }
  }

  /// Asks colleagues: most answer, one in a while is removed.
  private mutating func ask(
    _ engagement: inout Engagement, round: Int, among learners: [Learner], _ number: Int, until: Moment, allAnswer: Bool = false
  ) {
    let from = round == 1 ? engagement.selfAssessment ?? engagement.launched : engagement.opens ?? engagement.launched
    guard from < until else { return }
    let minimum = Int(groups[engagement.group].minimum)
    var seen: Set<Int64> = [engagement.learner.id]
    for step in 1...random.within(minimum...(minimum + 4)) {
      let colleague = learners[(number + step * 7) % learners.count]
      guard seen.insert(colleague.id).inserted else { continue }
      let invited = random.moment(from, min(until, from.adding(days: 6)))
      let answers = allAnswer || random.chance(80)
      let at = random.moment(invited, max(invited.adding(seconds: 7200), min(until, invited.adding(days: 12))))
      engagement.invitations.append(
        Invitation(
          round: round, name: colleague.name, email: colleague.email, relation: random.one(DemoCoachingCatalog.relations), invited: invited,
          answered: answers && at < now ? at : nil, removed: !answers && at < now && random.chance(40) ? at : nil))
    }
  }

  /// The tasks of the remeasurement: some of them while it is open, mostly all of them once it is over.
  private mutating func remeasure(_ engagement: inout Engagement, isOver: Bool, among learners: [Learner], _ number: Int, until: Moment) {
    guard let opens = engagement.opens, opens < until else { return }
    func sometime() -> Moment { random.moment(opens, until) }
    if random.chance(isOver ? 92 : 60) { engagement.selfAgain = sometime() }
    ask(&engagement, round: 2, among: learners, number, until: until, allAnswer: isOver)
    if random.chance(isOver ? 88 : 30), !engagement.goals.isEmpty {
      engagement.goalsAssessed = sometime()
      for index in engagement.goals.indices { engagement.goals[index].achieved = random.chance(68) }
    }
    // Whoever has done everything is no longer in remeasurement.
    if isOver, random.chance(85) { engagement.survey2 = sometime() }
  }

  /// A free hour of a coach's working hours, in the first days from a moment on. What was long ago may stand where something else did.
  private mutating func slot(_ coach: Coach, onOrAfter moment: Moment, isBooking: Bool) -> Moment? {
    let first = CivilDate(of: moment, in: coach.zone).daysSinceEpoch
    var candidates: [Moment] = []
    for day in first..<first + 7 {
      // 1970-01-01 was a Thursday.
      let hours = coach.hours.filter { $0.weekday == (day + 3) % 7 + 1 }
      if hours.isEmpty { continue }
      let midnight = CivilDate(daysSinceEpoch: day).beginning(in: coach.zone)
      for span in hours {
        for minute in stride(from: span.startsMinute, through: span.endsMinute - 60, by: 60) {
          let start = midnight.adding(seconds: minute * 60)
          if start >= moment { candidates.append(start) }
        }
      }
      if candidates.count > 12 { break }
    }
    guard !candidates.isEmpty else { return nil }
    let begin = random.below(candidates.count)
    for step in candidates.indices {
      let start = candidates[(begin + step) % candidates.count]
      if taken.insert("\(coach.id) \(start.milliseconds)").inserted { return start }
    }
    return isBooking ? nil : candidates[begin]
  }
}
