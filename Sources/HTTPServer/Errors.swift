/// An answer that is not the page asked for. A handler or `admit` throws it; the server answers with the error page of that status.
public struct HTTPError: Error, Sendable, Equatable {
  /// The status, 400 to 599.
  public var status: Int
  /// A sentence for the reader; empty leaves the words to the error page.
  public var message: String
  /// Header fields that the answer carries besides the page's own, such as `Allow`.
  public var headers: Headers

  /// An error of `status`.
  public init(_ status: Int, _ message: String = "", headers: Headers = Headers()) {
    self.status = status
    self.message = message
    self.headers = headers
  }
}

/// Why a server cannot start or a certificate cannot be used: one sentence, fit to be shown to who runs it.
public struct ServerError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The sentence.
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// A response that no client could be sent; it becomes a 500 and reaches the log.
public struct BadResponse: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong with it.
  public let description: String
}
