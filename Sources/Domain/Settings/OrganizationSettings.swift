public import Database

/// How an organization looks and writes to its people, as typed on the Settings page.
public struct OrganizationSettings: Sendable, Equatable, Codable {
  /// The name as shown, and an IANA time zone.
  public var name = "", timeZone = ""
  /// By which the organization is compared with others: `United Kingdom`, one of `OrganizationFacts.sizeBands`, `Manufacturing`; each may be empty.
  public var country = "", sizeBand = "", industry = ""
  /// `#2b4dc4`; empty for the product's own.
  public var brandColor = ""
  /// Whom mails are from, and the postal address at their foot; empty for the organization's name, and for none.
  public var senderName = "", postalAddress = ""
  /// What an invitation says unless a program has words of its own; empty for the product's.
  public var invitationMessage = ""
  /// How many days an invitation stays open, and how many hours lie between two mails of one.
  public var invitationDays = "", resendHours = ""

  /// Nothing.
  public init() {}

  /// What the organization has.
  ///
  /// - Throws: `Failure.notFound` for whoever reaches single programs only.
  public static func load(scope: OrganizationScope, in connection: any Connection) throws -> OrganizationSettings {
    let found = try connection.first(
      """
      SELECT name, time_zone, brand_color, sender_name, postal_address, invitation_message, invitation_days, resend_hours, country, size_band,
        industry
      FROM organizations WHERE id = \(scope.organization.id)
      """
    ) { row in
      var settings = OrganizationSettings()
      (settings.name, settings.timeZone, settings.brandColor) = (row.text(0), row.text(1), row.text(2))
      (settings.senderName, settings.postalAddress, settings.invitationMessage) = (row.text(3), row.text(4), row.text(5))
      (settings.invitationDays, settings.resendHours) = ("\(row.int(6))", "\(row.int(7))")
      (settings.country, settings.sizeBand, settings.industry) = (row.text(8), row.text(9), row.text(10))
      return settings
    }
    guard scope.reachesOrganization, let found else { throw Failure.notFound }
    return found
  }

  /// Saves.
  ///
  /// - Throws: `Failure` of code `invalid` with every faulty field: `name`, `time-zone`, `country`, `size-band`, `industry`, `brand-color`,
  ///   `sender-name`, `postal-address`, `invitation-message`, `invitation-days`, `resend-hours`.
  public func save(scope: OrganizationScope, at now: Moment, in database: any Database) throws {
    guard scope.reachesOrganization else { throw Failure.notFound }
    let settings = tidied
    let faults = settings.faults
    guard faults.isEmpty, let days = Int(settings.invitationDays), let hours = Int(settings.resendHours) else {
      throw Failure(.invalid, faults.map(\.sentence).joined(separator: " "), fields: faults)
    }
    let organization = scope.organization.id
    try database.write(organization: organization, patience: .seconds(30)) { tx in
      let changed = settings.changes(from: try OrganizationSettings.load(scope: scope, in: tx))
      guard !changed.isEmpty else { return }
      try tx.run(
        """
        UPDATE organizations SET name = \(settings.name), time_zone = \(settings.timeZone), brand_color = \(settings.brandColor),
          sender_name = \(settings.senderName), postal_address = \(settings.postalAddress),
          invitation_message = \(settings.invitationMessage), invitation_days = \(days), resend_hours = \(hours),
          country = \(settings.country), size_band = \(settings.sizeBand), industry = \(settings.industry)
        WHERE id = \(organization)
        """)
      try AuditTrail.record(
        "settings_changed", by: scope.viewer.accountID, organization: organization, about: .organization(organization), values: changed,
        at: now, in: tx)
    }
  }

  /// Without blanks at the ends, and with lines that end as mails want them counted.
  private var tidied: OrganizationSettings {
    func trimmed(_ text: String) -> String { String(text.replacing("\r\n", with: "\n").trimmingBlanks()) }
    var settings = OrganizationSettings()
    (settings.name, settings.timeZone, settings.brandColor) = (trimmed(name), trimmed(timeZone), trimmed(brandColor).lowercased())
    (settings.country, settings.industry) = (trimmed(country), trimmed(industry))
    settings.sizeBand = OrganizationFacts.tidied(sizeBand: sizeBand)
    (settings.senderName, settings.postalAddress) = (trimmed(senderName), trimmed(postalAddress))
    settings.invitationMessage = trimmed(invitationMessage)
    (settings.invitationDays, settings.resendHours) = (trimmed(invitationDays), trimmed(resendHours))
    return settings
  }

  private func changes(from present: OrganizationSettings) -> [(name: String, value: String)] {
    let parts: [(String, KeyPath<OrganizationSettings, String>)] = [
      ("name", \.name), ("time_zone", \.timeZone), ("country", \.country), ("size_band", \.sizeBand), ("industry", \.industry),
      ("brand_color", \.brandColor), ("sender_name", \.senderName),
      ("postal_address", \.postalAddress), ("invitation_message", \.invitationMessage), ("invitation_days", \.invitationDays),
      ("resend_hours", \.resendHours),
    ]
    return parts.filter { self[keyPath: $1] != present[keyPath: $1] }.map { ($0, self[keyPath: $1]) }
  }

  private var faults: [Failure.Field] {
    var faults: [Failure.Field] = []
    func require(_ holds: Bool, _ field: String, _ sentence: String) { if !holds { faults.append(.init(field, sentence)) } }
    require(
      !name.isEmpty && name.count <= 200 && name.isPrintable(), "name",
      "The name must have between 1 and 200 characters, all of them printable.")
    require(
      Organization.isTimeZone(timeZone), "time-zone", "\"\(timeZone)\" is not a time zone. Use an IANA name such as Europe/Berlin or UTC.")
    var customer = DraftFaults()
    OrganizationFacts.check(country: country, sizeBand: sizeBand, industry: industry, &customer)
    faults += customer.fields
    require(
      brandColor.isEmpty || Color(brandColor) != nil, "brand-color",
      "The color must be a number sign and six digits 0–9 or a–f, such as #2b4dc4.")
    require(
      senderName.count <= 100 && senderName.isPrintable(), "sender-name",
      "The sender’s name must have at most 100 characters, all of them printable.")
    require(
      postalAddress.count <= 500 && postalAddress.isPrintable(lines: true), "postal-address",
      "The postal address must have at most 500 characters, all of them printable.")
    if let fault = InvitationMessage.fault(in: invitationMessage) { faults.append(.init("invitation-message", fault)) }
    require(OrganizationSettings.number(invitationDays, in: 1...365), "invitation-days", "An invitation stays open from 1 to 365 days.")
    require(OrganizationSettings.number(resendHours, in: 0...720), "resend-hours", "Between two mails lie from 0 to 720 hours.")
    return faults
  }

  private static func number(_ text: String, in range: ClosedRange<Int>) -> Bool {
    text.utf8.allSatisfy { (48...57).contains($0) } && Int(text).map(range.contains) == true
  }
}
