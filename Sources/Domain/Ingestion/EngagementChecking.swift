import Database

extension EngagementImport {
  func check(_ context: ImportContext) throws {
    try people.gather(context)
    try people.check(context)
    try resolve(context)
    try checkNames(context)
    for (column, place) in EngagementImport.moments where place != Place.ends && place != Place.opened {
      try context.refuseFuture(column, place: place)
    }
    try context.refuseTwice(["email_key", "launched_at"], place: Place.launched, "this engagement")
    func refuse(_ place: Int, _ condition: SQL, _ reason: SQL) throws {
      try context.connection.run(
        """
        INSERT INTO import_faults (line, place, reason) SELECT r.line, \(context.place(place)), \(reason) FROM import_rows r WHERE \(condition)
        """)
    }
    try refuse(
      Place.ends, "r.ends_at <= r.launched_at", "'the engagement would end on ' || r.ends_at || ', which is not after its launch'")
    try refuse(
      Place.minimumAnswered, "r.minimum_answered > r.minimum_invited",
      "'of at least ' || r.minimum_invited || ' invited no ' || r.minimum_answered || ' can be needed to answer'")
    try refuse(
      Place.maximumInvited, "r.maximum_invited < r.minimum_invited",
      "'at most ' || r.maximum_invited || ' invited is less than at least ' || r.minimum_invited")
  }

  private func checkNames(_ context: ImportContext) throws {
    let (connection, organization) = (context.connection, context.organization)
    try purchases.check(
      context, place: Place.purchase, "company purchase",
      tail: NameStage.choices(
        "SELECT name FROM company_purchases WHERE organization_id = \(organization) ORDER BY name LIMIT 20",
        none: "the organization has none yet", in: connection))
    try assessments.check(
      context, place: Place.assessment, "360° assessment",
      tail: NameStage.choices(
        "SELECT DISTINCT name FROM feedback_assessments WHERE organization_id IN (0, \(organization)) ORDER BY name LIMIT 20",
        none: "none exists yet", in: connection))
    try surveys.check(
      context, place: Place.survey, "survey",
      tail: NameStage.choices(
        "SELECT DISTINCT name FROM surveys WHERE organization_id IN (0, \(organization)) ORDER BY name LIMIT 20", none: "none exists yet",
        in: connection))
    try coaches.check(context, place: Place.coach, "coach with the email")
  }

  /// Finds the engagements that are there, and what follows for cells that were left empty.
  private func resolve(_ context: ImportContext) throws {
    let connection = context.connection
    try connection.run(
      """
      UPDATE import_rows SET engagement_id = (SELECT e.id FROM import_people p
        \(.lookup) engagements e ON e.organization_id = \(context.organization) AND e.user_id = p.account_id AND e.launched_at = import_rows.launched_at
        WHERE p.email_key = import_rows.email_key)
      """)
    let given = EngagementImport.parameters.map(\.sql)
    try connection.run(
      """
      UPDATE import_rows SET ends_at = n.ends_at, \(SQL.join(given.map { "\($0) = n.\($0)" }, ", "))
      FROM (SELECT r.line AS line, CASE WHEN r.ends_at = '' AND e.id IS NOT NULL THEN e.ends_at ELSE r.ends_at END AS ends_at,
          \(SQL.join(given.map { "COALESCE(r.\($0), e.\($0), g.\($0)) AS \($0)" }, ", "))
        FROM import_rows r JOIN import_groups g ON g.ref = r.group_ref LEFT JOIN engagements e ON e.id = r.engagement_id) n
      WHERE n.line = import_rows.line
      """)
    try connection.run("UPDATE import_rows SET ends_at = \(SQL.moved("launched_at", days: "duration_days")) WHERE ends_at = ''")
    try connection.run(
      """
      UPDATE import_rows SET remeasurement_opens_at = n.opens_at
      FROM (SELECT r.line AS line, CASE WHEN e.ends_at = r.ends_at AND e.remeasurement = r.remeasurement THEN e.remeasurement_opens_at
          WHEN r.remeasurement = 1 AND g.remeasurement_days IS NOT NULL THEN \(SQL.moved("r.ends_at", days: "-g.remeasurement_days"))
          ELSE '9999' END AS opens_at
        FROM import_rows r JOIN import_groups g ON g.ref = r.group_ref LEFT JOIN engagements e ON e.id = r.engagement_id
        WHERE r.remeasurement_opens_at = '') n
      WHERE n.line = import_rows.line
      """)
    try connection.describe("import_rows")
  }
}

extension SQL {
  /// A moment's text moved by a number of days.
  static func moved(_ moment: SQL, days: SQL) -> SQL {
    SQL(
      sqlite: "strftime('%Y-%m-%dT%H:%M:%fZ', \(moment), (\(days)) || ' days')",
      postgres: """
        to_char(CAST(\(moment) AS timestamp) + (\(days)) * interval '1 day', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
        """)
  }
}
