extension Path {
  /// An organization's outbox.
  public static func outbox(_ organization: String) -> Path { Path(["o", organization, "outbox"]) }
  /// The mails to one person.
  public static func outbox(_ organization: String, person: Int64) -> Path {
    outbox(organization).with(query: [("person", String(person))])
  }
  /// The mails as listed, as CSV.
  public static func outboxExport(_ organization: String) -> Path { Path(["o", organization, "outbox.csv"]) }
  /// One mail.
  public static func mail(_ organization: String, _ id: Int64) -> Path { Path(["o", organization, "outbox", String(id)]) }
  /// The mail's HTML as it arrives.
  public static func mailBody(_ organization: String, _ id: Int64) -> Path { Path(["o", organization, "outbox", String(id), "body"]) }
  /// Sends a mail again that failed.
  public static func mailRetry(_ organization: String, _ id: Int64) -> Path { Path(["o", organization, "outbox", String(id), "retry"]) }
  /// Which kinds of mail the organization sends.
  public static func emailSettings(_ organization: String) -> Path { Path(["o", organization, "settings", "email"]) }
  /// A kind of mail with an example.
  public static func emailKind(_ organization: String, _ kind: String) -> Path { Path(["o", organization, "settings", "email", kind]) }
  /// The example's HTML as it arrives.
  public static func emailExample(_ organization: String, _ kind: String) -> Path {
    Path(["o", organization, "settings", "email", kind, "body"])
  }
  /// Turns a kind of mail on or off.
  public static func emailSwitch(_ organization: String, _ kind: String) -> Path {
    Path(["o", organization, "settings", "email", kind, "switch"])
  }
  /// Where a reader chooses which emails come.
  public static func preferences(_ token: String) -> Path { Path(["preferences", token]) }
}
