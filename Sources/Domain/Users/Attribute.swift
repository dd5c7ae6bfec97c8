public import Database

/// What an organization may say of a user beyond name, email and external ID (product.md 2), in the order of the reports.
public enum Attribute: String, Sendable, CaseIterable {
  case managerName = "manager_name"
  case managerEmail = "manager_email"
  case jobTitle = "job_title"
  case jobType = "job_type"
  case businessUnit = "business_unit"
  case businessUnit2 = "business_unit_2"
  case locationCity = "location_city"
  case locationCountry = "location_country"
  case locationRegion = "location_region"

  /// As the reports head their columns.
  public var header: String {
    switch self {
    case .managerName: "Manager Name"
    case .managerEmail: "Manager Email"
    case .jobTitle: "Job Title"
    case .jobType: "Job Type"
    case .businessUnit: "Business Unit"
    case .businessUnit2: "Business Unit 2"
    case .locationCity: "Location City"
    case .locationCountry: "Location Country"
    case .locationRegion: "Location Region"
    }
  }

  /// As screens name it.
  public var label: String {
    let words = header.lowercased()
    return words.prefix(1).uppercased() + words.dropFirst()
  }

  /// The column of `users` and of `memberships` that holds the value's id in `attribute_values`; NULL where the user has none.
  public var column: SQL {
    switch self {
    case .managerName: "manager_name_id"
    case .managerEmail: "manager_email_id"
    case .jobTitle: "job_title_id"
    case .jobType: "job_type_id"
    case .businessUnit: "business_unit_id"
    case .businessUnit2: "business_unit_2_id"
    case .locationCity: "location_city_id"
    case .locationCountry: "location_country_id"
    case .locationRegion: "location_region_id"
    }
  }
}

/// The ids of the attributes' values in the rows of one page, by person, until their texts are loaded.
struct AttributeIDs {
  private let attributes: [Attribute]
  private var ids: [Int64: [Int64?]] = [:]

  init(_ attributes: [Attribute]) { self.attributes = attributes }

  /// The columns of the table with that alias, each after a comma: what a select has to end its list with.
  func columns(alias: SQL) -> SQL { SQL.join(attributes.map { ", \(alias).\($0.column)" }, "") }

  /// Takes the columns of a row, which begin at `column`.
  mutating func take(_ id: Int64, _ row: borrowing Row, from column: Int) {
    var values: [Int64?] = []
    for offset in attributes.indices { values.append(row.intOrNil(column + offset)) }
    ids[id] = values
  }

  /// The texts of each person's attributes, as far as there are any.
  func texts(in connection: any Connection) throws -> [Int64: [Attribute: String]] {
    if attributes.isEmpty { return [:] }
    let values = try AttributeValues.load(Set(ids.values.joined().compactMap(\.self)), in: connection)
    return ids.mapValues { row in
      var texts: [Attribute: String] = [:]
      for (attribute, id) in zip(attributes, row) where id != nil { texts[attribute] = values.text(id) }
      return texts
    }
  }
}

/// The values that an organization's attributes have, by id.
public struct AttributeValues: Sendable {
  private let texts: [Int64: String]

  /// The text of a value; empty for none.
  public func text(_ id: Int64?) -> String { id.flatMap { texts[$0] } ?? "" }

  /// Loads the values with these ids.
  static func load(_ ids: Set<Int64>, in connection: any Connection) throws -> AttributeValues {
    if ids.isEmpty { return AttributeValues(texts: [:]) }
    var texts: [Int64: String] = [:]
    try connection.rows("SELECT id, value FROM attribute_values WHERE id IN (\(list: ids.sorted()))") { row in
      texts[row.int(0)] = row.text(1)
      return true
    }
    return AttributeValues(texts: texts)
  }

  /// The first values of each attribute in alphabetical order, as suggestions for a filter. Whoever reaches single programs gets those of people
  /// there, and of the first thousand only: a list of suggestions is worth no walk through everybody.
  public static func suggestions(
    scope: OrganizationScope, limit: Int = 100, in connection: any Connection
  ) throws -> [Attribute: [String]] {
    let within = scope.reachesOrganization ? nil : try ids(scope: scope, limit: limit, in: connection)
    let each = Attribute.allCases.enumerated().map { place, attribute -> SQL in
      let condition: SQL = within.map { "id IN (\(list: $0[attribute, default: []].sorted()))" } ?? "1 = 1"
      return """
        SELECT \(place) AS place, v.value FROM (SELECT value FROM attribute_values
          WHERE organization_id = \(scope.organization.id) AND attribute = \(attribute.rawValue) AND \(condition)
          ORDER BY value LIMIT \(limit)) v
        """
    }
    var result: [Attribute: [String]] = [:]
    try connection.rows("SELECT x.place, x.value FROM (\(SQL.join(each, " UNION ALL "))) x ORDER BY x.place, x.value") { row in
      result[Attribute.allCases[Int(row.int(0))], default: []].append(row.text(1))
      return true
    }
    return result
  }

  /// Some values of the first members of the programs within reach. The unary plus keeps the organization's index out of it.
  private static func ids(scope: OrganizationScope, limit: Int, in connection: any Connection) throws -> [Attribute: Set<Int64>] {
    var ids: [Attribute: Set<Int64>] = [:]
    try connection.rows(
      """
      SELECT m.user_id\(AttributeIDs(Attribute.allCases).columns(alias: "m")) FROM memberships m
      WHERE +m.organization_id = \(scope.organization.id) AND m.state = 'MEMBER' AND \(scope.condition(program: "m.program_id")) LIMIT 1000
      """
    ) { row in
      for (index, attribute) in Attribute.allCases.enumerated() {
        if let id = row.intOrNil(index + 1), ids[attribute, default: []].count < limit { ids[attribute, default: []].insert(id) }
      }
      return true
    }
    return ids
  }

  /// The ids of an attribute's values that contain a text, whatever its case and accents.
  static func matching(_ text: String, of attribute: Attribute, organization: Int64, in connection: any Connection) throws -> [Int64] {
    let wanted = text.folded
    var ids: [Int64] = []
    try connection.rows(
      "SELECT id, value FROM attribute_values WHERE organization_id = \(organization) AND attribute = \(attribute.rawValue)"
    ) { row in
      if row.text(1).folded.contains(wanted) { ids.append(row.int(0)) }
      return true
    }
    return ids
  }
}
