import Domain
import HTTPServer

/// The two reports as downloads. The same rows as `provost export`, with a byte order mark for spreadsheets.
enum ReportPages {
  /// GET /o/{slug}/reports/usage-report.csv?program=…
  static func usage(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let programs = try programs(context, scope)
    let database = context.site.database
    return Download.csv(context, named: "usage-report-\(scope.organization.slug)") { sink in
      try database.export { try UsageReport.write(scope: scope, programs: programs, in: $0, bom: true, to: sink) }
    }
  }

  /// GET /o/{slug}/reports/membership-report.csv?program=…
  static func membership(_ context: Context, _ scope: OrganizationScope) throws -> Response {
    let programs = try programs(context, scope)
    let database = context.site.database
    return Download.csv(context, named: "membership-report-\(scope.organization.slug)") { sink in
      try database.export { try MembershipReport.write(scope: scope, programs: programs, in: $0, bom: true, to: sink) }
    }
  }

  /// The ids of the programs that the address names; nil for all within reach.
  private static func programs(_ context: Context, _ scope: OrganizationScope) throws -> [Int64]? {
    let slugs = context.request.query.all("program").filter { !$0.isEmpty }
    if slugs.isEmpty { return nil }
    return try context.read { connection in try slugs.map { try Program.find(slug: $0, scope: scope, in: connection).id } }
  }
}
