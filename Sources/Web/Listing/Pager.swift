import Domain
import Templates

/// The way through the pages of a list: 1 … 4 **5** 6 … 15, and the sizes a page may have.
struct Pager: ValueConvertible {
  struct Step: ValueConvertible {
    let label: String, link: Path?, isCurrent: Bool
    var templateValue: Value { ["label": label, "link": link, "current": isCurrent] }
  }
  struct Steps: ValueConvertible {
    let previous: Path?, next: Path?, items: [Step]
    var templateValue: Value { ["previousLink": previous, "nextLink": next, "items": items] }
  }
  let summary: String
  let sizes: [Step]
  let steps: Steps?

  var templateValue: Value {
    ["summary": summary, "sizes": sizes.isEmpty ? Value.null : ["items": sizes] as Value, "steps": steps]
  }

  /// The pager of a page; nil where there is nothing to page through.
  init?<Row>(_ page: ListPage<Row>, state: ListState, format: Format) {
    guard page.total > 0 else { return nil }
    let first = (page.number - 1) * page.size + 1
    summary = "\(format.number(first))–\(format.number(first + page.rows.count - 1)) of \(format.number(page.total))"
    sizes =
      page.total <= PageRequest.sizes[0]
      ? []
      : PageRequest.sizes.map { size in
        Step(label: String(size), link: state.with("size", String(size)).link, isCurrent: size == page.size)
      }
    steps = page.count == 1 ? nil : Pager.steps(number: page.number, count: page.count, state: state, format: format)
  }

  private static func steps(number: Int, count: Int, state: ListState, format: Format) -> Steps {
    var shown = Set([1, count, number - 1, number, number + 1].filter { (1...count).contains($0) })
    // A gap of one page is no shorter than its number.
    if number == 4 { shown.insert(2) }
    if number == count - 3 { shown.insert(count - 1) }
    var items: [Step] = []
    var last = 0
    for page in shown.sorted() {
      if page > last + 1 { items.append(Step(label: "…", link: nil, isCurrent: false)) }
      items.append(Step(label: format.number(page), link: state.at(page: page).link, isCurrent: page == number))
      last = page
    }
    return Steps(
      previous: number > 1 ? state.at(page: number - 1).link : nil, next: number < count ? state.at(page: number + 1).link : nil,
      items: items)
  }
}
