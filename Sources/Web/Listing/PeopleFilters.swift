import Domain
import Templates

// What the filters of Members and Users have in common.

extension Attribute {
  /// The nine text filters.
  static func filterGroup(_ wanted: [Attribute: String], _ suggestions: [Attribute: [String]]) -> FilterForm.Group {
    FilterForm.Group(
      legend: "Attributes",
      texts: allCases.map {
        FilterForm.Text(name: $0.rawValue, label: $0.label, value: wanted[$0] ?? "", suggestions: suggestions[$0] ?? [])
      })
  }
}

extension [Contract] {
  /// The contracts to tick.
  func filterGroup(chosen: [Int64]) -> FilterForm.Group {
    FilterForm.Group(
      legend: "Contract",
      checks: map { FilterForm.Check(name: "contract", value: String($0.id), label: $0.name, isChecked: chosen.contains($0.id)) })
  }
}

extension ListState {
  /// A removable tag for each contract and attribute that is filtered by, and for the search.
  func tags(contracts: [Contract], attributes: [Attribute: String]) -> [Listing.Tag] {
    var tags = values("contract").map { id in
      tag("Contract", contracts.first { String($0.id) == id }?.name ?? "unknown", parameter: "contract", raw: id)
    }
    tags += Attribute.allCases.compactMap { attribute in
      attributes[attribute].map { tag(attribute.label, $0, parameter: attribute.rawValue, raw: $0) }
    }
    if let text = value("q") { tags.append(tag("Search", text, parameter: "q", raw: text)) }
    return tags
  }
}

extension FilterForm {
  /// The list without any filter and search.
  func clearLinkWithoutSearch(_ state: ListState) -> Path {
    groups.flatMap { $0.checks.map(\.name) + $0.texts.map(\.name) }.reduce(state) { $0.without($1) }.without("q", "page").link
  }
}
