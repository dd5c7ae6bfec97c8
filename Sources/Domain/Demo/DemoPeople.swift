import Database

/// A person of the demo: the account and the keys that lists sort and search by.
struct DemoPerson {
  let id: Int64, searchKey: String, emailKey: String
  /// Ids of the nine attributes' values, in their order.
  let attributes: [Int64?]
}

extension DemoWorld {
  /// Writes the people of an organization and gives them with their ids.
  mutating func addPeople(count: Int, organization: DemoCatalog.Organization, id: Int64) throws -> [DemoPerson] {
    struct Draft {
      let name: String, email: String, externalID: String?, attributes: [Int64?]
    }
    var values: [String: Int64] = [:]
    var drafts: [Draft] = []
    for number in 0..<count {
      let person = DemoNames.person(number, &random)
      let email = "\(person.local)@\(organization.mailDomain)"
      let attributes = try imagineAttributes(organization, id: id, values: &values)
      drafts.append(
        Draft(name: person.name, email: email, externalID: random.chance(80) ? "E-\(20_000 + number)" : nil, attributes: attributes))
    }
    let created = now.adding(days: -548).text
    _ = try connection.load(into: "accounts", columns: ["email", "email_key", "name", "created_at"]) { sink in
      for draft in drafts {
        sink.text(draft.email)
        sink.text(draft.email.lowercased())
        sink.text(draft.name)
        sink.text(created)
        try sink.endRow()
      }
    }
    var ids: [String: Int64] = [:]
    try connection.stream("SELECT id, email_key FROM accounts WHERE email_key LIKE \("%@" + organization.mailDomain)") { row in
      ids[row.text(1)] = row.int(0)
      return true
    }
    let people = drafts.compactMap { draft in
      ids[draft.email.lowercased()].map {
        DemoPerson(
          id: $0, searchKey: draft.name.folded + "\n" + draft.email.lowercased(), emailKey: draft.email.lowercased(),
          attributes: draft.attributes)
      }
    }
    _ = try connection.load(
      into: "users",
      columns: [
        "organization_id", "id", "manager_name_id", "manager_email_id", "job_title_id", "job_type_id", "business_unit_id",
        "business_unit_2_id", "location_city_id", "location_country_id", "location_region_id", "search_key", "email_key", "name",
        "email", "external_id", "created_at",
      ]
    ) { sink in
      for (person, draft) in zip(people, drafts) {
        sink.int(id)
        sink.int(person.id)
        person.write(to: sink)
        sink.text(draft.name)
        sink.text(draft.email)
        if let externalID = draft.externalID { sink.text(externalID) } else { sink.null() }
        sink.text(created)
        try sink.endRow()
      }
    }
    return people
  }

  private mutating func imagineAttributes(_ organization: DemoCatalog.Organization, id: Int64, values: inout [String: Int64]) throws
    -> [Int64?]
  {
    let manager = random.one(DemoCatalog.managers)
    let place = random.one(DemoCatalog.places)
    var result: [Int64?] = []
    for attribute in Attribute.allCases {
      let text: String
      switch attribute {
      case .managerName: text = manager
      case .managerEmail: text = manager.folded.replacing(" ", with: ".") + "@" + organization.mailDomain
      case .locationCity: text = place.0
      case .locationCountry: text = place.1
      case .locationRegion: text = place.2
      default: text = random.one(DemoCatalog.attributes[attribute] ?? [""])
      }
      if random.chance(6) {
        result.append(nil)
        continue
      }
      let key = attribute.rawValue + "\n" + text
      let known =
        try values[key]
        ?? insert(
          "INSERT INTO attribute_values (organization_id, attribute, value) VALUES (\(id), \(attribute.rawValue), \(text)) RETURNING id")
      values[key] = known
      result.append(known)
    }
    return result
  }
}

extension DemoPerson {
  /// The eleven cells that users and memberships share: nine attributes, search key, email key.
  func write(to sink: any RowSink) {
    for value in attributes {
      if let value { sink.int(value) } else { sink.null() }
    }
    sink.text(searchKey)
    sink.text(emailKey)
  }
}
