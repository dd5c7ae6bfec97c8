extension StringProtocol {
  /// Whether every character can be printed, and is one that people write: no control characters, and none that is built of marks without end, since
  /// limits count characters.
  ///
  /// - Parameter lines: whether it may have several lines.
  func isPrintable(lines: Bool = false) -> Bool {
    utf8.count <= mostBytes * count && unicodeScalars.allSatisfy { $0.properties.generalCategory != .control || lines && $0 == "\n" }
  }

  /// Of a character, on average; the longest emoji have some thirty, and no text has nothing else.
  private var mostBytes: Int { 35 }
}
