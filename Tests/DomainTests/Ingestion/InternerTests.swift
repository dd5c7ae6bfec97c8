import Testing

@testable import Domain

@Suite struct InternerTests {
  @Test func textsAreNumberedOnceInTheirOrder() {
    var interner = Interner()
    var known: [String: Int] = [:]
    var random = SeededGenerator(5)
    for _ in 0..<20_000 {
      let text = String(UInt16.random(in: 0...6000, using: &random), radix: 36)
      let number = Array(text.utf8).withUnsafeBytes { interner.number(of: $0) }
      if let first = known[text] { #expect(first == number) } else { known[text] = number }
    }
    #expect(interner.count == known.count && Set(known.values) == Set(1...known.count))
    #expect(known.allSatisfy { interner[$0.value] == $0.key })
    #expect(Array("".utf8).withUnsafeBytes { interner.number(of: $0) } == interner.count)
  }

  @Test(arguments: [
    ("0", 0.0), ("007", 7), ("12.50", 12.5), ("0.29", 0.29), ("-3", -3), ("+4.5", 4.5), ("123456789012345", 123_456_789_012_345),
  ])
  func decimalsAreReadExactly(_ text: String, _ value: Double) {
    let decimal = Array(text.utf8).withUnsafeBytes { Decimal($0) }
    #expect(decimal.map { $0.isNegative ? -$0.value : $0.value } == value)
  }

  @Test(arguments: ["", ".", "1.", ".5", "1e3", "0x1", "1,5", "1 000", "nan", "inf", "--1", "1.2.3", "9999999999999999", "٣"])
  func whatIsNoDecimalIsRefused(_ text: String) {
    #expect(Array(text.utf8).withUnsafeBytes { Decimal($0) } == nil)
  }

  @Test func plainAddressesAndTheRuleAgree() {
    let addresses = [
      "a@b.co", "A.B+c_d-e@Example.ORG", "a@b", "a@@b.co", ".a@b.co", "a.@b.co", "a..b@c.co", "a@-b.co", "a@b-.co", "a@b..co", "a@b.co.",
      "@b.co",
      "a@", "a b@c.co", "é@b.co", "a@bücher.de", "a@b_c.co", "a@b+c.co", String(repeating: "x", count: 64) + "@b.co",
      String(repeating: "x", count: 65) + "@b.co", "a@" + String(repeating: "y", count: 63) + ".co",
      "a@" + String(repeating: "y", count: 64) + ".co",
      "a@b." + String(repeating: "c", count: 64), "a@b,co", "",
    ]
    var reader = EmailReader()
    for address in addresses {
      let fault = Array(address.utf8).withUnsafeBytes { reader.read($0) }
      #expect(fault == EmailAddress.fault(in: address), "\(address)")
      if fault == nil { #expect(String(decoding: reader.key, as: UTF8.self) == address.lowercased()) }
    }
  }
}
