import Foundation
import FoundationXML
import Testing

@testable import Charts

@Suite struct LineChartTests {
  private func chart(_ values: [Double?]..., labels: [String] = ["Jan", "Feb", "Mar"]) -> LineChart {
    let series = values.enumerated().map { LineChart.Series(name: "Line \($0)", values: $1) }
    return LineChart(title: "Over time", description: "Two lines", labels: labels, series: series)
  }
  private func texts(_ picture: XMLElement) -> [String] { picture.elements(forName: "text").compactMap(\.stringValue) }

  @Test func linesAxisTicksAndNamesAreDrawn() throws {
    let picture = try parsed(chart([0, 50, 100], [0, 20, 40]).svg)
    #expect(child(picture, "title") == "Over time")
    #expect(child(picture, "desc") == "Two lines")
    #expect(texts(picture) == ["0", "50", "100", "Jan", "Feb", "Mar"])
    #expect(shapes(picture, class: "line").map { attribute($0, "d") } == ["M60 224L449 119L838 14", "M60 224L449 182L838 140"])
    #expect(shapes(picture, class: "name").compactMap(\.stringValue) == ["Line 0", "Line 1"])
    #expect(shapes(picture, class: "axis").count == 1)
  }

  @Test func nothingToDrawSaysSo() throws {
    #expect(texts(try parsed(chart([nil, .nan, .infinity]).svg)).last == "No data yet")
    #expect(texts(try parsed(LineChart(title: "", labels: [], series: []).svg)) == ["0", "1", "No data yet"])
  }

  @Test func oneLabelIsADotInTheMiddle() throws {
    let picture = try parsed(chart([4], labels: ["Jan"]).svg)
    #expect(shapes(picture, class: "line").isEmpty)
    #expect(shapes(picture, class: "dot").map { attribute($0, "cx") } == ["449"])
  }

  @Test func flatZeroLiesOnTheAxis() throws {
    let picture = try parsed(chart([0, 0, 0]).svg)
    #expect(shapes(picture, class: "line").map { attribute($0, "d") } == ["M60 224L449 224L838 224"])
  }

  @Test func negativeValuesGoBelowTheAxis() throws {
    let picture = try parsed(chart([-10, 0, 10]).svg)
    #expect(texts(picture).prefix(5) == ["−10", "−5", "0", "5", "10"])
    #expect(shapes(picture, class: "axis").map { attribute($0, "y1") } == ["119"])
  }

  @Test func hugeValuesStayInside() throws {
    let picture = try parsed(chart([-1.7e308, 0, 1.7e308]).svg)
    #expect(shapes(picture, class: "line").map { attribute($0, "d") } == ["M60 224L449 119L838 14"])
  }

  @Test func labelsAreThinnedAndTheLatestStays() throws {
    let months = (1...30).map { "M\($0)" }
    let shown = texts(try parsed(chart(months.map { _ in 1 }, labels: months).svg)).filter { $0.hasPrefix("M") }
    #expect(shown == ["M2", "M6", "M10", "M14", "M18", "M22", "M26", "M30"])
  }

  @Test func fewerValuesThanLabelsAreAGap() throws {
    let picture = try parsed(chart([1, 2]).svg)
    #expect(shapes(picture, class: "dot").map { attribute($0, "cx") } == ["449"])
  }

  @Test func textIsEscapedAndLongNamesAreCut() throws {
    let name = "<b>&\"'</b>" + String(repeating: "長", count: 40)
    let picture = try parsed(LineChart(title: name, labels: [name], series: [.init(name: name, values: [1])]).svg)
    #expect(child(picture, "title") == name)
    #expect(shapes(picture, class: "name").compactMap(\.stringValue) == [String(name.prefix(13)) + "…"])
  }

  @Test func namesThatWouldOverlapMoveApart() {
    #expect(LineChart.spread([100, 100, 104]) == [100, 116, 132])
    #expect(LineChart.spread([224, 224]) == [208, 224])
    #expect(LineChart.spread([50, 20]) == [50, 20])
    #expect(LineChart.spread([]).isEmpty)
  }
}

@Suite struct TicksTests {
  @Test(arguments: [
    (0.0, 9.0, ["0", "5", "10"]), (0, 100, ["0", "50", "100"]), (0, 0, ["0", "1"]), (0, 0.3, ["0.0", "0.1", "0.2", "0.3"]),
    (0, 1, ["0.0", "0.5", "1.0"]), (0, 7300, ["0", "2,000", "4,000", "6,000", "8,000"]),
    (0, 10_000, ["0", "5k", "10k"]), (0, 41_000, ["0", "20k", "40k", "60k"]), (-3, 4, ["−4", "−2", "0", "2", "4"]),
    (0, 3_400_000, ["0", "1M", "2M", "3M", "4M"]), (0, 3e15, ["0", "1e15", "2e15", "3e15"]),
  ])
  func roundNumbersEncloseTheValues(low: Double, high: Double, labels: [String]) {
    #expect(Ticks(low: low, high: high).labels == labels)
  }

  @Test func neverMoreThanSixTicks() {
    for exponent in stride(from: -9, through: 299, by: 7) {
      let ticks = Ticks(low: 0, high: 3.7 * pow(10, Double(exponent)))
      #expect((2...6).contains(ticks.values.count), "10^\(exponent)")
    }
  }

  @Test func coordinatesHaveNoExponentAndNoNegativeZero() {
    #expect(Markup.coordinate(1e-9) == "0")
    #expect(Markup.coordinate(-0.001) == "0")
    #expect(Markup.coordinate(-0.5) == "-0.5")
    #expect(Markup.coordinate(1.005e9) == "1000000")
    #expect(Markup.coordinate(.nan) == "0")
    #expect(Markup.coordinate(2.05) == "2.05")
  }
}
