import HTTPServer

/// A CSV for a browser, written at the engine's speed while the browser takes it at its own.
enum Download {
  /// - Parameters:
  ///   - name: the file's name without its ending; the day is added.
  ///   - write: writes the bytes, on a slow thread.
  static func csv(
    _ context: Context, named name: String,
    _ write: @escaping @Sendable (_ sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) -> Response {
    Response.download(filename: "\(name)-\(context.now.day).csv", contentType: "text/csv; charset=utf-8") { spool in
      try write { try spool.write($0) }
    }
  }

  /// The same as one JSON document.
  static func json(
    _ context: Context, named name: String,
    _ write: @escaping @Sendable (_ sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) -> Response {
    Response.download(filename: "\(name)-\(context.now.day).json", contentType: "application/json") { spool in
      try write { try spool.write($0) }
    }
  }
}
