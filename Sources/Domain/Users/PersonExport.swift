public import Database

/// Everything that an organization holds about a person, as one JSON document: what the person may ask for.
///
/// Rows pass by one at a time, so that a long history costs no memory.
public struct PersonExport: Sendable {
  let scope: OrganizationScope
  let user: Int64
  let emailKey: String
  let now: Moment

  /// The export of a person of the organization.
  ///
  /// - Throws: `Failure.notFound` as `UserProfile.find` does.
  public init(of user: Int64, scope: OrganizationScope, now: Moment, in connection: any Connection) throws {
    let profile = try UserProfile.find(id: user, scope: scope, now: now, in: connection)
    (self.scope, self.user, self.now) = (scope, user, now)
    emailKey = profile.user.email.lowercased()
  }

  /// How a column is written.
  enum Kind {
    /// Text as it is; a moment, of which none is null; numbers; a truth.
    case text, moment, int, decimal, truth
  }

  /// A list of the document: its name, its columns in the order of the query, and the query.
  struct Section {
    let name: String
    let columns: [(name: String, kind: Kind)]
    let query: SQL
  }

  /// Writes the document.
  public func write(in connection: any Connection, to sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws {
    var json = JSONWriter(sink)
    try json.beginObject()
    try json.name("exportedAt")
    try json.text(now.text)
    try json.name("organization")
    try json.text(scope.organization.name)
    for section in sections {
      try json.name(section.name)
      try json.beginList()
      try connection.stream(section.query) { row in
        try json.beginObject()
        for (index, column) in section.columns.enumerated() {
          try json.name(column.name)
          try PersonExport.write(row, index, column.kind, to: &json)
        }
        try json.endObject()
        return true
      }
      try json.endList()
    }
    try json.endObject()
    try json.finish()
  }

  private static func write(_ row: borrowing Row, _ column: Int, _ kind: Kind, to json: inout JSONWriter) throws {
    if row.isNull(column) { return try json.literal("null") }
    switch kind {
    case .text: try json.text(row.text(column))
    case .moment:
      let text = row.text(column)
      if text.isEmpty || text == "9999" { try json.literal("null") } else { try json.text(text) }
    case .int: try json.literal(String(row.int(column)))
    case .decimal:
      let value = row.double(column)
      try json.literal(value.isFinite ? "\(value)" : "null")
    case .truth: try json.literal(row.bool(column) ? "true" : "false")
    }
  }
}
