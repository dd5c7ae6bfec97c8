public import Domain
import Mail
public import Secrets
public import Templates

/// Writes mails: looks nothing up, and gives the same text whenever it is asked.
public struct MailRenderer: Sendable {
  private let templates: ReloadingTemplates
  private let publicURL: PublicURL
  private let key: InstallationKey

  /// The templates of all kinds.
  static let templateNames = MailKind.allCases.flatMap { kind in ["", ".txt", ".subject.txt"].map { "mail/\(kind.rawValue)\($0)" } }

  /// - Parameters:
  ///   - publicURL: what links begin with.
  ///   - key: makes the codes in links.
  public init(templates: ReloadingTemplates, publicURL: PublicURL, key: InstallationKey) {
    (self.templates, self.publicURL, self.key) = (templates, publicURL, key)
  }

  /// Writes a mail.
  ///
  /// - Parameter isMailed: whether it goes to the mailbox; a mail that is only shown has the links that administrators may copy.
  /// - Throws: `TemplateError` where a template does not fit.
  public func render(_ facts: MailFacts, isMailed: Bool = false) throws -> SentMail {
    let name = "mail/" + facts.kind.rawValue
    let set = try templates.current()
    let model = MailModel(facts, isMailed: isMailed, publicURL: publicURL, key: key)
    let subject = String(decoding: try set.render(name + ".subject.txt", ["mail": model]), as: UTF8.self).split(whereSeparator: \.isNewline)
      .joined(separator: " ")
    let value: Value = ["mail": model.with(subject: subject)]
    return SentMail(
      subject: subject, text: String(decoding: try set.render(name + ".txt", value), as: UTF8.self),
      html: String(decoding: try set.render(name, value), as: UTF8.self))
  }
}

extension MailRenderer {
  /// A mail as it is kept: without the codes that make its links work, so that no copy of the database opens a door.
  func sealed(_ sent: SentMail, _ facts: MailFacts) -> SentMail {
    codes(facts, isMailed: true).reduce(sent) { mail, code in mail.replacing(code.text, with: code.mark) }
  }

  /// A mail that was kept as it is shown: with the codes of today that may be copied, or without any where its occasion has gone.
  func unsealed(_ kept: SentMail, _ facts: MailFacts?) -> SentMail {
    let shown = facts.map { codes($0, isMailed: false) }?.reduce(kept) { mail, code in mail.replacing(code.mark, with: code.text) } ?? kept
    return MailRenderer.marks.reduce(shown) { $0.replacing($1, with: "…") }
  }

  private static let marks = ["{join-code}", "{preferences-code}"]

  private func codes(_ facts: MailFacts, isMailed: Bool) -> [(text: String, mark: String)] {
    let model = MailModel(facts, isMailed: isMailed, publicURL: publicURL, key: key)
    return zip([model.invitationToken?.text, model.preferencesToken?.text], MailRenderer.marks).compactMap { token, mark in
      token?.split(separator: ".").last.map { (String($0), mark) }
    }
  }
}

extension SentMail {
  fileprivate func replacing(_ text: String, with other: String) -> SentMail {
    SentMail(subject: subject, text: self.text.replacing(text, with: other), html: html.replacing(text, with: other))
  }
}

/// The colors of an organization's mail: its own, and the letters that can be read on it.
struct MailBrand: ValueConvertible {
  let color: Color, letters: Color

  /// The product's own where the text is no color.
  init(_ text: String) {
    let shades = BrandShades(Color(text) ?? Color(0x2b, 0x4d, 0xc4)).light
    (color, letters) = (shades.accent, shades.letters)
  }

  var templateValue: Value { ["color": "\(color)", "letters": "\(letters)"] }
}
