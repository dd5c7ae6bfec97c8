import Testing

@testable import Templates

/// Numbers that look random and are the same in each run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

@Suite struct FuzzTests {
  private static let pieces = [
    "{{a}}", "{{.}}", "{{a.b}}", "{{#a}}", "{{/a}}", "{{^a}}", "{{#l}}", "{{/l}}", "{{$b}}", "{{/b}}", "{{<page}}", "{{/page}}", "{{<k}}",
    "{{/k}}", "{{>k}}", "{{>page}}",
    "{{! c }}", "{{", "}}", "{{{", "}}}", "{", "}", "\n", "\r\n", "  ", "\t", "<p ", ">", "class=", "\"", "'", "href=\"", "<script>",
    "</script>", "<!--", "-->", "text",
    "é", "<title>", "</title>", "=", "/", "{{&a}}", "{{{a}}}", "{{=x}}", "<", "\u{FEFF}",
  ]

  /// Where a variable may stand or not.
  private static let places = [
    "{{a}}", "{{a}}", "{{a}}", "{{#l}}", "{{/l}}", "{{^a}}", "{{/a}}", "<p ", "<p", ">", " class=", "\"", "\"", "'", "'", " ", "<script>",
    "</script>", "<!--", "-->",
    "<title>", "</title>", "=", "/", "<", " onclick=",
  ]

  private func source(_ random: inout SeededGenerator, of pieces: [String] = pieces, _ count: Int) -> String {
    (0..<Int.random(in: 0...count, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
  }

  @Test func noTemplateTraps() {
    let values: [Value] = [
      ["a": "<x>", "l": [["a": "1"], ["a": "2"]] as [Value]], ["a": Link(checking: "/x"), "l": [1]],
      ["a": HTML(trusted: "<b>"), "l": true],
      ["a": ["b": "<y>"] as Value, "l": Value.null],
    ]
    var random = SeededGenerator(seed: 6)
    var compiledOnes = 0
    var renderedOnes = 0
    for round in 0..<12_000 {
      let files = ["page.html": source(&random, 10), "k.html": source(&random, 4), "m.txt": source(&random, 6)]
      guard let set = try? compiled(files, strict: !round.isMultiple(of: 4)) else { continue }
      compiledOnes += 1
      for name in ["page", "m.txt"] where (try? set.render(name, values[round % values.count])) != nil { renderedOnes += 1 }
    }
    #expect(compiledOnes > 500)
    #expect(renderedOnes > 500)
  }

  /// Wherever strict parsing lets a variable stand, no text given to it may add an element, an attribute or the end of a value.
  @Test func noTextLeavesItsPlace() {
    var random = SeededGenerator(seed: 7)
    let hostile = "\"><script>'x'=</p>&"
    var checked = 0
    for _ in 0..<10_000 {
      let page = source(&random, of: Self.places, 7)
      guard let set = try? compiled(["page.html": page, "k.html": "k"]) else { continue }
      func bytes(_ text: String) -> [UInt8]? {
        try? set.render("page", ["a": text, "l": [["a": text] as Value]])
      }
      guard let harmless = bytes("x"), let rendered = bytes(hostile) else { continue }
      for special in "<>\"'".utf8 {
        #expect(rendered.count { $0 == special } == harmless.count { $0 == special })
      }
      if harmless != rendered { checked += 1 }
    }
    #expect(checked > 300)
  }
}
