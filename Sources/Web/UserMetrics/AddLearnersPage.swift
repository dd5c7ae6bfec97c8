import Domain
import HTTPServer
import Templates

/// The form that adds learners, as its template reads it.
struct AddLearnersPage: ValueConvertible {
  let context: Context
  let slug: String
  let group: CoachingGroup
  let form: AddLearnersForm
  let options: AddingOptions
  let found: ListPage<LearnerCandidates.Person>?
  let chosen: [LearnerCandidates.Person]
  let uploads: [LearnerUpload]
  let failure: Failure?

  private var format: Format { context.format }
  private var faults: [Failure.Field] { failure?.fields ?? [] }
  private var details: AddingDetails { AddingDetails(options: options, format: format) }

  var heading: Value {
    let change = Path.addLearners(slug).with(query: [("group", String(group.id)), ("way", form.way.rawValue), ("choose", "1")])
    return Page.heading(
      up: LinkModel(label: "Learners", link: .learners(slug)), lede: "\(group.name) · \(form.way.label)",
      actions: [LinkModel(label: "Start again with another group or way", link: change)])
  }

  var templateValue: Value {
    [
      "errors": ErrorSummary(failure), "action": form.way == .file ? Path.learnerFile(slug) : .addLearners(slug),
      "kept": [Hidden(name: "group", value: String(group.id)), Hidden(name: "way", value: form.way.rawValue)],
      "details": ["summary": "View the details of the group", "entries": [details.group(group)]] as Value, "fields": people, "users": users,
      "upload": upload, "parts": parts, "button": form.way == .file ? "Check the file" : "Add",
      "note": form.way == .file ? "Nobody is added yet: you see every row first." : "Each gets the welcome email at once.",
      "cancel": Path.learners(slug),
    ]
  }

  private func input(_ name: String, _ label: String, _ value: String, type: String = "text", hint: String? = nil, required: Bool = true)
    -> FormControl
  {
    FormControl(name, label, .input(type: type), value: value, hint: hint, required: required, faults: faults)
  }

  /// The fields of a new learner.
  private var people: [FormControl] {
    guard form.way == .one else { return [] }
    return [
      input("name", "Full name", form.person.name), input("email", "Email", form.person.email, type: "email"),
      input("external-id", "External ID", form.person.externalID, hint: "Your own id for this person; may be empty.", required: false),
    ]
  }

  private var users: Value? {
    guard let found else { return nil }
    let ticked = Set(chosen.map(\.id))
    func box(_ person: LearnerCandidates.Person, _ prefix: String) -> Value {
      let why = person.isDeactivated ? "deactivated" : person.isEngaged ? "in coaching already" : nil
      return [
        "id": "\(prefix)-\(person.id)", "value": String(person.id), "name": person.name.isEmpty ? person.email : person.name,
        "email": person.name.isEmpty ? "" : person.email, "why": why, "locked": why != nil,
      ]
    }
    let items = found.rows.filter { !ticked.contains($0.id) }.map { box($0, "found") }
    let kept = chosen.map { box($0, "chosen") }
    return [
      "error": faults.first { $0.name == "person" }?.sentence, "search": Path.learnerCandidates(slug), "find": form.search,
      "chosen": kept.isEmpty ? nil : ["title": "\(format.plural(Int64(kept.count), "person", "people")) chosen", "items": kept] as Value,
      "found": items.isEmpty ? nil : ["items": items] as Value,
      "count": form.search.isEmpty
        ? "\(format.plural(Int64(found.total), "person", "people")) in the organization"
        : "\(format.plural(Int64(found.total), "person matches", "people match")) “\(form.search)”",
      "pages": found.count > 1 ? "Page \(format.number(found.number)) of \(format.number(found.count))" : nil,
      "earlier": found.number > 1 ? String(found.number - 1) : nil, "later": found.number < found.count ? String(found.number + 1) : nil,
    ]
  }

  private var upload: Value? {
    guard form.way == .file else { return nil }
    return UploadForm.model(
      context, action: .learnerFile(slug), cancel: .learners(slug), template: .learnerTemplate(slug), headers: LearnersInBulk.headers,
      failure: failure, encoding: form.form["encoding"], drafts: uploads, note: { "checked \(format.ago(Moment($0.createdAt)))" },
      link: { .learnerUpload(slug, $0.id) })
  }

  /// A part of the form. What there is to view of a field's choices stands below it.
  private struct Part: ValueConvertible {
    struct Field: ValueConvertible {
      let control: FormControl
      var details: Value?
      var templateValue: Value { ["control": control, "details": details] }
    }
    let id: String, title: String
    var isDense = false
    let fields: [Field]
    var templateValue: Value { ["id": id, "title": title, "dense": isDense, "fields": fields] }
  }

  private var parts: [Part] {
    [
      Part(id: "company", title: "Company details", fields: company),
      Part(
        id: "engagement", title: "Engagement details", isDense: true,
        fields: [
          input("duration-days", "Engagement duration in days", draft.days, hint: "How long coaching lasts, from today."),
          input(
            "minimum-invited", "Minimum number of 360° participants required to invite", draft.minimumInvited,
            hint: "With fewer the task stays open."),
          input(
            "minimum-answered", "Minimum number of 360° participants needed to answer", draft.minimumAnswered,
            hint: "With fewer the results stay hidden. At most the minimum to invite."),
          input("maximum-invited", "Maximum number of invites", draft.maximumInvited, hint: "Beyond it invitations are refused."),
        ].map { .init(control: $0) }),
      Part(id: "remeasurement", title: "Remeasurement settings", fields: [.init(control: remeasurement)]),
      Part(id: "additional", title: "Additional settings", fields: additional.map { .init(control: $0) }),
    ]
  }

  private var draft: EngagementDraft { form.draft }

  private var company: [Part.Field] {
    func select(_ name: String, _ label: String, _ value: String, _ options: [FormControl.Option], empty: String, hint: String? = nil)
      -> FormControl
    {
      FormControl(name, label, .select([.init("", empty)] + options), value: value, hint: hint, faults: faults)
    }
    func among(_ all: [Questionnaire]) -> [FormControl.Option] {
      all.map { .init(String($0.id), $0.name + ($0.isPlatform ? " (platform)" : "")) }
    }
    let choices = options.choices
    let purchases = choices.purchases.map { FormControl.Option(String($0.id), "\($0.name): \(details.line($0))") }
    let hint = purchases.isEmpty ? "There is none yet. Ask the account team to make one." : "Each learner takes one license of it."
    return [
      .init(
        control: select("purchase", "Company purchase", draft.purchase, purchases, empty: "Choose a purchase", hint: hint),
        details: details.purchases),
      .init(
        control: select("assessment", "360° assessment", draft.assessment, among(choices.assessments), empty: "None"),
        details: details.assessments),
      .init(control: select("survey", "Survey", draft.survey, among(choices.surveys), empty: "None"), details: details.surveys),
    ]
  }

  private var remeasurement: FormControl {
    let opens =
      group.remeasurementDays.map { "It opens \(format.plural($0, "day", "days")) before the end." } ?? "An administrator opens it."
    return FormControl(
      "remeasurement", "Are the learners measured again?", .radios([.init("yes", "Yes", note: opens), .init("no", "No")]),
      value: draft.remeasurement ? "yes" : "no", faults: faults)
  }

  private var additional: [FormControl] {
    var fields = [
      FormControl(
        "meeting-links", "Meeting links",
        .radios([
          .init("platform", "The platform’s", note: "Sessions use the coach’s link."),
          .init("own", "Their own", note: "Each learner gives a link to book a session."),
        ]), value: draft.meetingLinks ? "platform" : "own", faults: faults)
    ]
    if !options.choices.skills.isEmpty {
      fields.append(
        FormControl(
          "skills", "Focus skills", .checks(options.choices.skills.map { .init(String($0.id), $0.name) }),
          values: draft.skills.map(String.init), hint: "What to concentrate on; learners can add to it.", faults: faults))
    }
    fields.append(
      FormControl(
        "language", "Default language", .select(GroupDraft.languages.map { .init($0.code, $0.name) }), value: draft.language,
        hint: "Languages in which everything that a learner reads is complete.", faults: faults))
    return fields
  }
}
