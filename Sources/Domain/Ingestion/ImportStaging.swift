import CSV
import Database
import Foundation

/// One run of an import on a workbench.
struct ImportStaging {
  let job: Import
  let steps: any ImportSteps

  init(_ job: Import, steps: any ImportSteps) { (self.job, self.steps) = (job, steps) }

  func run(
    _ organization: Int64, _ actor: Int64, _ connection: any Workbench, _ clock: Clock, _ progress: (Import.Progress) -> Void
  ) throws -> ImportOutcome {
    var outcome = ImportOutcome()
    outcome.isDryRun = job.options.isDryRun
    var file = try CSVFile(path: job.path, encoding: job.options.encoding)
    guard let header = try header(&file, &outcome) else { return outcome }
    let context = ImportContext(
      organization: organization, connection: connection, places: header.places.map { ($0 ?? -1) + 1 }, at: clock.now)
    let faults = ImportFaults(connection: connection, names: header.names)
    let broken = try stage(&file, context, &outcome, progress)
    progress(.checking)
    try faults.collect()
    if broken == nil { try check(context, faults) }
    outcome.badRows = try faults.badRows()
    outcome.faults = try faults.first(ImportOutcome.shownFaults)
    if let broken {
      outcome.isBroken = true
      outcome.faults = outcome.faults.prefix(ImportOutcome.shownFaults - 1) + [ImportFault(broken, names: header.names)]
      return outcome
    }
    outcome.isRefused = outcome.badRows > 0 && !job.options.skipsBadRows
    if outcome.isRefused { return outcome }
    outcome.changes = try steps.prepare(context)
    if job.options.isDryRun { return outcome }
    // The bad rows go first: whatever happens afterwards, none of them is lost.
    if outcome.badRows > 0 { outcome.rejects = try Rejects(job: job, faults: faults, header: header).write() }
    if outcome.changesAnything { try write(outcome, context, actor, clock, progress) }
    outcome.isDone = true
    return outcome
  }

  /// Reads the header; nil when it is not fit, which the outcome says then.
  private func header(_ file: inout CSVFile, _ outcome: inout ImportOutcome) throws -> CSVHeader? {
    do {
      return try file.header(required: job.kind.headers)
    } catch {
      if error.kind == .unreadable { throw error }
      outcome.isBroken = true
      outcome.faults = [ImportFault(error, names: [])]
      return nil
    }
  }

  /// Checks the rows against each other and the database, and again without the bad ones, as long as that shows more.
  private func check(_ context: ImportContext, _ faults: ImportFaults) throws {
    try steps.load(context)
    var known = try faults.badRows()
    while true {
      try steps.check(context)
      let now = try faults.badRows()
      if now == known || !job.options.skipsBadRows { return }
      known = now
      _ = try faults.dropRows()
    }
  }

  private func write(
    _ outcome: ImportOutcome, _ context: ImportContext, _ actor: Int64, _ clock: Clock, _ progress: (Import.Progress) -> Void
  ) throws {
    progress(.writing)
    do {
      try context.connection.write(organization: context.organization) { tx in
        try steps.write(context, in: tx)
        try AuditTrail.record(
          "file_imported", by: actor, organization: context.organization, about: .organization(context.organization),
          values: values(outcome), at: clock.now, in: tx)
      }
    } catch let error as DatabaseError where error.kind == .unique || error.kind == .foreignKey {
      throw Failure.changedMeanwhile
    }
    if outcome.changes.reduce(0, { $0 + $1.created + $1.changed }) >= ImportContext.many { context.connection.tidy(steps.tables) }
  }

  /// The counts of an import as its audit event keeps them.
  private func values(_ outcome: ImportOutcome) -> [(name: String, value: String)] {
    var values = [("kind", job.kind.rawValue), ("rows", String(outcome.rows)), ("bad rows", String(outcome.badRows))]
    for change in outcome.changes {
      if change.created > 0 { values.append((change.things + " created", String(change.created))) }
      if change.changed > 0 { values.append((change.things + " changed", String(change.changed))) }
    }
    return values.map { (name: $0.0, value: $0.1) }
  }

  /// Streams the file into `import_rows`; returns the fault that ended the reading.
  private func stage(
    _ file: inout CSVFile, _ context: ImportContext, _ outcome: inout ImportOutcome, _ progress: (Import.Progress) -> Void
  ) throws -> CSVError? {
    try ImportFaults.prepare(context.connection)
    try context.connection.run("CREATE TEMPORARY TABLE import_rows (line \(.integerKey), \(steps.declarations), fault TEXT)")
    let zone = try context.connection.first("SELECT time_zone FROM organizations WHERE id = \(context.organization)") { $0.text(0) }
    let cells = CellReader(headers: job.kind.headers, zone: zone.flatMap { TimeZone(identifier: $0) } ?? .gmt)
    var broken: CSVError?
    var rows: Int64 = 0
    _ = try context.connection.load(into: "import_rows", columns: ["line"] + steps.columns + ["fault"]) { sink in
      var isMore = true
      while isMore {
        let before = rows
        do {
          try file.rows(limit: 10_000) { row in
            rows += 1
            sink.int(Int64(row.line))
            if cells.begin(row) { steps.stage(row, cells, sink) } else { for _ in steps.columns { sink.null() } }
            if cells.faults.isEmpty { sink.null() } else { sink.text(cells.faults) }
            try sink.endRow()
          }
        } catch let error as CSVError {
          broken = error
        }
        isMore = broken == nil && rows > before
        progress(.reading(bytes: file.bytesRead))
      }
    }
    outcome.rows = rows
    try context.connection.describe("import_rows")
    return broken
  }
}
