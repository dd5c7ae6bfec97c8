import CSV
import Domain
import HTTPServer

/// A CSV for a browser: UTF-8 with a byte order mark, RFC 4180, written at the engine's speed while the browser takes it at its own.
enum Download {
  /// - Parameters:
  ///   - name: the file's name without its ending; the day is added.
  ///   - write: writes all rows, on a slow thread.
  static func csv(
    _ context: Context, named name: String, _ write: @escaping @Sendable (inout CSVWriter) throws -> Void
  ) -> Response {
    stream(context, named: name) { sink in
      var writer = CSVWriter(bom: true, sink)
      try write(&writer)
      try writer.finish()
    }
  }

  /// The same for whoever writes the bytes, byte order mark included.
  static func stream(
    _ context: Context, named name: String, _ write: @escaping @Sendable ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) -> Response {
    Response.download(filename: "\(name)-\(context.now.day).csv", contentType: "text/csv; charset=utf-8") { spool in
      try withoutActuallyEscaping({ (bytes: UnsafeRawBufferPointer) in try spool.write(bytes) }) { try write($0) }
    }
  }
}
