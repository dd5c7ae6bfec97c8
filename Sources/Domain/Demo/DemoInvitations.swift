import Database

extension DemoActivity {
  /// Invitations for the demo's memberships: those of members were accepted, and of the others each has one of the states that there are. Which, follows
  /// from the person's number. None waits in the outbox, since the demo mails nobody.
  func writeInvitations(_ connection: any Connection) throws {
    let open: SQL = "m.state = 'INVITED'"
    let (term, lapsed) = (now.adding(days: 21).text, now.adding(days: -4).text)
    try connection.run(
      """
      INSERT INTO invitations (program_id, user_id, organization_id, state, contract_id, invited_at, expires_at, sends, sent_at, opened_at,
        joined_at, failure, bounced, search_key, email_key)
      SELECT m.program_id, m.user_id, m.organization_id,
        CASE WHEN NOT \(open) THEN 'JOINED' WHEN m.user_id % 6 = 0 THEN 'CREATED' WHEN m.user_id % 6 = 1 THEN 'FAILED'
          WHEN m.user_id % 6 = 2 THEN 'OPENED' ELSE 'SENT' END,
        m.contract_id, m.invited_at, CASE WHEN \(open) AND m.user_id % 6 <> 3 THEN CAST(\(term) AS TEXT) ELSE CAST(\(lapsed) AS TEXT) END,
        CASE WHEN \(open) AND m.user_id % 6 = 0 THEN 0 WHEN m.user_id % 5 = 0 THEN 2 ELSE 1 END,
        CASE WHEN \(open) AND m.user_id % 6 < 2 THEN '' ELSE m.invited_at END,
        CASE WHEN NOT \(open) THEN m.joined_at WHEN m.user_id % 6 = 2 THEN m.invited_at ELSE '' END, m.joined_at,
        CASE WHEN \(open) AND m.user_id % 6 = 1 THEN '550 5.1.1 no such mailbox here' ELSE '' END,
        CASE WHEN \(open) AND m.user_id % 12 = 1 THEN 1 ELSE 0 END, m.search_key, m.email_key
      FROM memberships m WHERE m.organization_id = \(organization) AND m.invited_at <> '' ORDER BY m.program_id, m.user_id
      """)
    try writeMails(connection)
  }

  /// The mails of the invitations that are open, as the outbox would have sent them.
  private func writeMails(_ connection: any Connection) throws {
    let mails = try connection.run(
      """
      INSERT INTO outbox (organization_id, kind, state, user_id, program_id, recipient, message_id, attempts, due_at, failure, created_at, sent_at)
      SELECT i.organization_id, 'invitation', CASE WHEN i.state = 'FAILED' THEN 'FAILED' ELSE 'SENT' END, i.user_id, i.program_id, u.email,
        'demo-' || i.program_id || '-' || i.user_id, 1, i.invited_at, i.failure, i.invited_at, i.sent_at
      FROM invitations i JOIN users u ON u.organization_id = i.organization_id AND u.id = i.user_id
      WHERE i.organization_id = \(organization) AND i.state IN ('SENT', 'OPENED', 'FAILED') ORDER BY i.invited_at, i.program_id, i.user_id
      """)
    try Outbox.count(mails, organization: organization, in: connection)
  }
}
