import Domain
import HTTPServer

/// Leads an address without an organization to the one that the viewer means.
enum Entrance {
  static func lead(_ context: Context, to pattern: String) throws -> Response {
    guard let viewer = context.session?.viewer else { throw Failure.notFound }
    guard !viewer.grants.isEmpty else {
      throw Failure(
        .forbidden, "You are signed in as \(viewer.email), which has no administrator role. Ask your organization's administrator for one.")
    }
    if !viewer.isAdministrator, let coach = viewer.coaches.first {
      guard pattern == "/" else { throw Failure(.forbidden, "Your role does not include this page.") }
      return try context.redirect(to: .coach(coach))
    }
    if viewer.reachesSeveralOrganizations { return try context.redirect(to: .organizations) }
    guard let slug = try context.read({ try OrganizationList.entrance(for: viewer, in: $0) }) else { throw Failure.notFound }
    let rest = pattern.split(separator: "/").map(String.init)
    return try context.redirect(to: Path(["o", slug] + rest, query: context.request.query.pairs.map { ($0.name, $0.value) }))
  }
}
