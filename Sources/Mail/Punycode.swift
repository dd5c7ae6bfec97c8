internal import Foundation

/// Writes a label of a domain in ASCII (RFC 3492, RFC 5890's A-label).
enum Punycode {
  /// The label itself where it is ASCII; else its A-label, in lower case and composed.
  static func ascii(_ label: String) -> String {
    if label.utf8.allSatisfy({ $0 < 128 }) { return label }
    let scalars = label.lowercased().precomposedStringWithCompatibilityMapping.unicodeScalars.map { Int($0.value) }
    return "xn--" + encode(scalars)
  }

  /// RFC 3492 section 6.3, with the parameters of section 5.
  private static func encode(_ input: [Int]) -> String {
    var output = input.filter { $0 < 128 }.map { UInt8($0) }
    let basic = output.count
    if basic > 0 { output.append(UInt8(ascii: "-")) }
    var (n, delta, bias, handled) = (128, 0, 72, basic)
    while handled < input.count {
      guard let next = input.filter({ $0 >= n }).min() else { break }
      delta += (next - n) * (handled + 1)
      n = next
      for value in input {
        if value < n { delta += 1 }
        guard value == n else { continue }
        var (q, k) = (delta, 36)
        while true {
          let threshold = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias
          if q < threshold { break }
          output.append(digit(threshold + (q - threshold) % (36 - threshold)))
          q = (q - threshold) / (36 - threshold)
          k += 36
        }
        output.append(digit(q))
        bias = adapted(delta, handled + 1, isFirst: handled == basic)
        delta = 0
        handled += 1
      }
      delta += 1
      n += 1
    }
    return String(decoding: output, as: UTF8.self)
  }

  private static func digit(_ value: Int) -> UInt8 { UInt8(value < 26 ? 97 + value : 22 + value) }

  private static func adapted(_ delta: Int, _ count: Int, isFirst: Bool) -> Int {
    var delta = isFirst ? delta / 700 : delta / 2
    delta += delta / count
    var k = 0
    while delta > 455 {
      delta /= 35
      k += 36
    }
    return k + 36 * delta / (delta + 38)
  }
}
