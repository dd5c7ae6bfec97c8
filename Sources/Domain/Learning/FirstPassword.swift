import Database

// Whose first password an invitation's link sets. A link that came by email proves that its reader has the mailbox. One that was copied proves that an
// administrator passed it on, who could have opened it as well: it opens what the organization itself may give, and nothing that others gave.
extension Joining {
  /// How a link came to its reader.
  enum Way: Sendable, Equatable {
    case mailed, copied
  }

  /// The condition that a link sets the password of the account `a`. A copied one does where the account has none, and nothing but what the
  /// organization gave it: no role, no coach, no user of another organization.
  static func maySetPassword(_ way: Way, _ organization: SQL) -> SQL {
    switch way {
    case .mailed: "(a.password_hash IS NULL OR a.vouched_by <> 0)"
    case .copied:
      """
      (a.password_hash IS NULL AND NOT EXISTS (SELECT 1 FROM role_assignments r WHERE r.account_id = a.id)
        AND NOT EXISTS (SELECT 1 FROM coaches k WHERE k.account_id = a.id)
        AND NOT EXISTS (SELECT 1 FROM users x WHERE x.id = a.id AND x.organization_id <> \(organization)))
      """
    }
  }

  /// Sets the password of the invited account, if the link may.
  ///
  /// - Returns: whether it was set.
  func setFirstPassword(_ hash: String, of offer: JoinOffer, in tx: any Connection) throws -> Bool {
    let isSet =
      try tx.run(
        """
        UPDATE accounts AS a SET password_hash = \(hash), link_generation = link_generation + 1, sessions_generation = sessions_generation + 1,
          vouched_by = \(offer.way == .mailed ? 0 : offer.organization)
        WHERE a.id = \(offer.user) AND \(Joining.maySetPassword(offer.way, "\(offer.organization)"))
        """
      ) == 1
    if isSet { try AuditTrail.record("password_set", by: offer.user, about: .account(offer.user), at: clock.now, in: tx) }
    return isSet
  }

  /// Whether an account may act in an organization: its password was set by whoever has the mailbox, or with this organization's own link.
  static func mayAct(_ account: Int64, in organization: Int64, _ connection: any Connection) throws -> Bool {
    try connection.scalar("SELECT COUNT(*) FROM accounts WHERE id = \(account) AND vouched_by IN (0, \(organization))") == 1
  }

  /// Sends the invitation once more to the mailbox that it is for, as somebody asks who holds a copied link and cannot sign in.
  ///
  /// - Returns: false where a mail of it was asked for within the last ten minutes.
  /// - Throws: a database error.
  public func sendAgain(_ offer: JoinOffer) throws -> Bool {
    try database.write(organization: offer.organization, patience: Joining.patience) { tx in
      let recent = try tx.scalar(
        """
        SELECT COUNT(*) FROM outbox WHERE organization_id = \(offer.organization) AND user_id = \(offer.user) AND program_id = \(offer.program)
          AND kind = \(MailKind.invitation.rawValue) AND created_at > \(clock.now.adding(seconds: -600).text)
        """)
      guard recent == 0 else { return false }
      return try Outbox.put(
        .init(.invitation, to: offer.email, user: offer.user, program: offer.program), organization: offer.organization, at: clock.now,
        in: tx)
    }
  }
}
