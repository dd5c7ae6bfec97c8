import Domain
import HTTPServer
import Templates

/// The whole state of a list as its address holds it: path and parameters, in a fixed order, without the empty ones.
struct ListState {
  typealias Parameter = (name: String, value: String)

  let path: Path
  private(set) var parameters: [Parameter]

  /// Takes the parameters that the list knows from a request; anything else in the address is dropped.
  init(_ path: Path, query: Form, knowing names: [String]) {
    self.path = path
    parameters = names.flatMap { name in
      query.all(name).prefix(ListState.most).map { (name, String($0.prefix(ListState.longest))) }.filter { !$0.1.isEmpty }
    }
  }

  /// How many values one parameter may have, and how long one may be.
  private static let most = 100, longest = 500

  func value(_ name: String) -> String? { parameters.first { $0.name == name }?.value }
  func values(_ name: String) -> [String] { parameters.filter { $0.name == name }.map(\.value) }

  /// The same list with one parameter replaced (or removed, with nil) and from its first page on.
  func with(_ name: String, _ value: String?) -> ListState {
    var state = without("page").without(name)
    if let value { state.parameters.append((name, value)) }
    return state
  }

  /// The same list at a page.
  func at(page: Int) -> ListState {
    var state = without("page")
    if page > 1 { state.parameters.append(("page", String(page))) }
    return state
  }

  func without(_ names: String...) -> ListState {
    var state = self
    state.parameters.removeAll { names.contains($0.name) }
    return state
  }

  /// The same list without one value of a parameter that has several.
  func without(_ name: String, value: String) -> ListState {
    var state = without("page")
    state.parameters.removeAll { $0.name == name && $0.value == value }
    return state
  }

  /// The parameters that a form must carry along, being no field of its own.
  func kept(except names: [String]) -> [Hidden] {
    parameters.filter { $0.name != "page" && !names.contains($0.name) }.map { Hidden(name: $0.name, value: $0.value) }
  }

  var link: Path { path.with(query: parameters) }

  /// Another address with the same parameters: an export of just what is listed.
  func link(to other: Path) -> Path { other.with(query: without("page", "size").parameters) }

  /// Another address with all parameters but the page: the list itself, to come back to it.
  func whole(at other: Path) -> Path { other.with(query: without("page").parameters) }

  /// The page asked for.
  var request: PageRequest {
    PageRequest(number: value("page").flatMap(Int.init) ?? 1, size: value("size").flatMap(Int.init) ?? 50)
  }

  /// The order asked for: a key, with a leading minus for descending; the default where it is unknown.
  func sorting<Key: RawRepresentable & Sendable & Equatable>(_ standard: Sorting<Key>) -> Sorting<Key> where Key.RawValue == String {
    guard let text = value("sort") else { return standard }
    let descending = text.hasPrefix("-")
    guard let key = Key(rawValue: descending ? String(text.dropFirst()) : text) else { return standard }
    return Sorting(key, descending: descending)
  }
}

/// A parameter that a form carries along unseen.
struct Hidden: ValueConvertible {
  let name: String, value: String
  var templateValue: Value { ["name": name, "value": value] }
}
