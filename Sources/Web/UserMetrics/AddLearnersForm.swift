import Domain
import HTTPServer

/// The ways in which learners are added.
enum AddingWay: String, CaseIterable {
  case users, one, file

  init?(_ form: Form) {
    guard let way = form["way"].flatMap(AddingWay.init(rawValue:)) else { return nil }
    self = way
  }

  var label: String {
    switch self {
    case .users: "Existing users"
    case .one: "One new learner"
    case .file: "Many from a CSV file"
    }
  }

  var note: String {
    switch self {
    case .users: "One or many people whom the organization knows."
    case .one: "By name and email; an account is made where there is none."
    case .file: "Every row is shown before anything is written."
    }
  }
}

/// What was typed into the form that adds learners.
struct AddLearnersForm {
  let way: AddingWay
  var draft: EngagementDraft
  let form: Form

  /// A form that begins with a draft.
  init(way: AddingWay, draft: EngagementDraft, form: Form) { (self.way, self.draft, self.form) = (way, draft, form) }

  /// What a form sent.
  init(_ form: Form, way: AddingWay? = nil) {
    var draft = EngagementDraft()
    draft.group = form["group"].flatMap { Int64($0) } ?? 0
    (draft.purchase, draft.assessment, draft.survey) = (form["purchase"] ?? "", form["assessment"] ?? "", form["survey"] ?? "")
    (draft.days, draft.minimumInvited) = (form["duration-days"] ?? "", form["minimum-invited"] ?? "")
    (draft.minimumAnswered, draft.maximumInvited) = (form["minimum-answered"] ?? "", form["maximum-invited"] ?? "")
    (draft.remeasurement, draft.meetingLinks) = (form["remeasurement"] == "yes", form["meeting-links"] == "platform")
    draft.skills = form.all("skills").compactMap { Int64($0) }
    draft.language = form["language"] ?? ""
    self.init(way: way ?? AddingWay(form) ?? .users, draft: draft, form: form)
  }

  /// The new learner.
  var person: Inviting.Person {
    Inviting.Person(name: form["name"] ?? "", email: form["email"] ?? "", externalID: form["external-id"] ?? "")
  }

  /// Whom the organization knows, each once, as they were ticked.
  var people: [Int64] {
    var seen: Set<Int64> = []
    return form.all("person").compactMap { Int64($0) }.filter { seen.insert($0).inserted }
  }

  var search: String { String((form["find"] ?? "").prefix(500)) }
  var pageNumber: Int { form["page"].flatMap(Int.init) ?? 1 }
}
