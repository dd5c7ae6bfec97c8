public import Database

extension InvitationChanges {
  /// Takes a selection back: the links are void, and whoever never joined leaves the program and its membership report (product.md 5). Set-wise, since
  /// a selection may be everybody.
  ///
  /// - Returns: how many were taken back; those that are not open are left alone.
  public func revoke(_ selection: InvitationSelection, in database: any Database) throws -> Int {
    try database.workbench { bench in
      try bench.run("CREATE TEMPORARY TABLE chosen (user_id \(.integerKey), joined_at TEXT NOT NULL)")
      try Touched.prepare(in: bench)
      try Licenses.prepareHolders(in: bench)
      return try bench.write(organization: scope.organization.id) { tx in
        try tx.run("DELETE FROM chosen")
        try Touched.prepare(in: tx)
        for condition in selection.conditions(now: now) {
          try tx.run(
            """
            INSERT INTO chosen (user_id, joined_at) SELECT i.user_id, m.joined_at FROM invitations i
            JOIN memberships m ON m.program_id = i.program_id AND m.user_id = i.user_id AND m.state = 'INVITED'
            WHERE \(these(condition)) AND \(InvitationFilter.isOpen) ORDER BY i.user_id
            """)
        }
        return try revokeChosen(in: tx)
      }
    }
  }

  private func revokeChosen(in tx: any Connection) throws -> Int {
    let organization = scope.organization.id
    try tx.describe("chosen")
    try tx.run(
      "INSERT INTO touched_memberships (program_id, user_id) SELECT CAST(\(program.id) AS BIGINT), user_id FROM chosen ORDER BY user_id")
    try tx.run(
      "INSERT INTO touched_users (organization_id, user_id) SELECT CAST(\(organization) AS BIGINT), user_id FROM chosen ORDER BY user_id")
    let parts: FigureParts = [.enrollments, .tallies]
    try Touched.note(parts, in: tx)
    try Licenses.noteHolders(in: tx)
    let neverJoined: SQL = "program_id = \(program.id) AND user_id IN (SELECT user_id FROM chosen WHERE joined_at = '')"
    try tx.run("DELETE FROM membership_contracts WHERE \(neverJoined)")
    try tx.run("DELETE FROM memberships WHERE \(neverJoined)")
    try tx.run(
      """
      UPDATE memberships SET state = 'DELETED_MEMBER' WHERE program_id = \(program.id)
        AND user_id IN (SELECT user_id FROM chosen WHERE joined_at <> '')
      """)
    let revoked = try tx.run(
      """
      UPDATE invitations SET state = 'REVOKED', revoked_at = \(now.text), generation = generation + 1
      WHERE program_id = \(program.id) AND user_id IN (SELECT user_id FROM chosen)
      """)
    try tx.run(
      """
      UPDATE outbox SET state = 'DROPPED' WHERE organization_id = \(organization) AND program_id = \(program.id) AND kind = \(MailKind.invitation.rawValue)
        AND state = 'WAITING' AND user_id IN (SELECT user_id FROM chosen)
      """)
    try Touched.settle(parts, in: tx)
    try Licenses.noteMoved(.revoked, by: scope.viewer.accountID, at: now, in: tx)
    try audit("invitations_revoked", people: revoked, in: tx)
    return revoked
  }
}
