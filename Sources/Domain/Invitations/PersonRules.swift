/// What a name and an External ID may be when somebody types them, one by one or in a file.
enum PersonRules {
  private static let longest = 200

  /// What is wrong with a name without blanks around it, or nil.
  static func fault(inName name: String) -> String? {
    if name.isEmpty { return "Full name is missing." }
    return isPrintable(name) ? nil : "Full name must have at most \(longest) characters, all of them printable."
  }

  /// What is wrong with an External ID without blanks around it, or nil; there may be none.
  static func fault(inExternalID id: String) -> String? {
    isPrintable(id) ? nil : "External ID must have at most \(longest) characters, all of them printable."
  }

  /// The same question, answered at once for most texts.
  static func isPlain(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.count <= longest && bytes.allSatisfy { $0 >= 32 && $0 < 127 } }

  // Bytes are bounded as well: an index of PostgreSQL takes no more than some 2,700 for a name and an email together.
  private static func isPrintable(_ text: String) -> Bool {
    text.count <= longest && text.utf8.count <= 4 * longest && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
  }
}
