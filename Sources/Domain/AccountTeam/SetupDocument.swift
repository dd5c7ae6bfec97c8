import Foundation

/// A value of a JSON document.
enum SetupValue: Decodable, Equatable {
  case null
  case truth(Bool)
  case number(Int64)
  case text(String)
  case list([SetupValue])
  case object([String: SetupValue])
  /// A number that is not whole.
  case fraction

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    // The decoder says of each type only whether the value is one.
    func read<T: Decodable>(_ type: T.Type) throws -> T? {
      do { return try container.decode(type) } catch DecodingError.typeMismatch { return nil }
    }
    if container.decodeNil() {
      self = .null
    } else if let truth = try read(Bool.self) {
      self = .truth(truth)
    } else if let text = try read(String.self) {
      self = .text(text)
    } else if let number = try read(Double.self) {
      // Asked for as a whole number, the decoder calls 1.5 no JSON.
      self = Int64(exactly: number).map(SetupValue.number) ?? .fraction
    } else if let list = try read([SetupValue].self) {
      self = .list(list)
    } else {
      self = .object(try container.decode([String: SetupValue].self))
    }
  }

  /// What it is, as a sentence names it.
  var kind: String {
    switch self {
    case .null: "null"
    case .truth: "true or false"
    case .number: "a number"
    case .text: "a text"
    case .list: "a list"
    case .object: "an object"
    case .fraction: "a number that is not whole"
    }
  }

  /// Reads a document.
  ///
  /// - Throws: `Failure` of code `invalid` that says where it is no JSON.
  static func read(_ bytes: [UInt8]) throws -> SetupValue {
    do {
      let value = try JSONDecoder().decode(SetupValue.self, from: Data(bytes))
      // Of two values of one key the decoder keeps one and says nothing.
      if let key = SetupKeys(bytes).repeated() {
        throw Failure(.invalid, "The key \(Array(key.utf8).withUnsafeBytes(CellReader.shown)) stands twice in one object of the file.")
      }
      return value
    } catch is DecodingError {
      throw Failure(.invalid, "The file is no JSON. \(complaint(of: bytes))")
    }
  }

  /// Where it is broken, which the decoder does not say.
  private static func complaint(of bytes: [UInt8]) -> String {
    do {
      _ = try JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])
      return "A number in it is too large."
    } catch {
      return (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String ?? "It cannot be read."
    }
  }
}

/// What is wrong with a setup file, in the order of the file.
final class SetupFaults {
  private(set) var sentences: [String] = []
  private var paths: Set<String> = []

  /// A fault at a path such as `groups[2].purchase`. What follows from it at the same place is left out.
  func add(_ path: String, _ sentence: String) {
    guard paths.insert(path).inserted else { return }
    // Keys come from the file, and go to a terminal.
    let plain = String(String.UnicodeScalarView(path.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
    sentences.append(path.isEmpty ? sentence : "\(plain): \(sentence)")
  }
}

/// An object of a setup file with its path. What is asked for and is not as it should be is noted; keys that nobody asked for are, too.
struct SetupObject {
  /// Such as `groups[2]`; empty for the document.
  let path: String
  private let values: [String: SetupValue]
  private let faults: SetupFaults

  /// Nil, with the fault noted, for what is no object or has keys beyond those known.
  init?(_ value: SetupValue, at path: String, knowing keys: [String], _ faults: SetupFaults) {
    guard case .object(let values) = value else {
      faults.add(path, "This must be an object, and is \(value.kind).")
      return nil
    }
    (self.path, self.values, self.faults) = (path, values, faults)
    for key in values.keys.sorted() where !keys.contains(key) {
      faults.add(self.key(key), "There is no such key. Known here: \(keys.joined(separator: ", ")).")
    }
  }

  /// The path of a key.
  func key(_ name: String) -> String { path.isEmpty ? name : path + "." + name }

  func fault(_ name: String, _ sentence: String) { faults.add(key(name), sentence) }

  /// Whether the key is there.
  func has(_ name: String) -> Bool { values[name] != nil }

  private func wrong(_ name: String, _ expected: String, _ value: SetupValue) {
    fault(name, "This must be \(expected), and is \(value.kind).")
  }

  /// A text; nil where the key is missing. `null` stands for an empty text.
  func text(_ name: String) -> String? {
    switch values[name] {
    case nil: return nil
    case .null?: return ""
    case .text(let text)?:
      guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control || "\n\r\t".unicodeScalars.contains($0) }) else {
        fault(name, "This holds a character that cannot be printed.")
        return nil
      }
      return text
    case let value?:
      wrong(name, "a text", value)
      return nil
    }
  }

  /// A text that must be there; nil with the fault noted.
  func required(_ name: String) -> String? {
    guard has(name) else {
      fault(name, "This is missing.")
      return nil
    }
    guard let text = text(name) else { return nil }
    if text.trimmingBlanks().isEmpty {
      fault(name, "This is empty.")
      return nil
    }
    return String(text.trimmingBlanks())
  }

  /// A whole number as digits. `null` stands for none.
  func number(_ name: String) -> String? {
    switch values[name] {
    case nil: return nil
    case .null?: return ""
    case .number(let number)?: return String(number)
    case let value?:
      wrong(name, "a whole number", value)
      return nil
    }
  }

  /// `yes` or `no`.
  func truth(_ name: String) -> String? {
    switch values[name] {
    case nil: return nil
    case .truth(let truth)?: return truth ? "yes" : "no"
    case let value?:
      wrong(name, "true or false", value)
      return nil
    }
  }

  /// A list of texts.
  func texts(_ name: String) -> [String]? {
    guard let list = list(name) else { return nil }
    return list.enumerated().compactMap { index, value in
      if case .text(let text) = value { return text }
      faults.add("\(key(name))[\(index)]", "This must be a text, and is \(value.kind).")
      return nil
    }
  }

  /// A list; nil where the key is missing or holds something else, with the fault noted.
  func list(_ name: String) -> [SetupValue]? {
    switch values[name] {
    case nil: return nil
    case .list(let list)?: return list
    case let value?:
      wrong(name, "a list", value)
      return nil
    }
  }

  /// A list of objects, with the keys that each may have.
  func objects(_ name: String, knowing keys: [String]) -> [SetupObject] {
    (list(name) ?? []).enumerated().compactMap { SetupObject($0.element, at: "\(key(name))[\($0.offset)]", knowing: keys, faults) }
  }

  /// An object; nil where the key is missing or holds something else, with the fault noted.
  func object(_ name: String, knowing keys: [String]) -> SetupObject? {
    values[name].flatMap { SetupObject($0, at: key(name), knowing: keys, faults) }
  }

  /// Notes what a draft was refused for, each fault at the key of its field.
  func note(_ failure: Failure, _ names: [String: String] = [:]) {
    if failure.fields.isEmpty { faults.add(path, failure.sentence) }
    for field in failure.fields { fault(names[field.name] ?? field.name.replacing("-", with: "_"), field.sentence) }
  }
}
