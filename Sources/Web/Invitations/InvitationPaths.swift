extension Path {
  private static func invitations(_ organization: String, _ program: String, _ rest: String...) -> Path {
    Path(["o", organization, "programs", program, "invitations"] + rest)
  }

  /// A program's Invitations page.
  public static func invitations(_ organization: String, _ program: String) -> Path {
    Path(["o", organization, "programs", program, "invitations"])
  }
  /// The invitations as listed, as CSV.
  public static func invitationsExport(_ organization: String, _ program: String) -> Path {
    Path(["o", organization, "programs", program, "invitations.csv"])
  }
  /// One person's invitation.
  public static func invitation(_ organization: String, _ program: String, _ user: Int64) -> Path {
    invitations(organization, program, String(user))
  }
  /// The invitation as it will arrive.
  public static func invitationPreview(_ organization: String, _ program: String) -> Path {
    invitations(organization, program, "preview")
  }
  /// The HTML of the preview.
  public static func invitationExample(_ organization: String, _ program: String) -> Path {
    invitations(organization, program, "preview", "body")
  }
  /// The words that invitations carry.
  static func invitationMessage(_ organization: String, _ program: String) -> Path { invitations(organization, program, "message") }
  /// Sends invitations again.
  public static func resend(_ organization: String, _ program: String) -> Path { invitations(organization, program, "resend") }
  /// Takes invitations back.
  public static func revocation(_ organization: String, _ program: String) -> Path { invitations(organization, program, "revocation") }

  /// Invites one person.
  public static func newInvitation(_ organization: String) -> Path { Path(["o", organization, "invitations", "new"]) }
  /// Invites whom a file names.
  public static func bulkInvitation(_ organization: String) -> Path { Path(["o", organization, "invitations", "bulk"]) }
  /// An empty file with the right header.
  public static func bulkTemplate(_ organization: String) -> Path { Path(["o", organization, "invitations", "bulk", "template.csv"]) }
  /// A file that was checked.
  public static func draft(_ organization: String, _ id: Int64) -> Path { Path(["o", organization, "invitations", "bulk", String(id)]) }
  /// Invites whom a checked file names.
  public static func draftConfirmation(_ organization: String, _ id: Int64) -> Path {
    Path(["o", organization, "invitations", "bulk", String(id), "confirmation"])
  }
  /// Throws a checked file away.
  public static func draftRemoval(_ organization: String, _ id: Int64) -> Path {
    Path(["o", organization, "invitations", "bulk", String(id), "removal"])
  }
  /// The rows of a checked file that need mending, as CSV.
  public static func draftRejected(_ organization: String, _ id: Int64) -> Path {
    Path(["o", organization, "invitations", "bulk", String(id), "rejected.csv"])
  }
}
