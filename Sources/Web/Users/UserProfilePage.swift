import Domain
import Templates

/// A person's page as its template reads it.
struct UserProfilePage: ValueConvertible {
  let context: Context
  let scope: OrganizationScope
  let profile: UserProfile
  /// The person's coaching, latest first.
  let engagements: [Learner]
  let mails: [OutboxMail]
  let trail: [UserTrail.Event]

  private var slug: String { scope.organization.slug }
  private var user: User { profile.user }
  private var format: Format { context.format }

  var heading: Value {
    let up = LinkModel(label: "Users", link: .users(slug))
    if !profile.erasedAt.isEmpty { return Page.heading(up: up, lede: "Erased: what happened stays, and nobody can tell who it was") }
    let toggle =
      profile.deactivatedAt.isEmpty
      ? LinkModel(label: "Deactivate", link: .deactivation(slug, user.id))
      : LinkModel(label: "Reactivate", link: .reactivation(slug, user.id))
    return Page.heading(
      up: up, lede: user.name.isEmpty ? nil : user.email,
      actions: [
        LinkModel(label: "Erase…", link: .erasure(slug, user.id)), toggle, LinkModel(label: "Edit", link: .editUser(slug, user.id)),
      ],
      export: LinkModel(label: "Export this person’s data", link: .personExport(slug, user.id)))
  }

  var templateValue: Value {
    [
      "badges": profile.erasedAt.isEmpty ? user.standings.map(\.badge) : [Badge(label: "Erased", tone: .neutral, why: nil)], "facts": facts,
      "tiles": tiles, "programs": programs,
      "noPrograms": profile.memberships.isEmpty, "enrollments": profile.enrollments.isEmpty ? nil : enrollments,
      "enrollmentsNote": enrollmentsNote,
      "coaching": engagements.isEmpty ? nil : Table.engagements(engagements, "Coaching", slug, format),
      "mails": mails.isEmpty ? nil : mailTable, "allMails": Path.outbox(slug, person: user.id),
      "trail": trail.isEmpty ? nil : history,
    ]
  }

  private var facts: [Value] {
    if !profile.erasedAt.isEmpty {
      return [("Known since", format.date(Moment(profile.createdAt))), ("Erased", format.time(Moment(profile.erasedAt)))].map {
        ["label": $0.0, "value": $0.1]
      }
    }
    var facts: [(String, String)] = [("External ID", user.externalID)]
    facts += Attribute.allCases.map { ($0.label, user.attributes[$0] ?? "") }
    facts.append(("Known since", format.date(Moment(profile.createdAt))))
    facts.append(("Announcements by email", profile.wantsAnnouncements ? "Wanted" : "Not wanted"))
    if !profile.deactivatedAt.isEmpty { facts.append(("Deactivated", format.time(Moment(profile.deactivatedAt)))) }
    if !profile.roles.isEmpty { facts.append(("Roles here", profile.roles.joined(separator: ", "))) }
    return facts.map { ["label": $0.0, "value": $0.1.isEmpty ? "—" : $0.1] }
  }

  private var tiles: [Tile] {
    func tile(_ label: String, _ value: Int, _ why: String, _ definition: String) -> Tile {
      Tile(
        label: label, value: format.number(value), why: why,
        definition: Definition(id: "define-\(label.lowercased())", title: label, text: definition))
    }
    let attempts = profile.attempts
    return [
      tile(
        "Programs", user.memberPrograms, format.plural(Int64(user.openInvitations), "open invitation", "open invitations"),
        "Programs that the person is a member of."),
      tile(
        "Enrollments", user.enrollments, "last activity " + (user.lastActivityAt.isEmpty ? "—" : format.ago(Moment(user.lastActivityAt))),
        "Courses of these programs that the person has signed up for."),
      tile("Completions", user.completions, "courses", "Courses of which all graded assessments are completed."),
      tile(
        "Attempts", attempts.all,
        "\(format.number(attempts.passed)) passed" + (attempts.lastAt.isEmpty ? "" : ", latest \(format.ago(Moment(attempts.lastAt)))"),
        "Attempts at assessments in all programs, removed memberships included."),
    ]
  }

  private var programs: Table? {
    if profile.memberships.isEmpty { return nil }
    return Table(
      label: "Programs",
      columns: [
        TableColumn(label: "Program"), TableColumn(label: "State"), TableColumn(label: "Contract"), TableColumn(label: "Invited"),
        TableColumn(label: "Joined"), TableColumn(label: "Removed"), TableColumn(label: "Enrollments", isNumber: true),
        TableColumn(label: "Completions", isNumber: true), TableColumn(label: "Last activity"),
      ],
      rows: profile.memberships.map { membership in
        let contract = Cell(
          text: membership.contract == nil ? "—" : membership.contractName, link: membership.contract.map { .contract(slug, $0) })
        return Table.Row(cells: [
          .head(membership.programName, "/" + membership.programSlug, link: .program(slug, membership.programSlug)),
          Cell(badges: [UserProfilePage.badge(membership.state)]), contract, date(membership.invitedAt), date(membership.joinedAt),
          date(membership.removedAt), .number(format.number(membership.enrollments)), .number(format.number(membership.completions)),
          .time(membership.lastActivityAt, format.ago(Moment(membership.lastActivityAt))),
        ])
      })
  }

  private static func badge(_ state: String) -> Badge {
    switch state {
    case "MEMBER": Badge(label: "Member", tone: .positive, why: nil)
    case "INVITED": Badge(label: "Invited", tone: .info, why: nil)
    default: Badge(label: "Removed", tone: .neutral, why: nil)
    }
  }

  private var enrollments: Table {
    Table(
      label: "Enrollments",
      columns: [
        TableColumn(label: "Course"), TableColumn(label: "Program"), TableColumn(label: "State"), TableColumn(label: "Enrolled"),
        TableColumn(label: "Progress", isNumber: true), TableColumn(label: "Grade", isNumber: true), TableColumn(label: "Completed"),
        TableColumn(label: "Last activity"),
      ],
      rows: profile.enrollments.map { enrollment in
        Table.Row(cells: [
          .head(enrollment.course, nil), .text(enrollment.program), Cell(badges: [badge(enrollment)]), date(enrollment.enrolledAt),
          .number(enrollment.progress.map { format.decimal($0) + "%" } ?? "—"),
          .number(enrollment.grade.map { format.decimal($0) + "%" } ?? "—"), date(enrollment.completedAt),
          .time(enrollment.lastActivityAt, format.ago(Moment(enrollment.lastActivityAt))),
        ])
      })
  }

  private func badge(_ enrollment: UserProfile.Enrollment) -> Badge {
    if enrollment.isCompleted { return Badge(label: "Completed", tone: .positive, why: nil) }
    return enrollment.hasLeft ? Badge(label: "Left", tone: .neutral, why: nil) : Badge(label: "Enrolled", tone: .info, why: nil)
  }

  private var enrollmentsNote: String {
    profile.enrollments.count < UserProfile.mostEnrollments
      ? "Of all programs, latest first" : "The latest \(UserProfile.mostEnrollments); the usage report holds all"
  }

  private var mailTable: Table {
    Table(
      label: "Emails",
      columns: [
        TableColumn(label: "Kind"), TableColumn(label: "Program"), TableColumn(label: "State"), TableColumn(label: "Created"),
        TableColumn(label: "Sent"),
      ],
      rows: mails.map { mail in
        Table.Row(cells: [
          .head(mail.item.kind.label, nil, link: .mail(slug, mail.id)), .text(mail.programName), Cell(badges: [mail.state.badge]),
          .time(mail.item.createdAt.text, format.time(mail.item.createdAt)), .time(mail.sentAt?.text ?? "", format.time(mail.sentAt)),
        ])
      })
  }

  private func date(_ moment: String) -> Cell { .time(moment, format.date(Moment(moment))) }

  private var history: Table {
    Table(
      label: "Audit trail",
      columns: [
        TableColumn(label: "What happened"), TableColumn(label: "By"), TableColumn(label: "When"), TableColumn(label: "Noted"),
      ],
      rows: trail.map { event in
        Table.Row(cells: [
          .head(UserProfilePage.words(event.action), nil), .text(event.actor), .time(event.at, format.time(Moment(event.at))),
          .text(
            event.values.filter { !$0.value.isEmpty }.map { "\(UserProfilePage.words($0.name)): \($0.value)" }.joined(separator: " · ")),
        ])
      })
  }

  /// `user_deactivated` as `User deactivated`.
  private static func words(_ name: String) -> String {
    let words = name.replacing("_", with: " ")
    return words.prefix(1).uppercased() + words.dropFirst()
  }
}
