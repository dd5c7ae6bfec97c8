import Domain
import Foundation
import Secrets
import Templates

/// What the templates under `mail/` read.
struct MailModel: ValueConvertible {
  private let facts: MailFacts
  private let publicURL: PublicURL
  private let key: InstallationKey
  /// Whether nobody reads it but whoever has the mailbox; else an administrator looks at it.
  private let isMailed: Bool
  private var subject = ""

  init(_ facts: MailFacts, isMailed: Bool, publicURL: PublicURL, key: InstallationKey) {
    (self.facts, self.isMailed, self.publicURL, self.key) = (facts, isMailed, publicURL, key)
  }

  func with(subject: String) -> MailModel {
    var model = self
    model.subject = subject
    return model
  }

  var templateValue: Value {
    [
      "subject": subject, "preview": preview, "brand": MailBrand(facts.house.brandColor), "house": line(facts.house.name),
      "greeting": facts.readerName.isEmpty ? "Hello," : "Hello \(line(facts.readerName)),", "program": line(facts.programName),
      "tagline": facts.tagline.isEmpty ? nil : line(facts.tagline), "message": paragraphs, "button": button,
      "expiry": expiry, "coaching": coaching, "contract": line(facts.places?.name ?? ""), "figures": figures,
      "foot": ["why": why, "program": program, "address": lines(facts.house.postalAddress), "preferences": preferences] as Value,
    ]
  }

  /// A name within a line of text.
  private func line(_ text: String) -> String { text.split(whereSeparator: \.isNewline).joined(separator: " ") }

  private func lines(_ text: String) -> [String] {
    text.split(whereSeparator: \.isNewline).map { String($0).trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }

  private var program: Value? { facts.programName.isEmpty ? nil : ["name": line(facts.programName)] }

  /// What mail programs show beside the subject.
  private var preview: String {
    switch facts.kind {
    case .invitation: "\(line(facts.house.name)) invites you to a learning program."
    case .programWelcome: "You are now a member."
    case .programExit: "Your membership has ended."
    case .coachingWelcome: "A coach will accompany you."
    case .noPlacesLeft: "Somebody could not join."
    }
  }

  private var why: String {
    let house = line(facts.house.name)
    switch facts.kind {
    case .invitation: return "You get this email because an administrator of \(house) entered your address to invite you."
    case .programWelcome: return "You get this email because you joined a learning program of \(house)."
    case .programExit: return "You get this email because you were a member of a learning program of \(house)."
    case .coachingWelcome: return "You get this email because an administrator of \(house) added you to coaching."
    case .noPlacesLeft: return "You get this email because you administer learning at \(house). It comes once a day at most."
    }
  }

  /// The message by paragraphs, each by lines.
  private var paragraphs: [Value] {
    guard let invitation = facts.invitation else { return [] }
    let text = invitation.message.isEmpty ? MailModel.standardMessage : filled(invitation.message)
    var paragraphs: [[String]] = [[]]
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      let line = line.trimmingCharacters(in: .whitespaces)
      if !line.isEmpty { paragraphs[paragraphs.count - 1].append(line) } else if !(paragraphs.last ?? []).isEmpty { paragraphs.append([]) }
    }
    return paragraphs.filter { !$0.isEmpty }.map { ["lines": $0] }
  }

  private func filled(_ text: String) -> String {
    Placeholder.fill(text) { placeholder in
      switch placeholder {
      // Until a user has a first name of its own, it is the first word of the full name (product.md 5).
      case .firstName: facts.readerName.split(separator: " ").first.map(String.init) ?? facts.readerName
      case .fullName: facts.readerName
      case .programName: facts.programName
      case .organizationName: facts.house.name
      }
    }
  }

  /// What an invitation says where neither program nor organization has words of its own.
  static let standardMessage = "Joining takes a minute: open the link, choose a password if you have none here yet, and start learning."

  private var expiry: Value? {
    facts.invitation?.expiresAt.map { ["date": Format(timeZone: facts.house.timeZone, now: $0).longDate($0)] }
  }

  private var coaching: Value? {
    facts.coaching.map { coaching in
      let format = Format(timeZone: facts.house.timeZone, now: coaching.endsAt)
      return ["sessions": format.plural(Int64(coaching.sessions), "session", "sessions"), "end": format.longDate(coaching.endsAt)]
    }
  }

  private var button: Value? {
    switch facts.kind {
    case .invitation:
      return invitationToken.map { link("Join the program", to: .join($0.text)) }
    case .programWelcome: return link("Open the program", to: .learn(facts.house.slug, facts.programSlug))
    case .noPlacesLeft: return link("Open the contract", to: .contract(facts.house.slug, facts.places?.contract ?? 0))
    case .programExit, .coachingWelcome: return nil
    }
  }

  private func link(_ label: String, to path: Path) -> Value {
    let address = publicURL.address(of: path)
    return ["label": label, "text": address, "link": Link(checking: address).map(Value.link) ?? .null]
  }

  /// What makes the invitation's link work.
  var invitationToken: InvitationToken? {
    facts.invitation.map { InvitationToken(program: $0.program, user: $0.user, generation: $0.generation, isMailed: isMailed, key: key) }
  }

  /// What makes the preferences' link work; only who is a user of the organization has preferences.
  var preferencesToken: PreferencesToken? {
    guard facts.kind != .noPlacesLeft, let user = facts.user else { return nil }
    return PreferencesToken(organization: facts.organization, user: user, key: key)
  }

  private var preferences: Value? {
    preferencesToken.map { link("", to: .preferences($0.text)) }
  }

  private var figures: [Value] {
    guard let places = facts.places else { return [] }
    let format = Format(timeZone: "UTC", now: Moment(milliseconds: 0))
    return [
      ["label": "Places bought", "value": places.quantity.map { format.number($0) } ?? "unlimited"],
      ["label": "Places taken", "value": format.number(places.used)],
      ["label": "Open invitations", "value": format.number(places.openInvitations)],
    ]
  }
}
