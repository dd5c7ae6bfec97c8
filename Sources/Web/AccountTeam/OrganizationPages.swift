import Domain
import HTTPServer
import Templates

/// The list of organizations, from which the account team enters one.
enum OrganizationPages {
  private static let pageSize = 50

  /// GET /organizations
  static func list(_ context: Context, _ viewer: Viewer) throws -> Response {
    let search = String((context.request.query["q"] ?? "").prefix(200))
    let asked = max(1, min(Int(context.request.query["page"] ?? "") ?? 1, 100_000))
    let list = try context.read {
      try OrganizationList.find(for: viewer, search: search, offset: (asked - 1) * pageSize, limit: pageSize, in: $0)
    }
    let pages = max(1, (list.total + pageSize - 1) / pageSize)
    if asked > pages { return try context.redirect(to: address(search, pages)) }
    let model = OrganizationListModel(list: list, search: search, number: asked, pages: pages, size: pageSize, format: context.format)
    let note = pages > 1 ? "page \(asked) of \(pages)" : nil
    return try context.render(
      "accountteam/organizations", Page("Organizations", note: note, at: .organizations),
      ["organizations": model.heading, "listing": model])
  }

  fileprivate static func address(_ search: String, _ page: Int) -> Path {
    Path.organizations.with(query: [("q", search), ("page", page == 1 ? "" : String(page))])
  }
}

private struct OrganizationListModel: ValueConvertible {
  let list: OrganizationList
  let search: String
  let number: Int
  let pages: Int
  let size: Int
  let format: Format

  var heading: Value {
    ["total": format.number(list.all), "lede": "Enter one to work in it; a bar says where you are until you leave."]
  }

  var templateValue: Value {
    let kept: [Value] = []
    return [
      "status": Value.null, "filters": Value.null, "chooser": Value.null, "tags": Value.null,
      "search": ["action": Path.organizations, "label": "Search by name or address", "value": search, "kept": kept] as Value,
      "count": search.isEmpty
        ? format.plural(Int64(list.total), "organization", "organizations")
        : "\(format.number(list.total)) of \(format.plural(Int64(list.all), "organization", "organizations"))",
      "table": list.entries.isEmpty ? Value.null : table,
      "empty": list.entries.isEmpty ? empty : Value.null,
      "pager": pages > 1 ? pager : Value.null,
    ]
  }

  private var table: Value {
    func column(_ label: String, number: Bool = false) -> Value {
      ["label": label, "number": number, "sortLink": Value.null, "direction": Value.null, "definition": Value.null]
    }
    let columns = [column("Organization"), column("Programs", number: true), column("Members", number: true), column("Time zone")]
    return [
      "label": "Organizations", "filterID": Value.null, "filterLabel": Value.null, "columns": columns,
      "rows": list.entries.map { ["cells": cells($0)] as Value },
    ]
  }

  private func cells(_ entry: OrganizationList.Entry) -> [Value] {
    func cell(_ text: String, number: Bool = false) -> Value {
      let badges: [Value] = []
      return [
        "head": Value.null, "number": number, "text": text, "link": Value.null, "time": Value.null, "badges": badges, "graphic": Value.null,
      ]
    }
    let slug = entry.organization.slug
    let head: Value = ["head": ["primary": entry.organization.name, "secondary": "/" + slug, "link": Path.home(slug)] as Value]
    return [
      head.adding(cell("")), cell(format.number(entry.programs), number: true), cell(format.number(entry.members), number: true),
      cell(entry.organization.timeZone),
    ]
  }

  private var empty: Value {
    if list.all == 0 {
      return [
        "filtered": false, "title": "No organizations yet",
        "text": "Make the first one on the command line: provost organization create --slug SLUG --name NAME", "action": Value.null,
      ]
    }
    return [
      "filtered": true, "title": "No organization matches", "text": "No name or address contains “\(search)”.",
      "action": ["label": "Show all organizations", "link": Path.organizations] as Value,
    ]
  }

  private var pager: Value {
    let first = (number - 1) * size + 1
    let near = (max(1, number - 2)...min(pages, number + 2))
    var items: [Value] = []
    for page in 1...pages {
      if page == 1 || page == pages || near.contains(page) {
        items.append(["label": String(page), "link": OrganizationPages.address(search, page), "current": page == number])
      } else if page == near.lowerBound - 1 || page == near.upperBound + 1 {
        items.append(["label": "…", "link": Value.null, "current": false])
      }
    }
    return [
      "summary": "\(format.number(first))–\(format.number(first + list.entries.count - 1)) of \(format.number(list.total))",
      "sizes": Value.null,
      "steps": [
        "previousLink": number > 1 ? OrganizationPages.address(search, number - 1) : nil,
        "nextLink": number < pages ? OrganizationPages.address(search, number + 1) : nil, "items": items,
      ] as Value,
    ]
  }
}
