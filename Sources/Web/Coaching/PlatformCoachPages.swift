import Domain
import HTTPServer

/// The platform's coaches who have worked with an organization.
enum PlatformCoachPages {
  /// GET /o/{slug}/user-metrics/platform-coaches
  static func list(_ context: Context, _ scope: OrganizationScope) throws -> Response { try CoachListPage.show(.platform, context, scope) }

  /// GET /o/{slug}/user-metrics/platform-coaches.csv: the coaches listed, of all pages, with the columns shown.
  static func export(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    try CoachListPage.export(.platform, context, scope, named: "platform-coaches")
  }

  /// GET /o/{slug}/user-metrics/platform-coaches/{coach}
  static func show(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    try CoachProfilePage.show(.platform, context, scope)
  }
}

/// An organization's own coaches.
enum OrganizationCoachPages {
  /// GET /o/{slug}/user-metrics/organization-coaches
  static func list(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    try CoachListPage.show(.organization, context, scope)
  }

  /// GET /o/{slug}/user-metrics/organization-coaches.csv: the coaches listed, of all pages, with the columns shown.
  static func export(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    try CoachListPage.export(.organization, context, scope, named: "organization-coaches")
  }

  /// GET /o/{slug}/user-metrics/organization-coaches/{coach}
  static func show(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    try CoachProfilePage.show(.organization, context, scope)
  }
}

extension Context {
  /// The coach of the address; 0, which nobody has, for anything that is no number.
  var coachID: Int64 { request.parameters["coach"].flatMap { Int64($0) } ?? 0 }
}
