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

/// The colors of an organization's mail: its own, and the ink that can be read on it.
struct MailBrand: ValueConvertible {
  let color: String, ink: String

  /// The product's own where the text is no color.
  init(_ text: String) {
    let digits = text.hasPrefix("#") ? text.dropFirst() : ""
    guard digits.count == 6, let value = UInt32(digits, radix: 16) else {
      (color, ink) = ("#2b4dc4", "#ffffff")
      return
    }
    color = "#" + digits.lowercased()
    // WCAG 2.2, relative luminance: white where its contrast is the better one.
    func linear(_ shift: UInt32) -> Double {
      let part = Double(value >> shift & 255) / 255
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055).power(2.4)
    }
    let luminance = 0.2126 * linear(16) + 0.7152 * linear(8) + 0.0722 * linear(0)
    ink = 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? "#ffffff" : "#000000"
  }

  var templateValue: Value { ["color": color, "ink": ink] }
}
