import CSV
public import Database

/// Lists of what was set up, as CSV with a byte order mark.
enum SetUpFile {
  enum Cell {
    case text(String)
    case number(Int64?)
    /// A moment or another text that no spreadsheet takes for a formula.
    case plain(String)
  }

  static func write<Entry>(
    _ headers: [String], _ entries: [Entry], to sink: @escaping (UnsafeRawBufferPointer) throws -> Void, _ cells: (Entry) -> [Cell]
  ) throws {
    var writer = CSVWriter(bom: true, sink)
    for header in headers { writer.text(header) }
    try writer.endRow()
    for entry in entries {
      for cell in cells(entry) {
        switch cell {
        case .text(let text): writer.text(text)
        case .number(let number): if let number { writer.number(number) } else { writer.empty() }
        case .plain(let text): writer.raw(text)
        }
      }
      try writer.endRow()
    }
    try writer.finish()
  }
}

extension CompanyPurchase {
  /// What the list may be sorted by.
  public enum Key: String, Sendable {
    case name, licenses, used, left, sessions, expires
  }

  /// Finds the purchases whose name contains a text.
  ///
  /// - Throws: `Failure.notFound` for whoever reaches single programs only.
  public static func list(
    search: String, sort: Sorting<Key>, request: PageRequest, scope: OrganizationScope, in connection: any Connection
  ) throws -> ShortList<CompanyPurchase> {
    try ShortList(
      all(scope: scope, in: connection), search: search, descending: sort.descending, request: request, texts: { [$0.name] },
      key: { $0.key(sort.key) })
  }

  /// The same, all of them, as CSV with a byte order mark.
  public static func write(
    search: String, sort: Sorting<Key>, scope: OrganizationScope, in connection: any Connection,
    to sink: @escaping (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let found = ShortList.found(
      try all(scope: scope, in: connection), search: search, descending: sort.descending, texts: { [$0.name] }, key: { $0.key(sort.key) })
    try SetUpFile.write(
      ["Purchase", "Licenses", "Given", "Left", "Sessions per Learner", "Late Cancels Count", "Expires"], found, to: sink
    ) {
      [
        .text($0.name), .number($0.licenses), .number($0.used), .number($0.left), .number($0.sessions),
        .text($0.lateCancelsCount ? "Yes" : "No"), .plain($0.expiresAt),
      ]
    }
  }

  private func key(_ key: Key) -> (number: Int64, text: String) {
    switch key {
    case .name: (0, name.folded)
    case .licenses: (licenses, "")
    case .used: (used, "")
    case .left: (left, "")
    case .sessions: (sessions, "")
    case .expires: (0, expiresAt.isEmpty ? "9999" : expiresAt)
    }
  }
}
