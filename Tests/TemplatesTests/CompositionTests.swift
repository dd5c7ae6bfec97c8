import Foundation
import Synchronization
import Testing

@testable import Templates

@Suite struct CompositionTests {
  @Test func partialsSeeTheValuesAround() throws {
    let files = ["page.html": "{{#rows}}{{>shared/row}}{{/rows}}", "shared/row.html": "<b>{{.}}{{unit}}</b>\n"]
    #expect(try render(files, ["rows": [1, 2], "unit": "cm"]) == "<b>1cm</b>\n<b>2cm</b>\n")
  }

  @Test func htmlIsNotIndentedSinceThatWouldChangeTextareas() throws {
    let files = ["page.html": "<div>\n    {{>area}}\n</div>", "area.html": "<textarea>\n{{x}}</textarea>\n"]
    #expect(try render(files, ["x": "a"]) == "<div>\n<textarea>\na</textarea>\n</div>")
  }

  @Test func layoutsTakeBlocks() throws {
    let files = [
      "page.html":
        "{{<layouts/page}}\n{{$title}}{{name}}{{/title}}\n{{! the rest }}\n{{$main}}\n<p>{{name}}</p>\n{{/main}}\n{{/layouts/page}}\n",
      "layouts/page.html":
        "<title>{{$title}}Provost{{/title}}</title>\n<main>\n{{$main}}\nnothing\n{{/main}}\n</main>{{$foot}}foot{{/foot}}\n",
    ]
    #expect(try render(files, ["name": "A&B"]) == "<title>A&amp;B</title>\n<main>\n<p>A&amp;B</p>\n</main>foot\n")
  }

  @Test func aBlockBelongsToTheLayoutItWasWrittenFor() throws {
    let files = [
      "page.html": """
      {{<layout}}{{$title}}Page{{/title}}{{$main}}{{<card}}{{$title}}Card{{/title}}{{/card}}{{<card}}{{/card}}{{>part}}{{/main}}{{/layout}}
      """,
      "layout.html": "<h1>{{$title}}{{/title}}</h1>{{$main}}{{/main}}{{<card}}{{$body}}in layout{{/body}}{{/card}}{{>part}}",
      "card.html": "[{{$title}}no title{{/title}}{{$body}}{{/body}}]", "part.html": "({{$title}}part{{/title}})",
    ]
    #expect(try render(files) == "<h1>Page</h1>[Card][no title](part)[no titlein layout](part)")
  }

  @Test func aBlockIsHandedOnWhereItIsWrittenAgain() throws {
    let files = [
      "page.html": "{{<middle}}{{$main}}mine{{/main}}{{/middle}}",
      "middle.html": "{{<outer}}{{$main}}<i>{{$main}}default{{/main}}</i>{{/main}}{{/outer}}", "outer.html": "<b>{{$main}}{{/main}}</b>",
    ]
    #expect(try render(files) == "<b><i>mine</i></b>")
    #expect(try render(files.merging(["page.html": "{{<middle}}{{/middle}}"]) { $1 }) == "<b><i>default</i></b>")
  }

  @Test func aBlockSeesTheValuesOfThePlaceItIsPutIn() throws {
    let files = ["page.html": "{{<list}}{{$row}}{{name}},{{/row}}{{/list}}", "list.html": "{{#rows}}{{$row}}{{/row}}{{/rows}}"]
    #expect(try render(files, ["rows": [["name": "a"], ["name": "b"]] as [Value]]) == "a,b,")
  }

  @Test(arguments: [
    ["page.html": "\n <p>{{>page}}</p>"], ["page.html": "{{>a}}", "a.html": "{{#x}}\n{{>page}}{{/x}}"],
    ["page.html": "{{<l}}{{$b}}{{>page}}{{/b}}{{/l}}", "l.html": "{{$b}}{{/b}}"],
  ])
  func aTemplateThatIncludesItselfWithoutEndIsStopped(_ files: [String: String]) {
    #expect(complaint(files, ["x": true]).contains("deep in each other"))
  }

  /// A template without end must not end the program, whose threads may have small stacks.
  @Test func theLimitOfDepthFitsASmallStack() {
    let said = Mutex("")
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
      let files = ["page.html": "{{#x}}{{<l}}{{$b}}{{#x}}{{>page}}{{/x}}{{/b}}{{/l}}{{/x}}", "l.html": "{{#x}}{{$b}}{{/b}}{{/x}}"]
      said.withLock { $0 = complaint(files, ["x": true]) }
      done.signal()
    }
    thread.stackSize = 512 << 10
    thread.start()
    done.wait()
    #expect(said.withLock { $0 }.contains("deep in each other"))
  }

  @Test func aTreeMayIncludeItself() throws {
    let node = "<li>{{name}}{{#children}}{{>page}}{{/children}}</li>"
    let tree: Value = [
      "name": "a",
      "children": [["name": "b", "children": [Value]()], ["name": "c", "children": [["name": "d", "children": [Value]()]] as [Value]]]
        as [Value],
    ]
    #expect(try render(["page.html": node], tree) == "<li>a<li>b</li><li>c<li>d</li></li></li>")
  }

  @Test func aSetKnowsItsNamesAndWhoNamesWhom() throws {
    let set = try compiled(["a/b.html": "{{<l}}{{$x}}{{>p}}{{/x}}{{/l}}{{>p}}", "l.html": "{{$x}}{{/x}}", "p.html": "", "m.txt": ""])
    #expect(set.names == ["a/b", "l", "m.txt", "p"])
    #expect(set.references(of: "a/b") == ["l", "p"])
    #expect(set.references(of: "p") == [])
    #expect(set.references(of: "none") == [])
  }
}
