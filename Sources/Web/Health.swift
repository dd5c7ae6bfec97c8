import Database
import HTTPServer

/// Answers whoever watches over the installation.
struct Health: Sendable {
  private let site: Site

  init(_ site: Site) { self.site = site }

  /// GET /healthz: 200 when the database answers and has every migration, else 503. It reads, so it does not wait for writers.
  func respond(_ request: Request) throws -> Response {
    do {
      let missing = try site.database.migrationStatus(site.migrations).filter { $0.appliedAt == nil }
      guard missing.isEmpty else { return .text("migrations are missing\n", status: 503) }
      return .text("ok\n")
    } catch {
      site.log.problem("\(error)", id: request.id)
      return .text("the database cannot be read\n", status: 503)
    }
  }
}
