import Foundation
import Testing

@testable import Web

@Suite struct SiteLogTests {
  private struct Line: Decodable {
    let id: String
    let method: String
    let route: String
    let status: Int
    let ms: Double
    let bytes: Int
    let user: Int?
  }

  private func written(_ style: SiteLog.Style, _ body: (SiteLog) -> Void) -> String {
    let lines = TestSite.LogLines()
    body(SiteLog(style) { lines.add($0) })
    return lines.all.joined(separator: "\n")
  }

  @Test func aRequestIsOneJSONObject() throws {
    let entry = SiteLog.Access(
      id: "a1", method: "GET", route: "/o/:slug/users", status: 200, milliseconds: 3.0456, bytes: 14_233, user: 12)
    let line = try JSONDecoder().decode(Line.self, from: Data(written(.json) { $0.access(entry) }.utf8))
    #expect(line.id == "a1" && line.method == "GET" && line.route == "/o/:slug/users" && line.status == 200)
    #expect(line.ms == 3.046 && line.bytes == 14_233 && line.user == 12)
  }

  @Test func nobodyIsNull() throws {
    let entry = SiteLog.Access(id: "", method: "\"\\\n\u{1}é", route: "", status: 404, milliseconds: 0, bytes: 0, user: nil)
    let line = try JSONDecoder().decode(Line.self, from: Data(written(.json) { $0.access(entry) }.utf8))
    #expect(line.user == nil && line.method == "\"\\\n\u{1}é")
  }

  @Test func aMessageStaysOnOneLine() {
    #expect(!written(.text) { $0.problem("first\nsecond", id: "7") }.contains("\n"))
    #expect(!written(.json) { $0.slowStatement("SELECT 1\n  FROM x", .milliseconds(120)) }.contains("\n"))
    #expect(written(.json) { $0.slowStatement("SELECT 1\n  FROM x", .milliseconds(120)) }.contains("SELECT 1 FROM x"))
  }
}
