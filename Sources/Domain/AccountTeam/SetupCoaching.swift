import Database

// What a setup file says of coaching.
extension SetupRun {
  func focusSkills(_ whole: SetupObject) throws {
    let platform = try SetUpOwner(platform: SetupRun.viewer)
    for (index, name) in (whole.texts("focus_skills") ?? []).enumerated() {
      let path = "focus_skills[\(index)]"
      guard try !FocusSkill.all(in: tx).contains(where: { $0.name.folded == name.folded }) else { continue }
      do {
        note(try FocusSkill.save(name: name, id: nil, of: platform, at: now, in: tx), "focus skill \(DraftFaults.tidied(name))")
      } catch let failure as Failure {
        faults.add(path, failure.sentence)
      }
    }
  }

  func questionnaires(_ whole: SetupObject, _ section: String, _ kind: Questionnaire.Kind, _ scope: OrganizationScope) throws {
    for object in whole.objects(section, knowing: ["name", "platform", "description", "questions"]) {
      guard let name = object.required("name") else { continue }
      let isPlatform = object.truth("platform") == "yes"
      guard takes((isPlatform ? "platform " : "") + name, section + " of the same owner", object) else { continue }
      remember(name, section)
      let owner = try isPlatform ? SetUpOwner(platform: SetupRun.viewer) : SetUpOwner(scope)
      let present = try Questionnaire.all(kind, for: owner, in: tx).first { $0.name == name && $0.isPlatform == isPlatform }
      var draft = present.map(QuestionnaireDraft.init) ?? QuestionnaireDraft()
      draft.name = name
      if let text = object.text("description") { draft.description = text }
      if let questions = object.texts("questions") {
        // What is faulty is said already.
        guard questions.count == object.list("questions")?.count else { continue }
        // A question is a line of its own.
        draft.questions = questions.map { $0.replacing("\n", with: " ") }.joined(separator: "\n")
      }
      try attempt(object) {
        note(
          try Questionnaire.save(draft, kind, id: present?.id, of: owner, at: now, in: tx),
          (isPlatform ? "platform " : "") + "\(kind.noun) \(name)")
      }
    }
  }

  func purchases(_ whole: SetupObject, _ scope: OrganizationScope) throws {
    for object in whole.objects("purchases", knowing: ["name", "licenses", "sessions", "late_cancels_count", "expires"]) {
      guard let name = object.required("name"), takes(name, "purchases", object) else { continue }
      let present = try CompanyPurchase.all(scope: scope, in: tx).first { $0.name == name }
      var draft = present.map { PurchaseDraft($0, in: scope.organization) } ?? PurchaseDraft()
      draft.name = name
      if present == nil { for key in ["licenses", "sessions"] where !object.has(key) { object.fault(key, "This is missing.") } }
      if let licenses = object.number("licenses") { draft.licenses = licenses }
      if let sessions = object.number("sessions") { draft.sessions = sessions }
      if let truth = object.truth("late_cancels_count") { draft.lateCancelsCount = truth }
      if let expires = object.text("expires") { draft.expires = expires }
      guard !draft.licenses.isEmpty || object.has("licenses"), !draft.sessions.isEmpty || object.has("sessions") else { continue }
      try attempt(object) {
        note(try CompanyPurchase.save(draft, id: present?.id, scope: scope, at: now, in: tx), "purchase \(name)")
      }
    }
  }

  private static let groupKeys = [
    "name", "description", "purchase", "assessment", "survey", "duration_days", "minimum_invited", "minimum_answered", "maximum_invited",
    "remeasurement", "remeasurement_days", "meeting_links", "language", "focus_skills",
  ]

  func groups(_ whole: SetupObject, _ scope: OrganizationScope) throws {
    guard whole.has("groups") else { return }
    let choices = try GroupChoices(scope: scope, in: tx)
    for object in whole.objects("groups", knowing: SetupRun.groupKeys) {
      guard let name = object.required("name"), takes(name, "groups", object) else { continue }
      let present = try CoachingGroup.all(scope: scope, in: tx).first { $0.name == name }
      var draft = present.map { GroupDraft($0) } ?? GroupDraft()
      draft.name = name
      if let text = object.text("description") { draft.description = text }
      if let id = reference(object, "purchase", to: "purchases", "purchase", among: choices.purchases.map { (name: $0.name, id: $0.id) }) {
        draft.purchase = id
      }
      let (assessments, surveys) = (
        choices.assessments.map { (name: $0.name, id: $0.id) }, choices.surveys.map { (name: $0.name, id: $0.id) }
      )
      if let id = reference(object, "assessment", to: "assessments", "360° assessment", among: assessments) { draft.assessment = id }
      if let id = reference(object, "survey", to: "surveys", "survey", among: surveys) { draft.survey = id }
      if let days = object.number("duration_days") { draft.durationDays = days }
      if let number = object.number("minimum_invited") { draft.minimumInvited = number }
      if let number = object.number("minimum_answered") { draft.minimumAnswered = number }
      if let number = object.number("maximum_invited") { draft.maximumInvited = number }
      if let truth = object.truth("remeasurement") { draft.remeasurement = truth }
      if let days = object.number("remeasurement_days") { draft.remeasurementDays = days }
      if let truth = object.truth("meeting_links") { draft.meetingLinks = truth }
      if let language = object.text("language") { draft.language = language }
      if let skills = object.texts("focus_skills") {
        draft.skills = skills.enumerated().compactMap { index, skill in
          let found = choices.skills.first { $0.name.folded == skill.folded }
          if found == nil {
            faults.add("\(object.key("focus_skills"))[\(index)]", "There is no focus skill \"\(skill)\", neither here nor in the file.")
          }
          return found.map { String($0.id) }
        }
      }
      try attempt(object, ["skills": "focus_skills"]) {
        note(try CoachingGroup.save(draft, id: present?.id, scope: scope, at: now, in: tx), "group \(name)")
      }
    }
  }

  private static let coachKeys = [
    "email", "name", "platform", "biography", "languages", "credentials", "time_zone", "meeting_link", "session_minutes", "capacity",
    "hours",
  ]

  func coaches(_ whole: SetupObject, _ scope: OrganizationScope) throws {
    for object in whole.objects("coaches", knowing: SetupRun.coachKeys) {
      guard let email = object.required("email") else { continue }
      let isPlatform = object.truth("platform") == "yes"
      let what = (isPlatform ? "platform " : "") + "coach \(email.lowercased())"
      guard takes(what, "coaches of the same owner", object, as: "email") else { continue }
      let owner = try isPlatform ? SetUpOwner(platform: SetupRun.viewer) : SetUpOwner(scope)
      let present = try Coach.find(emailKey: email.lowercased(), of: owner, in: tx)
      var draft = try present.map { CoachDraft($0, hours: try $0.hours(in: tx)) } ?? CoachDraft()
      if present == nil {
        (draft.email, draft.timeZone) = (email, scope.organization.timeZone)
        guard object.required("name") != nil else { continue }
      }
      if let name = object.text("name") { draft.name = name }
      if let text = object.text("biography") { draft.biography = text }
      if let languages = object.texts("languages") { draft.languages = languages.joined(separator: ", ") }
      if let text = object.text("credentials") { draft.credentials = text }
      if let zone = object.text("time_zone") { draft.timeZone = zone }
      if let link = object.text("meeting_link") { draft.meetingLink = link }
      if let minutes = object.number("session_minutes") { draft.sessionMinutes = minutes }
      if let capacity = object.number("capacity") { draft.capacity = capacity }
      if object.has("hours") { draft.hours = hours(object) }
      let names = Dictionary(
        uniqueKeysWithValues: (0..<7).map { (CoachDraft.field(day: $0), "hours." + WorkingHours.weekdays[$0].lowercased()) })
      try attempt(object, names) {
        let outcome = try Coach.save(draft, id: present?.id, of: owner, at: now, in: tx)
        note(outcome.saved, what)
        if outcome.isNewAccount { welcome(email, outcome.accountID) }
      }
    }
  }

  /// The whole week: a day that is not named has no hours.
  private func hours(_ object: SetupObject) -> [String] {
    let days = WorkingHours.weekdays.map { $0.lowercased() }
    guard let week = object.object("hours", knowing: days) else { return Array(repeating: "", count: 7) }
    return days.map { (week.texts($0) ?? []).joined(separator: ", ") }
  }
}
