import Testing

@testable import Templates

@Suite struct RenderingTests {
  @Test func variablesAreEscaped() throws {
    let page = "<p title=\"{{x}}\" class='{{x}}'>{{x}}</p>"
    let escaped = "&lt;a href=&quot;&amp;&#39;&gt;"
    #expect(try render(page, ["x": "<a href=\"&'>"]) == "<p title=\"\(escaped)\" class='\(escaped)'>\(escaped)</p>")
  }

  @Test func escapingFindsEachCharacterAtEachPlace() throws {
    let set = try compiled(["page.html": "[{{x}}]"])
    let plain = Array("aÿ%(=?!#<>\u{301}z".unicodeScalars.filter { !"<>".unicodeScalars.contains($0) })
    for (special, reference) in ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&#39;"] {
      for length in 0..<20 {
        for place in 0...length {
          let filler = (0..<length).map { String(plain[$0 % plain.count]) }
          let (before, after) = (filler[..<place].joined(), filler[place...].joined())
          let rendered = Array(try render(set, ["x": before + special + after]).unicodeScalars)
          #expect(rendered == Array("[\(before)\(reference)\(after)]".unicodeScalars))
        }
      }
    }
  }

  @Test func kindsOfValues() throws {
    let page = "{{null}}|{{yes}}|{{no}}|{{n}}|{{low}}|{{text}}|{{html}}|{{link}}|{{a.b.c}}|{{gone.b}}"
    let value: Value = [
      "null": Value.null, "yes": true, "no": false, "n": 12, "low": Int64.min, "text": "é", "html": HTML(trusted: "<b>&amp;</b>"),
      "link": Link(checking: "/x?a=1&b=2"), "a": ["b": ["c": "deep"] as Value] as Value, "gone": Value.null,
    ]
    #expect(try render(page, value) == "|true|false|12|-9223372036854775808|é|<b>&amp;</b>|/x?a=1&amp;b=2|deep|")
  }

  @Test func sections() throws {
    let page = "{{#x}}[{{.}}]{{/x}}{{^x}}none{{/x}}"
    #expect(try render(page, ["x": ["a", "b"]]) == "[a][b]")
    #expect(try render(page, ["x": [1, 2]]) == "[1][2]")
    #expect(try render(page, ["x": [String]()]) == "none")
    #expect(try render(page, ["x": "text"]) == "[text]")
    #expect(try render(page, ["x": ""]) == "none")
    #expect(try render(page, ["x": 0]) == "[0]")
    #expect(try render(page, ["x": String?.none]) == "none")
    #expect(try render(page, ["x": String?.some("t")]) == "[t]")
    #expect(try render("{{#x}}yes{{/x}}{{^x}}no{{/x}}", ["x": true]) == "yes")
    #expect(try render("{{#x}}yes{{/x}}{{^x}}no{{/x}}", ["x": false]) == "no")
    #expect(try render("{{#x}}yes{{/x}}{{^x}}no{{/x}}", ["x": HTML(trusted: "")]) == "no")
  }

  @Test func innerNamesHideOuterOnesAndOuterOnesAreSeen() throws {
    let value: Value = ["name": "outer", "unit": "cm", "rows": [["name": "first"], ["name": "second"]] as [Value]]
    #expect(try render("{{#rows}}{{name}} {{unit}};{{/rows}}{{name}}", value) == "first cm;second cm;outer")
  }

  @Test func rowsMayHaveTheirNamesInDifferentPlaces() throws {
    let rows: [Value] = [["a": 1, "b": 2], ["b": 3, "a": 4], ["x": 0, "y": 0, "b": 5, "a": 6], ["a": 7, "b": 8]]
    #expect(try render("{{#rows}}{{a}}{{b}} {{/rows}}", ["rows": rows]) == "12 43 65 78 ")
    #expect(try render("{{#rows}}{{a}}{{b}} {{/rows}}", Value.object(named: [("rows", .list(rows))])) == "12 43 65 78 ")
  }

  @Test func aPageTakesWhatItsLayoutNeeds() throws {
    struct Page: ValueConvertible {
      let title: String
      let rows: [Int]
      var templateValue: Value { ["title": title, "rows": rows] }
    }
    let shared: Value = ["title": "not this one", "user": "Ann"]
    let value = Page(title: "T", rows: [1, 2]).templateValue.adding(shared)
    #expect(try render("{{title}} {{user}} {{#rows}}{{.}}{{/rows}}", value) == "T Ann 12")
    if case .text("x") = Value.text("x").adding(shared) {} else { Issue.record("a text stays what it was") }
  }

  @Test func standaloneTagsTakeTheirLines() throws {
    let page = "<ul>\n  {{#x}}\n  <li>{{.}}</li>\r\n  {{/x}}\n\t{{! a\n note }}\n</ul>{{^x}} {{/x}}\n"
    #expect(try render(page, ["x": ["a", "b"]]) == "<ul>\n  <li>a</li>\r\n  <li>b</li>\r\n</ul>\n")
  }

  @Test func renderingAddsToWhatIsThere() throws {
    let set = try compiled(["page.html": "b{{x}}"])
    var bytes = Array("a".utf8)
    try set.render("page", ["x": 1], into: &bytes)
    #expect(throws: TemplateError.self) { try set.render("page", [:], into: &bytes) }
    #expect(bytes == Array("ab1".utf8))
  }

  @Test func plainTextIsNotEscapedAndKeepsIndentation() throws {
    let files = [
      "mail/page.txt":
        "Dear {{name}},\n  {{>mail/list.txt}}\n{{<mail/frame.txt}}\n{{$body}}\n  one\n  {{name}}\n{{/body}}\n{{/mail/frame.txt}}\n",
      "mail/list.txt": "{{#rows}}\n- {{.}}\n{{/rows}}\n", "mail/frame.txt": "--\n> {{$body}}{{/body}}--\n", "mail/page.html": "{{name}}",
    ]
    let set = try compiled(files)
    let value: Value = ["name": "A & <B>", "rows": ["x", "y\nz"]]
    let text = String(decoding: try set.render("mail/page.txt", value), as: UTF8.self)
    #expect(text == "Dear A & <B>,\n  - x\n  - y\nz\n--\n> one\nA & <B>\n--\n")
    #expect(String(decoding: try set.render("mail/page", value), as: UTF8.self) == "A &amp; &lt;B&gt;")
    #expect(throws: TemplateError.self) { try set.render("mail/page.txt", ["name": HTML(trusted: "<b>"), "rows": [String]()]) }
  }
}
