import CSV

/// A record as a test sees it.
struct ReadRecord: Equatable {
  let line: Int
  let fields: [String]

  init(_ line: Int, _ fields: String...) {
    self.line = line
    self.fields = fields
  }

  init(_ record: borrowing CSVRecord) {
    line = record.line
    fields = record.texts
  }
}

/// Reads bytes in chunks of one size.
func records(
  _ bytes: [UInt8], chunk: Int = .max, separator: UInt8? = nil, encoding: CSVEncoding = .unicode, limits: CSVLimits = CSVLimits()
) throws -> [ReadRecord] {
  var reader = CSVReader(separator: separator, encoding: encoding, limits: limits)
  var found: [ReadRecord] = []
  try bytes.withUnsafeBytes { all in
    var start = 0
    while start < all.count {
      let end = chunk < all.count - start ? start + chunk : all.count
      try reader.feed(UnsafeRawBufferPointer(rebasing: all[start..<end])) { found.append(ReadRecord($0)) }
      start = end
    }
  }
  try reader.finish { found.append(ReadRecord($0)) }
  return found
}

func records(_ text: String, chunk: Int = .max, limits: CSVLimits = CSVLimits()) throws -> [ReadRecord] {
  try records(Array(text.utf8), chunk: chunk, limits: limits)
}

/// The bytes that a writer hands on.
func written(bom: Bool = false, capacity: Int = 1 << 16, _ body: (inout CSVWriter) throws -> Void) throws -> [UInt8] {
  var bytes: [UInt8] = []
  try withoutActuallyEscaping({ (part: UnsafeRawBufferPointer) in bytes += part }) { sink in
    var writer = CSVWriter(bom: bom, capacity: capacity, sink)
    try body(&writer)
    try writer.finish()
  }
  return bytes
}

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
