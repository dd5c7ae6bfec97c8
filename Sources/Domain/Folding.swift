import Foundation

extension String {
  /// The text as searches and name sorts compare it: lower case, without accents, compatibility forms unified, runs of blanks as one.
  ///
  /// `Zoë`, `ZOE` and `zoe` fold to the same; scripts without case, such as `王伟`, stay as they are.
  public var folded: String {
    var scalars = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      switch scalar.value {
      case 0..<0x80: scalars.append((65...90).contains(scalar.value) ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar)
      case 0x80..<Folding.end: scalars.append(contentsOf: Folding.table[Int(scalar.value) - 0x80])
      // Ideographs of the common block have neither case nor parts.
      case 0x4E00..<0xA000: scalars.append(scalar)
      default: scalars.append(contentsOf: Folding.fold(scalar))
      }
    }
    return collapsingBlanks(in: scalars)
  }
}

/// What a single character becomes. It never depends on its neighbors, so that most are worked out once.
private enum Folding {
  /// The alphabets from Latin to Arabic.
  static let end: UInt32 = 0x700
  static let table: [[Unicode.Scalar]] = (0x80..<end).map { Unicode.Scalar($0).map(fold) ?? [] }

  static func fold(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    var plain = String.UnicodeScalarView()
    for part in String(scalar).decomposedStringWithCompatibilityMapping.unicodeScalars {
      switch part.properties.generalCategory {
      case .nonspacingMark, .enclosingMark, .format: continue
      default: break
      }
      switch part {
      case "ø", "Ø": plain.append("o")
      case "ł", "Ł": plain.append("l")
      case "đ", "Đ", "ð", "Ð": plain.append("d")
      case "ı": plain.append("i")
      case "ß", "ẞ": plain.append(contentsOf: "ss".unicodeScalars)
      case "æ", "Æ": plain.append(contentsOf: "ae".unicodeScalars)
      case "œ", "Œ": plain.append(contentsOf: "oe".unicodeScalars)
      case "þ", "Þ": plain.append(contentsOf: "th".unicodeScalars)
      default: plain.append(part)
      }
    }
    return Array(String(plain).lowercased().unicodeScalars)
  }
}

private func collapsingBlanks(in text: String.UnicodeScalarView) -> String {
  var result = String.UnicodeScalarView()
  var blank = true
  for scalar in text {
    if scalar == " " || (scalar.value != 0 && !(0x21...0x7E).contains(scalar.value) && scalar.properties.isWhitespace) {
      if !blank { result.append(" ") }
      blank = true
    } else {
      result.append(scalar)
      blank = false
    }
  }
  if blank, !result.isEmpty { result.removeLast() }
  return String(result)
}
