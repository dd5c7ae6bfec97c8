/// What learners are added with, as typed: it begins with what the group says, and may differ from it.
public struct EngagementDraft: Sendable, Equatable, Codable {
  /// The group; 0 as long as none was chosen.
  public var group: Int64 = 0
  /// The purchase, the 360° assessment and the survey by id; empty for none.
  public var purchase = "", assessment = "", survey = ""
  /// The duration in days, and how many people are asked for feedback, in digits.
  public var days = "", minimumInvited = "", minimumAnswered = "", maximumInvited = ""
  /// Whether learners are measured again, and whether sessions use the coach's meeting links.
  public var remeasurement = true, meetingLinks = true
  /// Focus skills by id.
  public var skills: [Int64] = []
  /// The learner's first language, one of `GroupDraft.languages`.
  public var language = "en"

  /// Nothing typed yet.
  public init() {}

  /// What a group begins with.
  public init(_ group: CoachingGroup) {
    func id(_ named: CoachingGroup.Named?) -> String { named.map { String($0.id) } ?? "" }
    self.group = group.id
    (purchase, assessment, survey) = (id(group.purchase), id(group.assessment), id(group.survey))
    days = String(group.durationDays)
    (minimumInvited, minimumAnswered) = (String(group.minimumInvited), String(group.minimumAnswered))
    maximumInvited = String(group.maximumInvited)
    (remeasurement, meetingLinks, language) = (group.remeasurement, group.meetingLinks, group.language)
    skills = group.skills.map(\.id)
  }
}

/// What learners are added with, checked.
struct EngagementTerms {
  let group: CoachingGroup
  let purchase: CompanyPurchase
  let assessment: Int64?, survey: Int64?
  let days: Int64
  let participants: DraftFaults.Participants
  let remeasurement: Bool, meetingLinks: Bool
  let skills: [Int64]
  let language: String

  /// When an engagement of now ends.
  func end(at now: Moment) -> Moment { now.adding(days: days) }

  /// How many days before the end remeasurement opens by itself; nil where somebody opens it, or there is none.
  var remeasurementDays: Int64? { remeasurement ? group.remeasurementDays : nil }

  /// When that is.
  func opening(at now: Moment) -> Moment? { remeasurementDays.map { end(at: now).adding(days: -$0) } }
}

extension CompanyPurchase {
  /// Why it cannot take so many more; nil where it can.
  fileprivate func fault(for learners: Int) -> String? {
    let left = max(0, left)
    guard left < learners else { return nil }
    let need = learners == 1 ? "1 learner needs one" : "\(learners) learners need \(learners)"
    return "\(name) has \(left) of \(licenses) licenses left; \(need)."
  }

  /// Why it leaves too little time for an engagement of now; nil where it leaves enough.
  fileprivate func fault(lasting days: Int64, in organization: Organization, at now: Moment) -> String? {
    guard let expiry = Moment(expiresAt), now.adding(days: days) > expiry else { return nil }
    let day = CivilDate(of: expiry, in: organization.zone).text
    if expiry <= now { return "\(name) expired on \(day)." }
    let left = (expiry.milliseconds - now.milliseconds) / 86_400_000
    return
      "\(name) expires on \(day), in \(left) \(left == 1 ? "day" : "days"); the engagement lasts \(days) \(days == 1 ? "day" : "days")."
  }
}

extension EngagementDraft {
  /// Why so many learners cannot be added now; nil where they can.
  public func fault(of learners: Int, _ options: AddingOptions, in organization: Organization, at now: Moment) throws -> Failure? {
    do {
      _ = try checked(options, learners: learners, in: organization, at: now)
      return nil
    } catch let failure as Failure where !failure.fields.isEmpty { return failure }
  }

  /// - Parameter learners: how many are to be added; nil while that is not known.
  /// - Throws: `Failure` of code `invalid` with the faulty fields: `group`, `purchase`, `assessment`, `survey`, `duration-days`,
  ///   `minimum-invited`, `minimum-answered`, `maximum-invited`, `skills`, `language`.
  func checked(_ options: AddingOptions, learners: Int?, in organization: Organization, at now: Moment) throws -> EngagementTerms {
    var faults = DraftFaults()
    let (group, purchase, choices) = (options.group(group), options.purchase(purchase), options.choices)
    faults.require(group != nil, "group", "Choose a group.")
    faults.require(purchase != nil, "purchase", "Choose a company purchase.")
    let assessment = faults.choice(assessment, "assessment", "360° assessment", among: choices.assessments.map(\.id))
    let survey = faults.choice(survey, "survey", "survey", among: choices.surveys.map(\.id))
    let days = faults.number(DraftFaults.tidied(number: days), "duration-days", "The duration in days", in: GroupDraft.durations)
    if remeasurement, let days, let before = group?.remeasurementDays, before > days {
      faults.add(
        "duration-days",
        "Remeasurement opens \(before) days before the end, so the engagement must last at least that long, or be without it.")
    }
    let participants = faults.participants(minimumInvited, minimumAnswered, maximumInvited)
    if let purchase, let learners, let fault = purchase.fault(for: learners) { faults.add("purchase", fault) }
    if let purchase, let days, let fault = purchase.fault(lasting: days, in: organization, at: now) { faults.add("purchase", fault) }
    faults.require(
      Set(skills).isSubset(of: choices.skills.map(\.id)), "skills", "One of the focus skills is not there any more. Choose again.")
    faults.require(GroupDraft.languages.contains { $0.code == language }, "language", "Choose a language from the list.")
    try faults.refuse()
    guard let group, let purchase, let days, let participants else { throw Failure.notFound }
    return EngagementTerms(
      group: group, purchase: purchase, assessment: assessment, survey: survey, days: days, participants: participants,
      remeasurement: remeasurement, meetingLinks: meetingLinks, skills: Set(skills).sorted(), language: language)
  }
}
