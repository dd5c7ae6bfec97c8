import Testing

@testable import Templates

@Suite struct StrictnessTests {
  @Test(arguments: [
    ("{{x}}", "page.html:1:1: there is no value named 'x'"), ("é\n  {{a.x}}", "page.html:2:3: there is no value named 'a.x'"),
    ("<é>{{#x}}{{/x}}", "page.html:1:4: there is no value named 'x'"), ("\n\n{{^x}}{{/x}}", "page.html:3:1: there is no value named 'x'"),
    ("{{#a}}{{b.c}}{{/a}}", "page.html:1:7: there is no value named 'b.c'"),
    ("{{text.x}}", "page.html:1:1: there is no value named 'text.x'"),
    ("{{a}}", "page.html:1:1: 'a' is a list or an object, not a text; use a section"),
    ("{{list}}", "page.html:1:1: 'list' is a list or an object, not a text; use a section"),
  ])
  func namesWithoutValuesAreErrors(_ page: String, _ expected: String) {
    #expect(complaint(["page.html": page], ["a": ["b": "t"] as Value, "text": "t", "list": [1]]) == expected)
  }

  @Test func theErrorNamesTheFileItStandsIn() {
    let files = [
      "page.html": "{{<layout}}\n{{$main}}\n{{>part}}\n{{/main}}\n{{/layout}}", "layout.html": "\n{{$main}}{{/main}}",
      "part.html": "ok\nok {{missing}}",
    ]
    #expect(complaint(files) == "part.html:2:4: there is no value named 'missing'")
    #expect(complaint(files.merging(["part.html": ""]) { $1 }) == "")
    let inBlock = files.merging(["page.html": "{{<layout}}\n{{$main}}\n  {{gone}}\n{{/main}}\n{{/layout}}"]) { $1 }
    #expect(complaint(inBlock) == "page.html:3:3: there is no value named 'gone'")
    #expect(
      complaint(files.merging(["layout.html": "{{$main}}{{/main}}\n{{lost}}", "part.html": ""]) { $1 }).hasPrefix("layout.html:2:1: "))
  }

  @Test(arguments: [
    ("{{>gone}}", "page.html:1:1: there is no template 'gone'"), ("x\n {{<gone}}{{/gone}}", "page.html:2:2: there is no template 'gone'"),
    ("{{<layout}}\n{{$man}}{{/man}}{{/layout}}", "page.html:2:1: the layout 'layout' has no block 'man'"),
    ("{{>mail.txt}}", "page.html:1:1: 'mail.txt' cannot stand in 'page.html': one is HTML, the other plain text"),
    ("{{<layout}}{{$main}}{{/main}}{{$main}}{{/main}}{{/layout}}", "page.html:1:30: the block 'main' is given twice"),
    ("{{<layout}}text{{/layout}}", "page.html:1:12: text between the blocks of {{<layout}} would not be shown"),
    ("{{<layout}}{{x}}{{/layout}}", "page.html:1:12: only {{$block}} may stand in {{<layout}}, not a variable"),
    ("{{<layout}}{{#x}}{{/x}}{{/layout}}", "page.html:1:12: only {{$block}} may stand in {{<layout}}, not a section"),
    ("{{<layout}}{{>layout}}{{/layout}}", "page.html:1:12: only {{$block}} may stand in {{<layout}}, not a partial"),
    ("{{<layout}}{{<layout}}{{/layout}}{{/layout}}", "page.html:1:12: only {{$block}} may stand in {{<layout}}, not a layout"),
  ])
  func templatesAndBlocksThatDoNotFitAreErrorsAtOnce(_ page: String, _ expected: String) {
    #expect(complaint(["page.html": page, "layout.html": "{{$main}}{{/main}}", "mail.txt": ""]) == expected)
  }

  @Test(arguments: [
    ("a {{#x", "page.html:1:3: a tag is opened here that is not closed"), ("{{#x}}\n", "page.html:1:1: {{#x}} is not closed"),
    ("{{<x}}", "page.html:1:1: {{<x}} is not closed"), ("{{$x}}", "page.html:1:1: {{$x}} is not closed"),
    ("{{/x}}", "page.html:1:1: {{/x}} closes nothing"),
    ("{{#x}}\n{{#y}}\n{{/x}}", "page.html:3:1: {{/x}} stands where {{/y}} should close line 2"),
    ("{{}}", "page.html:1:1: a tag has no name"), ("{{# }}", "page.html:1:1: a tag has no name"),
    ("{{a b}}", "page.html:1:1: 'a b' is not a name: use letters, digits, '_' and '-'"),
    ("{{a..b}}", "page.html:1:1: 'a..b' is not a name: use letters, digits, '_' and '-'"),
    ("{{.a}}", "page.html:1:1: '.a' is not a name: use letters, digits, '_' and '-'"),
    ("{{>../x}}", "page.html:1:1: '../x' is not a name: use letters, digits, '_' and '-'"),
    ("{{>*x}}", "page.html:1:1: '*x' is not a name: use letters, digits, '_' and '-'"),
    ("{{{x}}}", "page.html:1:1: values are always escaped; give the value as HTML instead of {{{…}}} or {{&…}}"),
    ("{{&x}}", "page.html:1:1: values are always escaped; give the value as HTML instead of {{{…}}} or {{&…}}"),
    ("{{=<% %>=}}", "page.html:1:1: set-delimiter tags are not supported"),
  ])
  func tagsThatAreWrongAreRefused(_ page: String, _ expected: String) {
    #expect(complaint(["page.html": page]) == expected)
  }

  @Test func nestingHasALimit() {
    let deep = (0..<61).map { _ in "{{#x}}" }.joined() + (0..<61).map { _ in "{{/x}}" }.joined()
    #expect(complaint(["page.html": deep], ["x": true]) == "page.html:1:361: more than 60 sections stand in each other here")
    #expect(complaint(["page.html": "{{#x}}" + deep.dropFirst(12).dropLast(6)], ["x": true]) == "")
  }

  @Test func aTemplateThatDoesNotExistIsAnError() throws {
    let error = #expect(throws: TemplateError.self) { _ = try compiled([:]).render("programs/none", [:]) }
    #expect(error?.description == "programs/none: there is no such template")
  }

  @Test func textThatIsNotUTF8IsRefused() {
    #expect(throws: TemplateError.self) { try TemplateSet(sources: [(file: "a.html", text: [0x61, 0xE9])], strict: true) }
  }

  @Test func renderedTextIsNeverReadAgain() throws {
    #expect(try render("{{x}}", ["x": "{{y}}{{>page}}"]) == "{{y}}{{&gt;page}}")
  }
}
