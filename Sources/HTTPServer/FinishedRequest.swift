/// What is known about a request once its response is sent or broken off: what an access log needs.
public struct FinishedRequest: Sendable {
  /// The request without its body; nil when not even its head could be read.
  public let request: Request?
  let number: UInt64
  /// See ``Request/id``; one is given to what could not be read as well.
  public var id: String { requestName(number) }
  /// The method; empty when the head could not be read.
  public let method: String
  /// The pattern of the route; empty when none matched.
  public let route: String
  /// The address of the client.
  public let peer: String
  /// The status that was answered.
  public let status: Int
  /// Bytes of the response that the system took, head included.
  public let bytes: Int
  /// How long the handler ran, and nothing else; zero when it was not reached.
  public let handlerTime: Duration
  /// Whether the system took all of the response.
  public let isComplete: Bool
  /// What went wrong inside, if something did: the cause of a 500, or of a download that broke off.
  public let error: (any Error)?

  /// See ``Request/context``.
  public var context: (any Sendable)? { request?.context }
}
