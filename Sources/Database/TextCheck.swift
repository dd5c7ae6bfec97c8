/// Why bytes are not text that both engines can hold.
enum TextFault: String {
  case nul = "holds NUL"
  case notUTF8 = "is not UTF-8"
}

/// Looks for NUL and for bytes that are not UTF-8, eight bytes at a time as long as they are ASCII.
func textFault(_ bytes: UnsafeRawBufferPointer) -> TextFault? {
  let ones: UInt64 = 0x0101_0101_0101_0101
  let highs: UInt64 = 0x8080_8080_8080_8080
  var seen: UInt64 = 0
  var zero: UInt64 = 0
  var at = 0
  while at + 8 <= bytes.count {
    let word = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
    seen |= word
    zero |= (word &- ones) & ~word
    at += 8
  }
  while at < bytes.count {
    let byte = UInt64(bytes[at])
    seen |= byte
    if byte == 0 { return .nul }
    at += 1
  }
  if zero & highs != 0 { return .nul }
  if seen & highs == 0 { return nil }
  let characters = bytes.assumingMemoryBound(to: UInt8.self)
  do {
    _ = try UTF8Span(validating: characters.span)
    return nil
  } catch {
    return .notUTF8
  }
}
