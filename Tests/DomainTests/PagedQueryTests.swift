import Database
import Support
import Testing
import World

@testable import Domain

/// Pages are checked against the plain way: take everything, sort it, cut it.
@Suite struct PagedQueryTests {
  private struct Entry: Equatable {
    let id: Int64, text: String, number: Int64
  }

  private static func entries(_ random: inout DemoRandom) -> [Entry] {
    let words = ["", "a", "ab", "b", "é", "王", "z\nz", "zz"]
    let distance: Int64 = random.one([1, 1 << 19])
    return (1...Int64(random.within(1...160))).map { Entry(id: $0 * distance, text: random.one(words), number: Int64(random.below(7))) }
  }

  @Test(arguments: TestDatabase.engines) func agreesWithSortingEverything(_ engine: Dialect) throws {
    try TestDatabase.with(engine) { test in
      var random = DemoRandom(seed: 41)
      for round in 0..<12 {
        let entries = PagedQueryTests.entries(&random)
        try test.database.write(organization: 0) { tx in
          try tx.run("CREATE TABLE entries (id BIGINT PRIMARY KEY, text TEXT NOT NULL, number BIGINT NOT NULL)")
          for entry in entries {
            try tx.run("INSERT INTO entries (id, text, number) VALUES (\(entry.id), \(entry.text), \(entry.number))")
          }
        }
        for _ in 0..<24 {
          let (isText, descending, filtered, indexed) = (random.chance(50), random.chance(50), random.chance(60), random.chance(50))
          let request = PageRequest(number: random.within(1...12), size: random.one(PageRequest.sizes))
          let key = SortKey(column: isText ? "e.text" : "e.number", kind: isText ? .text : .number, isIndexed: indexed)
          var filter = PagedFilter()
          if filtered {
            if random.chance(60) { filter.here = ["e.number > 1"] }
            if random.chance(60) || filter.isEmpty {
              filter.elsewhere = [["e.number = 3", "e.number > 3 AND 1 = 1", "e.number = 2"], ["e.number > 1"]]
            }
          }
          let query = PagedQuery(
            source: "entries e", id: "e.id", scope: "e.number < 6", filter: filter.condition,
            knownTotal: entries.count { $0.number < 6 }, key: key, descending: descending,
            narrow: filtered && random.chance(70) ? filter : nil, few: random.one([0, 20, 2000]))
          let page = try test.database.read { try query.page(request, in: $0) }
          let expected = entries.filter { $0.number < 6 && (!filtered || $0.number > 1) }.sorted { a, b in
            let order = isText ? PagedQueryTests.order(a.text, b.text) : Int(a.number - b.number)
            return order == 0 ? (descending ? a.id > b.id : a.id < b.id) : (descending ? order > 0 : order < 0)
          }
          let last = max(1, (expected.count + request.size - 1) / request.size)
          let number = min(request.number, last)
          let cut = expected.dropFirst((number - 1) * request.size).prefix(request.size)
          #expect(
            page.rows == cut.map(\.id), "round \(round), text \(isText), descending \(descending), filtered \(filtered), page \(number)")
          #expect(page.total == expected.count)
          #expect(page.number == number && page.count == last)
          let all = try test.database.read { try query.ids(in: $0) }
          #expect(all == expected.map(\.id))
        }
        try test.database.write(organization: 0) { _ = try $0.run("DROP TABLE entries") }
      }
    }
  }

  /// Byte order, as the engines compare.
  private static func order(_ a: String, _ b: String) -> Int {
    let (x, y) = (Array(a.utf8), Array(b.utf8))
    return x == y ? 0 : x.lexicographicallyPrecedes(y) ? -1 : 1
  }

  /// Every stretch of an order, also of long lists with few, many and only equal keys, is what sorting everything gives.
  @Test func aStretchOfAnOrderIsAsIfAllWereSorted() {
    var random = DemoRandom(seed: 5)
    for distinct in [1, 3, 400, 100_000] {
      let keys = (0..<5000).map { _ in Int64(random.below(distinct)) - 7 }
      for descending in [false, true] {
        var rows = NumberedRows(descending: descending)
        for (id, key) in keys.enumerated() { rows.append(Int64(id), key: key) }
        let sorted = keys.indices.sorted { a, b in
          let isBefore = keys[a] == keys[b] ? a < b : keys[a] < keys[b]
          return descending ? !isBefore && a != b : isBefore
        }
        for range in [0..<0, 0..<50, 4970..<5000, 2500..<2550, 17..<18, 0..<5000] {
          #expect(rows.ids(range) == sorted[range].map(Int64.init), "\(distinct) keys, descending \(descending), \(range)")
        }
      }
    }
  }

  @Test func setsOfIDsAreAsTheStandardOnes() throws {
    var random = DemoRandom(seed: 9)
    for _ in 0..<60 {
      let sets = (0..<2).map { _ in
        let start = Int64(random.one([0, 1, 63, 64, 5000, 1 << 33]))
        return (0..<random.below(90)).map { _ in start + Int64(random.below(random.one([1, 70, 9000]))) }
      }
      let (one, other) = (IDSet(sets[0]), IDSet(sets[1]))
      #expect(one.ids == Set(sets[0]).sorted() && one.count == Set(sets[0]).count)
      guard abs((sets[0].min() ?? 0) - (sets[1].min() ?? 0)) < 1 << 20 else { continue }
      #expect(one.union(other).ids == Set(sets[0]).union(sets[1]).sorted())
      #expect(one.intersection(other).ids == Set(sets[0]).intersection(sets[1]).sorted())
      #expect(sets[1].allSatisfy { one.contains($0) == sets[0].contains($0) } && !one.contains(-1))
    }
  }

  @Test func momentsSortAsTheirTextsDo() {
    let texts = [
      "", "0000-01-01T00:00:00.000Z", "1999-12-31T23:59:59.999Z", "2026-07-01T10:00:00.000Z", "2026-07-01T10:00:00.001Z",
      "9999", "9999-12-31T23:59:59.999Z",
    ]
    for order in [Array(texts.indices), texts.indices.reversed()] {
      var rows = NumberedRows(descending: false)
      for index in order { rows.append(Int64(index), key: Array(texts[index].utf8).withUnsafeBytes { packedMoment($0) }) }
      #expect(rows.ids(0..<texts.count).map(Int.init) == Array(texts.indices))
    }
  }

  @Test func sizesAndNumbersAreKeptWithinBounds() {
    #expect(PageRequest(number: -3, size: 7) == PageRequest(number: 1, size: 50))
    #expect(PageRequest(number: .max, size: 100).number == 1_000_000)
  }
}
