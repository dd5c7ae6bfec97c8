import CSQLite
import Glibc

/// Functions for passes over very many rows, which take twice as long when each row comes out of the engine on its own.
///
/// `packed(value, …)` is an aggregate: the values of all rows as one blob, eight bytes each in the machine's order; NULL counts as 0, and a moment's
/// text as the number of `packedMoment`. `among(set, id)` is 1 where a set of ids, as `IDSet.bytes` lays it out, has the id, and 0 elsewhere.
/// `contains(text, part)` is 1 where the part's bytes occur in the text's: `instr` measures characters as it goes, and LIKE compares one by one.
enum SQLitePacking {
  /// Makes the functions known to a connection. Returns the engine's code.
  static func install(on handle: OpaquePointer) -> Int32 {
    let flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY
    let code = sqlite3_create_function_v2(handle, "packed", -1, flags, nil, nil, step, finish, nil)
    guard code == SQLITE_OK else { return code }
    let next = sqlite3_create_function_v2(handle, "among", 2, flags, nil, among, nil, nil, nil)
    return next == SQLITE_OK ? sqlite3_create_function_v2(handle, "contains", 2, flags, nil, contains, nil, nil, nil) : next
  }

  private struct Packed {
    var values: UnsafeMutablePointer<Int64>?
    var count: Int, capacity: Int
  }

  private typealias Function = @convention(c) (OpaquePointer?, Int32, UnsafeMutablePointer<OpaquePointer?>?) -> Void

  private static let step: Function = { context, count, arguments in
    // Zeros at first.
    guard let arguments, let memory = sqlite3_aggregate_context(context, Int32(MemoryLayout<Packed>.size)) else {
      return sqlite3_result_error_nomem(context)
    }
    let packed = memory.assumingMemoryBound(to: Packed.self)
    if packed.pointee.count + Int(count) > packed.pointee.capacity {
      let capacity = max(1024, packed.pointee.capacity * 2, packed.pointee.count + Int(count))
      guard let grown = realloc(packed.pointee.values, capacity * MemoryLayout<Int64>.size) else {
        return sqlite3_result_error_nomem(context)
      }
      (packed.pointee.values, packed.pointee.capacity) = (grown.assumingMemoryBound(to: Int64.self), capacity)
    }
    guard let values = packed.pointee.values else { return }
    for place in 0..<Int(count) {
      let argument = arguments[place]
      values[packed.pointee.count + place] =
        sqlite3_value_type(argument) == SQLITE_TEXT
        ? packedMoment(UnsafeRawBufferPointer(start: sqlite3_value_text(argument), count: Int(sqlite3_value_bytes(argument))))
        : sqlite3_value_int64(argument)
    }
    packed.pointee.count += Int(count)
  }

  // Called once for a group, also when the statement ends early, so nothing leaks.
  private static let finish: @convention(c) (OpaquePointer?) -> Void = { context in
    guard let memory = sqlite3_aggregate_context(context, 0) else { return sqlite3_result_null(context) }
    let packed = memory.assumingMemoryBound(to: Packed.self).pointee
    sqlite3_result_blob64(context, packed.values, UInt64(packed.count * MemoryLayout<Int64>.size), free)
  }

  private static let contains: Function = { context, _, arguments in
    guard let arguments, let text = sqlite3_value_text(arguments[0]), let part = sqlite3_value_text(arguments[1]) else { return }
    let occurs = csqlite_contains(text, sqlite3_value_bytes(arguments[0]), part, sqlite3_value_bytes(arguments[1]))
    sqlite3_result_int(context, occurs)
  }

  private static let among: Function = { context, _, arguments in
    guard let arguments else { return }
    let bytes = UnsafeRawBufferPointer(start: sqlite3_value_blob(arguments[0]), count: Int(sqlite3_value_bytes(arguments[0])))
    guard bytes.count > 8 else { return sqlite3_result_int(context, 0) }
    let place = sqlite3_value_int64(arguments[1]) &- bytes.loadUnaligned(as: Int64.self)
    guard place >= 0, place >> 3 < bytes.count - 8 else { return sqlite3_result_int(context, 0) }
    sqlite3_result_int(context, Int32(bytes[8 + Int(place >> 3)] >> UInt8(place & 7)) & 1)
  }
}

/// A moment's text as a number that compares as the text does: its 17 digits; a shorter one, such as `9999` for never, as if zeros followed, and none is
/// earlier than any.
public func packedMoment(_ text: UnsafeRawBufferPointer) -> Int64 {
  let digitsOfMoment = 17
  var (key, digits): (Int64, Int) = (0, 0)
  for byte in text {
    let digit = byte &- 48
    if digit < 10 {
      key = key &* 10 &+ Int64(digit)
      digits += 1
      if digits == digitsOfMoment { break }
    }
  }
  while digits < digitsOfMoment, key > 0 {
    key = key &* 10
    digits += 1
  }
  return key
}
