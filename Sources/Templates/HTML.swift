/// Markup that is written without escaping. Only code that escapes what it puts in (charts, the Markdown of messages) makes it.
public struct HTML: Sendable, Equatable {
  /// The markup.
  public let text: String

  /// Markup whose every part was escaped by its maker.
  public init(trusted text: String) {
    self.text = text
  }

  /// Markup in UTF-8 whose every part was escaped by its maker; bytes that are not UTF-8 become U+FFFD.
  public init(trusted bytes: some Collection<UInt8>) {
    text = String(decoding: bytes, as: UTF8.self)
  }
}
