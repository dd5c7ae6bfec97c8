import Domain
import HTTPServer

/// The two reports as downloads: the rows of `provost export`, with a byte order mark for spreadsheets.
enum ReportPages {
  /// GET /o/{slug}/reports/usage-report.csv?program=…
  static func usage(_ context: Context, _ scope: OrganizationScope) throws -> Response { try download(.usage, context, scope) }

  /// GET /o/{slug}/reports/membership-report.csv?program=…
  static func membership(_ context: Context, _ scope: OrganizationScope) throws -> Response { try download(.membership, context, scope) }

  private static func download(_ report: Report, _ context: Context, _ scope: OrganizationScope) throws -> Response {
    let slugs = context.request.query.all("program").filter { !$0.isEmpty }
    // What cannot be found is answered before the download begins.
    let programs = slugs.isEmpty ? nil : try context.read { try Report.programs(slugs, scope: scope, in: $0) }
    let database = context.site.database
    return Download.csv(context, named: "\(report.rawValue)-\(scope.organization.slug)") { sink in
      try database.export { try report.write(scope: scope, programs: programs, in: $0, bom: true, sink: sink) }
    }
  }
}
