import Testing

@testable import Templates

@Suite struct HTMLContextTests {
  private static let values: Value = [
    "x": "t", "yes": true, "no": false, "link": Link(checking: "/a?b=1&c=2"), "html": HTML(trusted: "<b>"), "list": ["a", "b"], "n": 1,
    "nothing": Value.null,
  ]

  @Test(arguments: [
    ("<p class=\"a {{x}} b\" data-y='{{x}}'>{{x}}</p>", "<p class=\"a t b\" data-y='t'>t</p>"),
    ("<input name = \"{{x}}\"{{#yes}} checked{{/yes}}{{#no}} disabled{{/no}} value=\"{{x}}\">", "<input name = \"t\" checked value=\"t\">"),
    ("<td{{#yes}} class=\"{{x}}\"{{/yes}}>", "<td class=\"t\">"), ("<i {{#no}}a{{/no}} {{#yes}}b{{/yes}}/>", "<i  b/>"),
    ("<a {{#yes}}href=\"{{link}}\"{{/yes}}>{{x}}", "<a href=\"/a?b=1&amp;c=2\">t"),
    ("<a class=\"{{#list}}{{.}} {{/list}}{{^no}}c{{/no}}\">", "<a class=\"a b c\">"),
    ("<!-- a > b --><p>{{x}}</p>", "<!-- a > b --><p>t</p>"),
    ("<!doctype html><title>{{x}} <b {{x}}</title>{{x}}", "<!doctype html><title>t <b t</title>t"),
    ("<textarea name='{{x}}'>\n{{x}}</TextArea ><i>{{x}}", "<textarea name='t'>\nt</TextArea ><i>t"),
    (
      "<script src=\"{{link}}\">if (a</b) c('</scriptx')</script >{{x}}",
      "<script src=\"/a?b=1&amp;c=2\">if (a</b) c('</scriptx')</script >t"
    ),
    ("a < b {{x}} <1 {{x}} << {{x}}", "a < b t <1 t << t"),
    ("<use href=\"/i.svg#a\"/><img src='{{link}}'>", "<use href=\"/i.svg#a\"/><img src='/a?b=1&amp;c=2'>"),
    ("<p {{! note }}id=a>{{html}}", "<p id=a><b>"), ("<a href='{{nothing}}'>", "<a href=''>"),
    ("</p title='{{x}}'>{{x}}", "</p title='t'>t"),
    ("<!---->{{x}}<!-->{{x}}<?x {{no}}?>", "?"),
  ])
  func whereVariablesMayStand(_ page: String, _ expected: String) throws {
    if expected == "?" {
      #expect(complaint(["page.html": page], Self.values) != "")
    } else {
      #expect(try render(page, Self.values) == expected)
    }
  }

  @Test(arguments: [
    ("<p class={{x}}>", "needs quotes"), ("<p class= {{x}}>", "needs quotes"), ("<p class=a{{x}}>", "needs quotes"),
    ("<p {{x}}>", "between tags"),
    ("<p {{x}}=\"a\">", "between tags"), ("<p a{{x}}=\"a\">", "between tags"), ("<{{x}}>", "between tags"), ("<p{{x}}>", "between tags"),
    ("</{{x}}>", "between tags"), ("<!doctype {{x}}>", "between tags"), ("<!-- {{x}} -->", "comment"),
    ("<script>{{x}}</script>", "<script>"),
    ("<SCRIPT type=\"application/json\">{{x}}</SCRIPT>", "<script>"), ("<style>{{x}}</style>", "<style>"), ("<iframe>{{x}}", "<iframe>"),
    ("<script>'</scriptx {{x}}", "<script>"), ("<p onclick=\"{{x}}\">", "'onclick'"), ("<p ONload='a({{x}})'>", "'onload'"),
    ("<p style=\"width:{{n}}\">", "'style'"),
    ("<iframe srcdoc='{{x}}'>", "'srcdoc'"), ("<p onclick='{{#list}}{{.}}{{/list}}'>", "'onclick'"),
    ("<p onclick=\"{{link}}\">", "'onclick'"),
  ])
  func whereVariablesMayNotStand(_ page: String, _ reason: String) {
    let complaint = complaint(["page.html": page], Self.values)
    #expect(complaint.contains(reason))
    #expect(complaint.hasPrefix("page.html:1:"))
  }

  @Test(arguments: ["href", "src", "action", "formaction", "HREF", "xlink:href", "poster", "srcset"])
  func attributesThatAreFollowedTakeLinksOnly(_ name: String) throws {
    for value in ["x", "n", "yes", "html"] {
      #expect(
        complaint(["page.html": "<a \(name)=\"{{\(value)}}\">"], Self.values)
          == "page.html:1:\(name.count + 6): '\(value)' stands in an attribute that is followed, and must be a Link")
    }
    #expect(try render("<a \(name)=\"{{link}}\">", Self.values) == "<a \(name)=\"/a?b=1&amp;c=2\">")
    #expect(complaint(["page.html": "<a \(name)=\"/users/{{n}}\">"], Self.values) != "")
  }

  @Test func htmlMayNotStandInAttributes() {
    #expect(
      complaint(["page.html": "<a title=\"{{html}}\">"], Self.values) == "page.html:1:11: 'html' is HTML, which cannot be written here")
  }

  @Test(arguments: [
    "{{#yes}}<p {{/yes}}class=\"a\">", "{{#yes}}<p>{{/yes}}<p class=\"{{#yes}}\">{{/yes}}", "<p class={{#yes}}\"a\"{{/yes}}>",
    "<p {{#yes}}class={{/yes}}\"a\">",
    "{{#yes}}<!-- {{/yes}} -->", "{{#yes}}<script>{{/yes}}</script>", "<p {{#yes}}a{{/yes}}=\"b\">", "<p data-{{#yes}}a{{/yes}}=\"b\">",
    "<p{{#yes}}re{{/yes}}>",
    "<p {{#yes}}a{{/yes}}b>", "<p title='{{#yes}}' class='{{/yes}}'>", "<{{#yes}}b{{/yes}}>", "<p =\"a\">", "<p \"a\">", "<p",
    "<p class=\"", "<!-- x", "<script>", "<title>",
    "<p class=\"{{>part}}\">", "<p {{>part}}>", "<!-- {{>part}} -->", "<script>{{>part}}</script>", "<p class=\"{{$b}}{{/b}}\">",
    "<p {{<l}}{{/l}}>",
    "{{<l}}{{$b}}<p {{/b}}{{/l}}", "{{<l}}{{$b}}<!--{{/b}}{{/l}}-->", "{{$b}}<p {{/b}}>",
  ])
  func whatWouldLeaveTheContextOpenIsRefused(_ page: String) {
    #expect(complaint(["page.html": page, "part.html": "a", "l.html": "{{$b}}{{/b}}"], Self.values).hasPrefix("page.html:1:"))
  }
}
