extension Path {
  /// The page behind an invitation's link.
  public static func join(_ token: String) -> Path { Path(["join", token]) }
  /// Sends that link to the mailbox that it is for.
  public static func joinMail(_ token: String) -> Path { Path(["join", token, "mail"]) }
  /// A program's own page, for its members and for whoever is invited.
  public static func learn(_ organization: String, _ program: String) -> Path { Path(["programs", organization, program]) }
  /// Joins the program of that page.
  public static func membership(_ organization: String, _ program: String) -> Path {
    Path(["programs", organization, program, "membership"])
  }
}
