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
  /// The learner's first language. Pages and mails are complete in English alone.
  public var language = "en"

  /// Nothing typed yet.
  public init() {}

  /// What a group begins with.
  public init(_ group: AddingOptions.Group) {
    self.group = group.id
    (purchase, assessment) = (group.purchase.map(String.init) ?? "", group.assessment.map(String.init) ?? "")
    (survey, days) = (group.survey.map(String.init) ?? "", String(group.days))
    (minimumInvited, minimumAnswered) = (String(group.minimumInvited), String(group.minimumAnswered))
    maximumInvited = String(group.maximumInvited)
    (remeasurement, meetingLinks, skills) = (group.remeasurement, group.meetingLinks, group.skills)
  }

  /// The languages in which the learner pages and mails are complete.
  public static let languages = [(code: "en", name: "English")]
  /// The longest duration in days, and the most people who may be asked.
  static let mostDays: Int64 = 3650, mostInvited: Int64 = 1000
}

/// What learners are added with, checked.
struct EngagementTerms {
  let group: AddingOptions.Group
  let purchase: AddingOptions.Purchase
  let assessment: Int64?, survey: Int64?
  let days: Int64, minimumInvited: Int64, minimumAnswered: Int64, maximumInvited: Int64
  let remeasurement: Bool, meetingLinks: Bool
  let skills: [Int64]
  let language: String

  /// When an engagement of now ends.
  func end(at now: Moment) -> Moment { now.adding(days: days) }

  /// When its remeasurement opens by itself; nil where somebody opens it, or there is none.
  func opening(at now: Moment) -> Moment? {
    remeasurement ? group.remeasurementDays.map { max(now, end(at: now).adding(days: -$0)) } : nil
  }

  /// Why the purchase cannot take so many more; nil where it can.
  static func fault(_ purchase: AddingOptions.Purchase, for learners: Int) -> String? {
    guard purchase.left < learners else { return nil }
    let need = learners == 1 ? "1 learner needs one" : "\(learners) learners need \(learners)"
    return "\(purchase.name) has \(purchase.left) of \(purchase.licenses) licenses left; \(need)."
  }
}

extension EngagementDraft {
  /// - Parameter learners: how many are to be added; nil while that is not known.
  /// - Throws: `Failure` of code `invalid` with the faulty fields: `group`, `purchase`, `assessment`, `survey`, `days`, `minimum-invited`,
  ///   `minimum-answered`, `maximum-invited`, `skills`, `language`.
  func checked(_ options: AddingOptions, learners: Int?, in organization: Organization, at now: Moment) throws -> EngagementTerms {
    var faults: [Failure.Field] = []
    let group = options.groups.first { $0.id == self.group }
    if group == nil { faults.append(.init("group", "Choose a group.")) }
    func choice(_ text: String, _ field: String, _ what: String, among ids: [Int64]) -> Int64? {
      if text.isEmpty { return nil }
      guard let id = Int64(text), ids.contains(id) else {
        faults.append(.init(field, "Choose \(what) from the list."))
        return nil
      }
      return id
    }
    func number(_ text: String, _ field: String, _ what: String, from least: Int64, to most: Int64) -> Int64? {
      guard let number = Int64(text.trimmingBlanks()), (least...most).contains(number) else {
        faults.append(.init(field, "\(what) must be a whole number from \(least) to \(most)."))
        return nil
      }
      return number
    }
    let purchase = options.purchases.first { String($0.id) == self.purchase }
    if purchase == nil { faults.append(.init("purchase", "Choose a company purchase.")) }
    let assessment = choice(self.assessment, "assessment", "a 360° assessment", among: options.assessments.map(\.id))
    let survey = choice(self.survey, "survey", "a survey", among: options.surveys.map(\.id))
    let days = number(self.days, "days", "Engagement duration", from: 1, to: EngagementDraft.mostDays)
    let most = EngagementDraft.mostInvited
    let invited = number(minimumInvited, "minimum-invited", "The minimum to invite", from: 0, to: most)
    let answered = number(minimumAnswered, "minimum-answered", "The minimum to answer", from: 0, to: most)
    let maximum = number(maximumInvited, "maximum-invited", "The maximum of invites", from: 0, to: most)
    if let invited, let answered, answered > invited {
      faults.append(.init("minimum-answered", "The minimum to answer, \(answered), must not exceed the minimum to invite, \(invited)."))
    }
    if let invited, let maximum, invited > maximum {
      faults.append(.init("maximum-invited", "The maximum of invites, \(maximum), must not be below the minimum to invite, \(invited)."))
    }
    if let purchase, let learners, let fault = EngagementTerms.fault(purchase, for: learners) { faults.append(.init("purchase", fault)) }
    if let purchase, let days, let fault = EngagementDraft.fault(purchase, days, in: organization, at: now) {
      faults.append(.init("purchase", fault))
    }
    if !Set(skills).isSubset(of: options.skills.map(\.id)) { faults.append(.init("skills", "Choose focus skills from the list.")) }
    if !EngagementDraft.languages.contains(where: { $0.code == language }) {
      faults.append(.init("language", "Choose a language from the list."))
    }
    guard faults.isEmpty, let group, let purchase, let days, let invited, let answered, let maximum else {
      throw Failure(.invalid, faults.map(\.sentence).joined(separator: " "), fields: faults)
    }
    return EngagementTerms(
      group: group, purchase: purchase, assessment: assessment, survey: survey, days: days, minimumInvited: invited,
      minimumAnswered: answered,
      maximumInvited: maximum, remeasurement: remeasurement, meetingLinks: meetingLinks, skills: Set(skills).sorted(), language: language)
  }

  /// Why the purchase leaves too little time.
  private static func fault(_ purchase: AddingOptions.Purchase, _ days: Int64, in organization: Organization, at now: Moment) -> String? {
    guard let expiry = purchase.expiresAt, now.adding(days: days) > expiry else { return nil }
    let day = CivilDate(of: expiry, in: organization.zone).text
    if expiry <= now { return "\(purchase.name) expired on \(day)." }
    let left = (expiry.milliseconds - now.milliseconds) / 86_400_000
    return
      "\(purchase.name) expires on \(day), in \(left) \(left == 1 ? "day" : "days"); the engagement lasts \(days) \(days == 1 ? "day" : "days")."
  }
}
