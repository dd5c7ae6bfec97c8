import Foundation
import FoundationXML
import Testing

@testable import Charts

/// Parses a picture as XML, so that a mistake in escaping or nesting fails the test.
func parsed(_ svg: String) throws -> XMLElement {
  try #require(try XMLDocument(xmlString: svg).rootElement())
}
func child(_ element: XMLElement, _ name: String) -> String? { element.elements(forName: name).first?.stringValue }
func attribute(_ element: XMLElement, _ name: String) -> String? { element.attribute(forName: name)?.stringValue }
func shapes(_ element: XMLElement, class name: String) -> [XMLElement] {
  (element.children ?? []).compactMap { $0 as? XMLElement }.flatMap { item in
    (attribute(item, "class") == name ? [item] : []) + shapes(item, class: name)
  }
}

@Suite struct SparklineTests {
  @Test func lineRunsFromLeftToRightAndEndsInADot() throws {
    let picture = try parsed(Sparkline(title: "Hours", description: "Rising", values: [0, 5, 10]).svg)
    #expect(attribute(picture, "viewBox") == "0 0 100 32")
    #expect(attribute(picture, "role") == "img")
    #expect(child(picture, "title") == "Hours")
    #expect(child(picture, "desc") == "Rising")
    #expect(shapes(picture, class: "line").map { attribute($0, "d") } == ["M0 28L50 16L100 4"])
    #expect(shapes(picture, class: "dot").map { attribute($0, "d") } == ["M100 4h0"])
  }

  @Test func lineStandsAboveZeroNotAboveItsLowestValue() throws {
    let picture = try parsed(Sparkline(title: "t", values: [10, 5]).svg)
    #expect(shapes(picture, class: "line").map { attribute($0, "d") } == ["M0 4L100 16"])
  }

  @Test func flatRunsThroughTheMiddleAndZeroLiesOnTheFloor() throws {
    let flat = try parsed(Sparkline(title: "t", values: [7, 7]).svg)
    #expect(shapes(flat, class: "line").map { attribute($0, "d") } == ["M0 16L100 16"])
    let zero = try parsed(Sparkline(title: "t", values: [0, 0]).svg)
    #expect(shapes(zero, class: "line").map { attribute($0, "d") } == ["M0 28L100 28"])
  }

  @Test func emptyIsABaseLineWithoutADot() throws {
    for values in [[], [nil, .nan, .infinity]] as [[Double?]] {
      let picture = try parsed(Sparkline(title: "t", values: values).svg)
      #expect(shapes(picture, class: "base").count == 1)
      #expect(shapes(picture, class: "dot").isEmpty)
    }
  }

  @Test func onePointIsADotInTheMiddle() throws {
    let picture = try parsed(Sparkline(title: "t", values: [3]).svg)
    #expect(shapes(picture, class: "line").isEmpty)
    #expect(shapes(picture, class: "dot").map { attribute($0, "d") } == ["M50 16h0"])
  }

  @Test func negativeAndHugeValuesStayInside() throws {
    let picture = try parsed(Sparkline(title: "t", values: [-1.7e308, 1.7e308, -5]).svg)
    #expect(shapes(picture, class: "line").map { attribute($0, "d") } == ["M0 28L50 4L100 16"])
  }

  @Test func gapsSplitTheLineAndLeaveOutTheArea() throws {
    let picture = try parsed(Sparkline(title: "t", values: [1, 2, nil, 2, 1]).svg)
    #expect(shapes(picture, class: "line").map { attribute($0, "d") } == ["M0 16L25 4M75 4L100 16"])
    #expect(shapes(picture, class: "area").isEmpty)
  }

  @Test func textIsEscaped() throws {
    let title = "<script>\"O'Brien\" & Zoë\u{301} \u{338}</title>"
    let svg = Sparkline(title: title, description: title, values: [1, 2]).svg
    #expect(!svg.contains("<script"))
    #expect(child(try parsed(svg), "title") == title)
    let control = try parsed(Sparkline(title: "a\u{0}b\u{1B}", values: []).svg)
    #expect(child(control, "title") == "a\u{FFFD}b\u{FFFD}")
  }

  @Test func combiningMarkCannotHideAQuoteOrBracket() {
    let svg = Sparkline(title: "\"\u{338}<\u{338}", values: []).svg
    #expect(Array(svg.utf8).contains(Array("&quot;\u{338}&lt;\u{338}".utf8)))
  }
}

@Suite struct BarTests {
  private func widths(_ svg: String, _ name: String) throws -> [String] {
    shapes(try parsed(svg), class: name).compactMap { attribute($0, "width") }
  }

  @Test func shareFillsItsPart() throws {
    let svg = ShareBar(title: "Joined", part: 1, whole: 4).svg
    #expect(try widths(svg, "fill") == ["100"])
    #expect(try widths(svg, "track") == ["400"])
    #expect(attribute(try parsed(svg), "preserveAspectRatio") == "none")
  }

  @Test func shareIsClampedAndSmallPartsAreSeen() throws {
    #expect(try widths(ShareBar(title: "", part: 9, whole: 4).svg, "fill") == ["400"])
    #expect(try widths(ShareBar(title: "", part: -1, whole: 4).svg, "fill") == [])
    #expect(try widths(ShareBar(title: "", part: 3, whole: 0).svg, "fill") == [])
    #expect(try widths(ShareBar(title: "", part: 1, whole: .max).svg, "fill") == ["4"])
  }

  @Test func funnelPartsLieEndToEnd() throws {
    let svg = MiniFunnel(title: "f", stages: [100, 75, 50, 25]).svg
    #expect(try widths(svg, "part-1") == ["36"])
    #expect(try widths(svg, "part-2") == ["36"])
    #expect(try widths(svg, "part-3") == ["36"])
    #expect(shapes(try parsed(svg), class: "part-3").map { attribute($0, "x") } == ["76"])
  }

  @Test func funnelNeverGrows() throws {
    let svg = MiniFunnel(title: "f", stages: [10, 5, 8, 20]).svg
    #expect(try widths(svg, "part-1") == ["74"])
    #expect(try widths(svg, "part-2").isEmpty)
  }

  @Test func funnelWithoutAnyoneIsAnEmptyTrack() throws {
    for stages in [[], [0, 0, 0, 0], [-4, 2, 1, 1]] {
      let picture = try parsed(MiniFunnel(title: "<none>", stages: stages).svg)
      #expect(picture.elements(forName: "rect").count == 1)
      #expect(child(picture, "title") == "<none>")
    }
  }
}
