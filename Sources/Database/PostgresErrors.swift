import CPostgres

extension PostgresConnection {
  /// What the server, or libpq for want of a server, has to say.
  func failure(_ result: OpaquePointer?, _ sql: () -> String) -> DatabaseError {
    let isLost = handle.map { PQstatus($0) != CONNECTION_OK } ?? true
    let field = { (field: Int32) in result.flatMap { PQresultErrorField($0, field) }.map { String(cString: $0) } }
    let state = field(CPQ_SQLSTATE) ?? (isLost ? "08006" : "libpq")
    let whole = handle.map { String(cString: PQerrorMessage($0)) } ?? "the connection is closed"
    let message = PostgresConnection.line(field(CPQ_MESSAGE_PRIMARY) ?? whole)
    let kind = isLost ? .connection : PostgresConnection.kind(state, message)
    if kind == .busy { return DatabaseError(.busy, code: state, "waited too long for another writer", sql: sql()) }
    return DatabaseError(kind, code: state, PostgresConnection.withoutValues(message, state), sql: sql())
  }

  /// https://www.postgresql.org/docs/15/errcodes-appendix.html
  private static func kind(_ state: String, _ message: String) -> DatabaseError.Kind {
    switch state {
    case "23505": return .unique
    case "23503": return .foreignKey
    case "23502": return .notNull
    case "23514": return .check
    case "40001", "40P01": return .serialization
    case "0A000" where message.contains("cached plan"): return .serialization
    case "55P03": return .busy
    case "53100": return .full
    case "25006", "42501": return .readOnly
    case "XX001", "XX002": return .corrupt
    case "53300": return .connection
    default: break
    }
    return state.hasPrefix("08") || state.hasPrefix("57P") ? .connection : .other
  }

  /// Only the class "data exception" quotes values in its sentences.
  private static func withoutValues(_ message: String, _ state: String) -> String {
    guard state.hasPrefix("22"), let first = message.firstIndex(of: "\""), let last = message.lastIndex(of: "\""), first < last else {
      return message
    }
    return String(message[...first]) + "…" + String(message[last...])
  }

  /// The first line: the others are details, which quote values.
  static func line(_ message: String) -> String {
    String(message.split(whereSeparator: \.isNewline).first ?? "")
  }
}
