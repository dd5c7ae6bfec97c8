import Domain
import HTTPServer
import Templates

extension CoachDraft {
  /// What a form sent.
  init(typed: Form) {
    self.init()
    func value(_ name: String) -> String { typed[name] ?? "" }
    (email, name, biography) = (value("email"), value("name"), value("biography"))
    (languages, credentials, timeZone) = (value("languages"), value("credentials"), value("time-zone"))
    (meetingLink, sessionMinutes, capacity) = (value("meeting-link"), value("session-minutes"), value("capacity"))
    hours = (0..<7).map { value(CoachDraft.field(day: $0)) }
  }
}

/// The form of a coach, in parts: the account team shows all of them, a coach those of the own profile and hours.
struct CoachForm {
  let draft: CoachDraft
  let isNew: Bool
  let faults: [Failure.Field]

  private func line(_ name: String, _ label: String, _ value: String, _ hint: String? = nil, required: Bool = false) -> FormControl {
    FormControl(name, label, .input(type: "text"), value: value, hint: hint, required: required, faults: faults)
  }

  var parts: [SetUpParts.Part] {
    let account = [
      FormControl(
        "email", "Email", .input(type: isNew ? "email" : "text"), value: draft.email,
        hint: isNew ? "To sign in with. An account that exists is used as it is." : "It is the account’s, and stays.", required: true,
        fixed: !isNew, faults: faults),
      line("name", "Name", draft.name, "As learners read it.", required: true),
    ]
    let capacity = line("capacity", "Learners at once", draft.capacity, "In digits; empty for no limit.")
    return [
      .init(title: "Coach", fields: account + texts("What learners read of the coach. Without one the coach is still onboarding.")),
      .init(title: "Sessions", fields: sessions + [capacity]), zone,
      hours("Such as 09:00-12:00, 13:00-17:00; empty for a day off. Without any hours the coach is still onboarding."),
    ]
  }

  /// What learners read.
  func texts(_ hint: String, required: Bool = false) -> [FormControl] {
    [
      FormControl("biography", "Biography", .area(rows: 5), value: draft.biography, hint: hint, required: required, faults: faults),
      line("languages", "Languages", draft.languages, "Separated by commas, such as English, Deutsch."),
      line("credentials", "Credentials", draft.credentials, "Such as certificates."),
    ]
  }

  var sessions: [FormControl] {
    [
      line("meeting-link", "Meeting link", draft.meetingLink, "Begins with https://; may be empty."),
      line("session-minutes", "Length of a session in minutes", draft.sessionMinutes, "From 15 to 480.", required: true),
    ]
  }

  var zone: SetUpParts.Part {
    .init(title: "Time zone", fields: [TimeZones.control(draft.timeZone, hint: "Working hours are in this zone.", faults: faults)])
  }

  func hours(_ note: String) -> SetUpParts.Part {
    .init(
      title: "Working hours", note: note,
      fields: WorkingHours.weekdays.enumerated().map { line(CoachDraft.field(day: $0.offset), $0.element, draft.hours[$0.offset]) },
      isDense: true)
  }
}
