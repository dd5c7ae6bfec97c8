import Foundation

extension String {
  /// The text as searches and name sorts compare it: lower case, without accents, compatibility forms unified, runs of blanks as one.
  ///
  /// `Zoë`, `ZOE` and `zoe` fold to the same; scripts without case, such as `王伟`, stay as they are.
  public var folded: String {
    var ascii = true
    for byte in utf8 where byte >= 0x80 {
      ascii = false
      break
    }
    if ascii { return collapsingBlanks(in: self.lowercased()) }
    var scalars = String.UnicodeScalarView()
    for scalar in decomposedStringWithCompatibilityMapping.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .enclosingMark, .format: continue
      default: break
      }
      switch scalar {
      case "ø", "Ø": scalars.append("o")
      case "ł", "Ł": scalars.append("l")
      case "đ", "Đ", "ð", "Ð": scalars.append("d")
      case "ı": scalars.append("i")
      case "ß", "ẞ": scalars.append(contentsOf: "ss".unicodeScalars)
      case "æ", "Æ": scalars.append(contentsOf: "ae".unicodeScalars)
      case "œ", "Œ": scalars.append(contentsOf: "oe".unicodeScalars)
      case "þ", "Þ": scalars.append(contentsOf: "th".unicodeScalars)
      default: scalars.append(scalar)
      }
    }
    return collapsingBlanks(in: String(scalars).lowercased())
  }
}

private func collapsingBlanks(in text: String) -> String {
  var result = String.UnicodeScalarView()
  var blank = true
  for scalar in text.unicodeScalars {
    if scalar.properties.isWhitespace {
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
