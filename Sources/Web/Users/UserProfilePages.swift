import Database
import Domain
import HTTPServer
import Templates

/// A person's page, and what is changed there.
enum UserProfilePages {
  /// GET /o/{slug}/users/{user}
  static func show(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let page = try context.read { connection in
      let profile = try UserProfile.find(id: context.userID, scope: scope, now: context.now, evenErased: true, in: connection)
      return UserProfilePage(
        context: context, scope: scope, profile: profile,
        engagements: try LearnerList(scope: scope).engagements(of: profile.user.id, in: connection),
        mails: try OutboxList(scope: scope).latest(of: profile.user.id, in: connection),
        trail: try UserTrail.latest(of: profile.user.id, scope: scope, in: connection))
    }
    return try context.render(
      "users/profile", Page(page.profile.user.called, in: ["Users"], at: .users), ["heading": page.heading, "profile": page])
  }

  /// GET /o/{slug}/users/{user}/edit
  static func edit(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let profile = try find(context, scope)
    return try form(context, scope, profile, UserChanges.Draft(profile.user))
  }

  /// POST /o/{slug}/users/{user}/edit
  static func update(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let form = try context.form()
    var draft = UserChanges.Draft()
    (draft.name, draft.externalID) = (form["name"] ?? "", form["external-id"] ?? "")
    for attribute in Attribute.allCases { draft.attributes[attribute] = form[attribute.rawValue] }
    do {
      try UserChanges(scope, in: context.site.database, at: context.now).save(context.userID, draft)
      return try context.redirect(to: .user(scope.organization.slug, context.userID), saying: .done("The changes are saved."))
    } catch let failure as Failure where !failure.fields.isEmpty {
      return try self.form(context, scope, find(context, scope), draft, failure)
    }
  }

  /// GET /o/{slug}/users/{user}/deactivation
  static func askDeactivation(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let profile = try find(context, scope)
    let changes = try UserChanges(scope, in: context.site.database, at: context.now)
    let fault = try context.read { try changes.faultOfDeactivating(profile.user.id, in: $0) }
    return try confirm(
      context, scope, profile, title: "Deactivate \(profile.user.called)?", fault: fault,
      texts: [
        "\(profile.user.called) can no longer sign in to this organization, at once. Coaching that is under way ends.",
        "Memberships, licenses and history stay as they are: to free a license, remove the person from the program. "
          + "You can reactivate the person at any time.",
      ], button: "Deactivate", isCritical: true, action: .deactivation(scope.organization.slug, profile.user.id))
  }

  /// POST /o/{slug}/users/{user}/deactivation
  static func deactivate(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    try UserChanges(scope, in: context.site.database, at: context.now).deactivate(context.userID)
    return try context.redirect(
      to: .user(scope.organization.slug, context.userID), saying: .done("\(try find(context, scope).user.called) is deactivated."))
  }

  /// GET /o/{slug}/users/{user}/reactivation
  static func askReactivation(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let profile = try find(context, scope)
    return try confirm(
      context, scope, profile, title: "Reactivate \(profile.user.called)?", fault: nil,
      texts: [
        "\(profile.user.called) can sign in to this organization again, with the password and the roles of before. Coaching that ended with the deactivation goes on."
      ],
      button: "Reactivate", isCritical: false, action: .reactivation(scope.organization.slug, profile.user.id))
  }

  /// POST /o/{slug}/users/{user}/reactivation
  static func reactivate(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    try UserChanges(scope, in: context.site.database, at: context.now).reactivate(context.userID)
    return try context.redirect(
      to: .user(scope.organization.slug, context.userID), saying: .done("\(try find(context, scope).user.called) is active again."))
  }

  private static func find(_ context: Context, _ scope: OrganizationScope) throws -> UserProfile {
    try context.read { try UserProfile.find(id: context.userID, scope: scope, now: context.now, in: $0) }
  }

  private static func up(_ scope: OrganizationScope, _ profile: UserProfile) -> LinkModel {
    LinkModel(label: profile.user.called, link: .user(scope.organization.slug, profile.user.id))
  }

  private static func confirm(
    _ context: Context, _ scope: OrganizationScope, _ profile: UserProfile, title: String, fault: String?, texts: [String], button: String,
    isCritical: Bool, action: Path
  ) throws -> Response {
    try context.render(
      "shared/confirm-page", Page(title, in: ["Users"], at: .users),
      [
        "heading": Page.heading(up: up(scope, profile)),
        "confirm": [
          "fault": fault, "texts": fault == nil ? texts : [], "action": fault == nil ? action : nil, "button": button,
          "critical": isCritical, "cancel": up(scope, profile).link,
        ] as Value,
      ])
  }

  private static func form(
    _ context: Context, _ scope: OrganizationScope, _ profile: UserProfile, _ draft: UserChanges.Draft, _ failure: Failure? = nil
  ) throws -> Response {
    let faults = failure?.fields ?? []
    let suggestions = try context.read { try AttributeValues.suggestions(scope: scope, in: $0) }
    let fields =
      [
        FormControl("name", "Name", .input(type: "text"), value: draft.name, required: true, faults: faults),
        FormControl(
          "external-id", "External ID", .input(type: "text"), value: draft.externalID,
          hint: "Your own id for this person; once in the organization.", faults: faults),
      ]
      + Attribute.allCases.map {
        FormControl(
          $0.rawValue, $0.label, .input(type: "text", list: suggestions[$0] ?? []), value: draft.attributes[$0] ?? "", faults: faults)
      }
    let form = FormModel(
      action: .editUser(scope.organization.slug, profile.user.id), failure: failure, fields: fields, button: "Save changes",
      cancel: LinkModel(label: "Cancel", link: up(scope, profile).link))
    let lede = "\(profile.user.email) stays as it is: it is the person’s sign-in."
    return try context.render(
      "shared/form-page", Page("Edit \(profile.user.called)", in: ["Users"], at: .users, hasErrors: failure != nil),
      ["heading": Page.heading(up: up(scope, profile), lede: lede), "form": form], status: failure == nil ? 200 : 422)
  }
}

extension Context {
  /// The person of the address; 0, which nobody has, for anything that is no number.
  var userID: Int64 { request.parameters["user"].flatMap { Int64($0) } ?? 0 }
}

extension User {
  /// The name; who has none is called by the email.
  var called: String { name.isEmpty ? email : name }
}
