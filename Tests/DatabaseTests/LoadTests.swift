import Support
import Testing

@testable import Database

@Suite struct LoadTests {
  private static let awkward = [
    "", " ", "\\", "\\N", "\\.", "a\tb", "a\nb", "a\r\nb", "\"quoted\"", "O'Brien", "=1+1", "{x}", "NULL", "王伟", "👩🏽‍🚀", "\u{1}\u{7f}",
    "back\\slash\\",
    String(repeating: "long ", count: 40_000),
  ]

  private func with(_ engine: Dialect, _ body: (any Database) throws -> Void) throws {
    try TestDatabase.with(engine) { test throws in
      try test.database.write(organization: 1) {
        try $0.run("CREATE TABLE t (id BIGINT PRIMARY KEY, small SMALLINT, d DOUBLE PRECISION, x TEXT)")
      }
      try body(test.database)
    }
  }

  @Test(arguments: TestDatabase.engines) func whatIsLoadedComesBack(_ engine: Dialect) throws {
    try with(engine) { db throws in
      let numbers: [Int64] = [.min, -1, 0, 1, 9, 10, .max]
      let count = try db.write(organization: 1) { tx throws in
        try tx.load(into: "t", columns: ["x", "id", "d", "small"]) { sink in
          for (index, text) in LoadTests.awkward.enumerated() {
            if index.isMultiple(of: 2) { sink.text(text) } else { Array(text.utf8).withUnsafeBytes { sink.text($0) } }
            sink.int(Int64(1000 + index))
            sink.double(0.1 * Double(index))
            sink.int(1)
            try sink.endRow()
          }
          for number in numbers {
            sink.null()
            sink.int(number)
            sink.null()
            sink.null()
            try sink.endRow()
          }
        }
      }
      #expect(count == LoadTests.awkward.count + numbers.count)
      try db.read { reader throws in
        #expect(try reader.all("SELECT x FROM t WHERE x IS NOT NULL ORDER BY id") { $0.text(0) } == LoadTests.awkward)
        let doubles = try reader.all("SELECT d FROM t WHERE x IS NOT NULL ORDER BY id") { $0.double(0) }
        #expect(doubles == LoadTests.awkward.indices.map { 0.1 * Double($0) })
        let nulls = try reader.all("SELECT id FROM t WHERE x IS NULL AND d IS NULL AND small IS NULL ORDER BY id") { $0.int(0) }
        #expect(nulls == numbers)
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func aLoadThatFailsLeavesNothingAndDooms(_ engine: Dialect) throws {
    let feeds: [(any RowSink) throws -> Void] = [
      { sink in  // a key twice
        for id in [1, 2, 1] { try row(sink, Int64(id)) }
      },
      { sink in  // the feed gives up
        try row(sink, 1)
        throw Refusal()
      },
      { sink in  // too few cells
        sink.int(1)
        try sink.endRow()
      },
      { sink in  // a row that is not ended
        try row(sink, 1)
        sink.int(2)
      },
      { sink in  // NUL
        sink.int(1)
        sink.text("a\0")
        try sink.endRow()
      },
      { sink in  // not UTF-8
        sink.int(1)
        [UInt8](arrayLiteral: 0xff, 0x41).withUnsafeBytes { sink.text($0) }
        try sink.endRow()
      },
    ]
    try with(engine) { db throws in
      for (index, feed) in feeds.enumerated() {
        var caught: (any Error)?
        let error = refusal {
          try db.write(organization: 1) { tx throws in
            try tx.run("INSERT INTO t (id) VALUES (99)")
            do { _ = try tx.load(into: "t", columns: ["id", "x"], feed) } catch { caught = error }
            #expect(refusal { try tx.run("INSERT INTO t (id) VALUES (98)") } != nil, "feed \(index)")
          }
        }
        #expect(caught != nil, "feed \(index)")
        #expect(error != nil, "feed \(index)")
        #expect(try db.read { try $0.scalar("SELECT COUNT(*) FROM t") } == 0, "feed \(index)")
      }
      // In a savepoint only the load is undone.
      for feed in feeds {
        try db.write(organization: 1) { tx throws in
          try tx.run("INSERT INTO t (id) VALUES (99)")
          do {
            _ = try tx.savepoint { try tx.load(into: "t", columns: ["id", "x"], feed) }
            Issue.record("the load went through")
          } catch {}
          try tx.run("DELETE FROM t WHERE id = 99")
          #expect(try tx.scalar("SELECT COUNT(*) FROM t") == 0)
        }
      }
    }
  }

  @Test(arguments: TestDatabase.engines) func nothingElseRunsDuringALoad(_ engine: Dialect) throws {
    try with(engine) { db throws in
      let error = refusal {
        try db.write(organization: 1) { tx throws in
          try tx.load(into: "t", columns: ["id", "x"]) { sink in
            try row(sink, 1)
            _ = try tx.scalar("SELECT 1")
          }
        }
      }
      #expect(error?.code == "loading")
      #expect(try db.read { try $0.scalar("SELECT COUNT(*) FROM t") } == 0)
    }
  }

  @Test(arguments: TestDatabase.engines) func aFaultNamesItsCell(_ engine: Dialect) throws {
    try with(engine) { db throws in
      let error = refusal {
        try db.write(organization: 1) { tx throws in
          try tx.load(into: "t", columns: ["id", "x"]) { sink in
            try row(sink, 1)
            sink.int(2)
            sink.text("\0")
            try sink.endRow()
          }
        }
      }
      #expect(error?.message == "cell 2 of row 2 holds NUL")
    }
  }
}

private func row(_ sink: any RowSink, _ id: Int64) throws {
  sink.int(id)
  sink.text("x")
  try sink.endRow()
}
