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
  /// - Throws: `TemplateError` where a template does not fit.
  public func render(_ facts: MailFacts) throws -> SentMail {
    let name = "mail/" + facts.kind.rawValue
    let set = try templates.current()
    let model = MailModel(facts, publicURL: publicURL, key: key)
    let subject = String(decoding: try set.render(name + ".subject.txt", ["mail": model]), as: UTF8.self).split(whereSeparator: \.isNewline)
      .joined(separator: " ")
    let value: Value = ["mail": model.with(subject: subject)]
    return SentMail(
      subject: subject, text: String(decoding: try set.render(name + ".txt", value), as: UTF8.self),
      html: String(decoding: try set.render(name, value), as: UTF8.self))
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
