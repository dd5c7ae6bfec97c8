public import Database

/// Which kinds of mail an organization sends.
public enum EmailKinds {
  /// The kinds that it does not send.
  ///
  /// - Throws: `Failure.notFound` for a viewer who does not reach the whole organization.
  public static func muted(scope: OrganizationScope, in connection: any Connection) throws -> Set<MailKind> {
    guard scope.reachesOrganization else { throw Failure.notFound }
    let names = try connection.all("SELECT kind FROM muted_emails WHERE organization_id = \(scope.organization.id)") { $0.text(0) }
    return Set(names.compactMap(MailKind.init(rawValue:)))
  }

  /// Turns a kind on or off. Mail that waits already is sent.
  ///
  /// - Throws: `Failure`: `conflict` for a kind that is always sent.
  public static func set(_ kind: MailKind, muted: Bool, scope: OrganizationScope, at now: Moment, in tx: any Connection) throws {
    guard scope.reachesOrganization else { throw Failure.notFound }
    guard kind.canBeMuted else { throw Failure(.conflict, "Emails of this kind are always sent.") }
    let organization = scope.organization.id
    let changed =
      muted
      ? try tx.run("INSERT INTO muted_emails (organization_id, kind) VALUES (\(organization), \(kind.rawValue)) ON CONFLICT DO NOTHING")
      : try tx.run("DELETE FROM muted_emails WHERE organization_id = \(organization) AND kind = \(kind.rawValue)")
    guard changed > 0 else { return }
    try AuditTrail.record(
      muted ? "email_kind_muted" : "email_kind_unmuted", by: scope.viewer.accountID, organization: organization,
      about: .organization(organization), values: [("kind", kind.rawValue)], at: now, in: tx)
  }
}
