import Foundation
import Testing

@testable import Domain

@Suite struct FoldingTests {
  @Test func writingsOfOneNameFoldToTheSame() {
    for (texts, folded) in [
      (["Zoë", "ZOE", "zoe", "Zoe\u{308}"], "zoe"), (["Łukasz", "łUKASZ", "lukasz"], "lukasz"), (["Groß", "GROSS", "GROẞ"], "gross"),
      (["  Sean \u{A0} Double-Blank\t"], "sean double-blank"), (["王伟"], "王伟"), (["ﬁne", "FINE"], "fine"), (["Ωmega", "ωMEGA"], "ωmega"),
      (["ОЛЕНА", "Олена"], "олена"), (["İstanbul", "ISTANBUL", "ıstanbul"], "istanbul"), (["فاطِمة"], "فاطمة"),
      (["각", "각"], "각".decomposedStringWithCanonicalMapping),
    ] {
      for text in texts { #expect(text.folded == folded, "\(text)") }
    }
  }

  /// A text folds as its characters do one by one, so that the table of single characters says all there is to say.
  @Test func noCharacterFoldsInAnotherWayBesideOthers() {
    var previous = "a"
    for value in UInt32(0x21)...0xFFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let text = String(scalar)
      // Plainly: taken apart, marks left out, in small letters.
      let parts = (previous + text).decomposedStringWithCompatibilityMapping.unicodeScalars.filter {
        ![.nonspacingMark, .enclosingMark, .format].contains($0.properties.generalCategory)
      }
      let letters = "øØłŁđĐðÐıßẞæÆœŒþÞ".unicodeScalars
      if !parts.contains(where: letters.contains), !parts.contains(where: { $0.properties.isWhitespace }) {
        var plain = String.UnicodeScalarView()
        plain.append(contentsOf: parts)
        let expected = Array(String(plain).lowercased().unicodeScalars)
        if Array((previous + text).folded.unicodeScalars) != expected { Issue.record("U+\(String(value, radix: 16))") }
      }
      previous = text
    }
  }
}
