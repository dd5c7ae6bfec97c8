import Database

extension AttributeUpload {
  /// What came of confirming a draft.
  public struct Confirmation: Sendable, Equatable {
    /// How many people were changed.
    public let changed: Int
    /// Whether somebody had confirmed it before, so that nothing was done now.
    public let isRepeated: Bool
  }

  /// Sets the attributes of everybody whose row differs: all in one transaction, or nothing. Confirming again does nothing.
  ///
  /// - Parameter listener: is told each step.
  /// - Throws: `Failure.notFound`.
  public func confirm(_ id: Int64, listener: WorkListener = .nobody) throws -> Confirmation {
    let now = clock.now
    return try database.workbench { bench in
      let draft = try bench.read { try AttributeDraft.find(id, scope: scope, in: $0) }
      if draft.isDone { return Confirmation(changed: 0, isRepeated: true) }
      listener.began(AttributeStep.load)
      try load(draft, in: bench)
      try Touched.prepare(in: bench)
      listener.began(AttributeStep.turn)
      return try bench.write(organization: scope.organization.id) { tx in
        // Of two who confirm at once the second finds nothing to claim.
        let claimed = try tx.run(
          "UPDATE upload_drafts SET state = 'DONE', done_at = \(now.text) WHERE id = \(id) AND state = 'CHECKED' AND removed_at = ''")
        if claimed == 0 {
          _ = try AttributeDraft.find(id, scope: scope, in: tx)
          return Confirmation(changed: 0, isRepeated: true)
        }
        listener.began(AttributeStep.write)
        let changed = try write(draft.attributes, in: tx)
        listener.began(AttributeStep.figures)
        try Touched.settleRows([.copies], in: tx)
        try AuditTrail.record(
          "attributes_uploaded", by: scope.viewer.accountID, organization: scope.organization.id,
          about: .organization(scope.organization.id),
          values: [
            ("people", "\(changed)"), ("file", draft.fileName), ("attributes", draft.attributes.map(\.label).joined(separator: ", ")),
          ],
          at: now, in: tx)
        return Confirmation(changed: changed, isRepeated: false)
      }
    }
  }

  /// The columns of the temporary table, one for each attribute.
  private static let names: [StaticString] = [
    "manager_name", "manager_email", "job_title", "job_type", "business_unit", "business_unit_2", "location_city", "location_country",
    "location_region",
  ]

  private static func column(_ attribute: Attribute) -> SQL {
    SQL(stringLiteral: names[Attribute.allCases.firstIndex(of: attribute) ?? 0])
  }

  /// Loads the rows that change somebody, part by part, since nothing can be loaded while rows are read.
  private func load(_ draft: AttributeDraft, in bench: any Workbench) throws {
    let columns = SQL.join(AttributeUpload.names.map { "\(SQL(stringLiteral: $0)) TEXT NOT NULL" }, ", ")
    try bench.run("CREATE TEMPORARY TABLE attribute_changes (line \(.integerKey), email_key TEXT NOT NULL, person BIGINT, \(columns))")
    var last: Int64 = 0
    while true {
      let part = try bench.all(
        """
        SELECT line, email_key, cells FROM upload_rows
        WHERE draft_id = \(draft.id) AND outcome = \(AttributeDraft.Outcome.change.rawValue) AND line > \(last) ORDER BY line LIMIT 10000
        """
      ) { (line: $0.int(0), key: $0.text(1), cells: try AttributeDraft.cells($0.text(2))) }
      guard let end = part.last?.line else { break }
      last = end
      _ = try bench.load(into: "attribute_changes", columns: ["line", "email_key"] + AttributeUpload.names) { sink in
        for row in part {
          let cells = Dictionary(zip(draft.attributes, row.cells)) { first, _ in first }
          sink.int(row.line)
          sink.text(row.key)
          for attribute in Attribute.allCases { sink.text(cells[attribute] ?? "") }
          try sink.endRow()
        }
      }
    }
    // An email stays its account's. Here, so that the update below goes from these rows to the people, and not the other way around.
    try bench.run(
      "UPDATE attribute_changes SET person = (SELECT a.id FROM accounts a WHERE a.email_key = attribute_changes.email_key)")
    try bench.describe("attribute_changes")
  }

  /// - Returns: how many people were changed.
  private func write(_ attributes: [Attribute], in tx: any Connection) throws -> Int {
    let organization = scope.organization.id
    for attribute in attributes {
      let column = AttributeUpload.column(attribute)
      try tx.run(
        """
        INSERT INTO attribute_values (organization_id, attribute, value)
        SELECT DISTINCT CAST(\(organization) AS BIGINT), CAST(\(attribute.rawValue) AS TEXT), r.\(column) FROM attribute_changes r
        WHERE r.\(column) <> '' ON CONFLICT (organization_id, attribute, value) DO NOTHING
        """)
    }
    let values = attributes.map { attribute -> SQL in
      """
      \(attribute.column) = (SELECT v.id FROM attribute_values v WHERE v.organization_id = \(organization)
        AND v.attribute = \(attribute.rawValue) AND v.value = r.\(AttributeUpload.column(attribute)))
      """
    }
    let changed = try tx.run(
      """
      UPDATE users SET \(SQL.join(values, ", ")) FROM attribute_changes r
      WHERE users.organization_id = \(organization) AND users.id = r.person
      """)
    try tx.run(
      """
      INSERT INTO touched_memberships (program_id, user_id) SELECT m.program_id, m.user_id FROM attribute_changes r
      \(.lookup) memberships m ON m.organization_id = \(organization) AND m.user_id = r.person
      """)
    return changed
  }
}
