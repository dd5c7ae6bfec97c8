public import Database

// What the command line names in words.

extension Stage {
  /// The stage of a word, or of the label itself in any case.
  ///
  /// - Throws: `Failure` with code `notFound`, whose sentence names the stages.
  public static func named(_ text: String) throws -> Stage {
    let wanted = text.folded
    if let stage = allCases.first(where: { $0.word == wanted || $0.label.folded == wanted }) { return stage }
    throw Failure(.notFound, "There is no stage \"\(text)\". Choose one of \(CellReader.list(allCases.map(\.word))).")
  }
}

extension LearnerColumn {
  /// The column with a header, in any case, or with the word that addresses have for it.
  ///
  /// - Throws: `Failure` with code `notFound`, whose sentence names the columns.
  public static func named(_ text: String) throws -> LearnerColumn {
    let wanted = text.folded
    if let column = allCases.first(where: { $0.rawValue == wanted || $0.header.folded == wanted }) { return column }
    throw Failure(.notFound, "There is no column \"\(text)\". Choose from \(CellReader.list(allCases.map(\.rawValue))), or name a header.")
  }
}

extension LearnerFilter {
  /// The groups of an organization with these names.
  ///
  /// - Throws: `Failure` with code `notFound`, whose sentence names the groups that there are.
  public static func groups(named names: [String], scope: OrganizationScope, in connection: any Connection) throws -> [Int64] {
    if names.isEmpty { return [] }
    let groups = try connection.all(
      "SELECT id, name FROM coaching_groups WHERE organization_id = \(scope.organization.id) ORDER BY name, id"
    ) { (id: $0.int(0), name: $0.text(1)) }
    return try names.map { name in
      if let exact = groups.first(where: { $0.name == name }) ?? groups.first(where: { $0.name.folded == name.folded }) { return exact.id }
      let there = groups.isEmpty ? "It has no groups yet." : "It has \(CellReader.list(groups.map { $0.name }))."
      throw Failure(.notFound, "There is no group \"\(name)\" in the organization \(scope.organization.slug). \(there)")
    }
  }
}
