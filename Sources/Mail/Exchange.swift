internal import CCurl
internal import Glibc

/// What the callbacks of one transport work on.
final class Exchange {
  private(set) var conversation = Conversation()
  /// Why the exchange was ended from this side; nil where it was not.
  private(set) var endedBy: String?
  private let isCancelled: @Sendable () -> Bool
  private let limit: Duration
  private var deadline = ContinuousClock.now
  private var sockets: Set<Int32> = []
  private var content: [UInt8] = []
  private var given = 0

  init(limit: Duration, _ isCancelled: @escaping @Sendable () -> Bool) { (self.limit, self.isCancelled) = (limit, isCancelled) }

  func begin(_ bytes: [UInt8]) {
    (content, given, conversation, endedBy) = (bytes, 0, Conversation(), nil)
    deadline = .now + limit
  }

  func give(_ room: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(room.count, content.count - given)
    content.withUnsafeBytes { room.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[given..<given + count])) }
    given += count
    return count
  }

  func note(_ kind: curl_infotype, _ bytes: UnsafeRawBufferPointer) {
    switch kind {
    case CURLINFO_HEADER_OUT:
      conversation.said(bytes)
      // The answer to QUIT is not waited for.
      if conversation.isOver { stopListening() }
    case CURLINFO_HEADER_IN: conversation.heard(bytes)
    case CURLINFO_DATA_OUT: conversation.wrote()
    default: break
    }
  }

  /// Whether to go on; where not, the connection is cut, so that nothing waits any more.
  func goesOn() -> Bool {
    if isCancelled() { endedBy = "The mail was given up, since the program stops." }
    if ContinuousClock.now > deadline { endedBy = "The server took too long to answer." }
    guard endedBy != nil else { return true }
    for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) }
    return false
  }

  func stopListening() { for socket in sockets { shutdown(socket, Int32(SHUT_RD)) } }

  func opened(_ socket: Int32) { sockets.insert(socket) }

  func close(_ socket: Int32) -> Int32 {
    sockets.remove(socket)
    return Glibc.close(socket)
  }

  static func at(_ pointer: UnsafeMutableRawPointer) -> Exchange { Unmanaged.fromOpaque(pointer).takeUnretainedValue() }
}

func giveContent(_ room: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ mine: UnsafeMutableRawPointer?) -> Int {
  guard let room, let mine else { return 0 }
  return Exchange.at(mine).give(UnsafeMutableRawBufferPointer(start: room, count: size * count))
}

func dropContent(_ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ mine: UnsafeMutableRawPointer?) -> Int {
  size * count
}

func listen(
  _ handle: UnsafeMutableRawPointer?, _ kind: curl_infotype, _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int,
  _ mine: UnsafeMutableRawPointer?
) -> Int32 {
  guard let bytes, let mine else { return 0 }
  Exchange.at(mine).note(kind, UnsafeRawBufferPointer(start: bytes, count: count))
  return 0
}

func askWhetherToGoOn(
  _ mine: UnsafeMutableRawPointer?, _ a: curl_off_t, _ b: curl_off_t, _ c: curl_off_t, _ d: curl_off_t
) -> Int32 {
  guard let mine else { return 0 }
  return Exchange.at(mine).goesOn() ? 0 : 1
}

func noteOpened(_ mine: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ purpose: curlsocktype) -> Int32 {
  if let mine { Exchange.at(mine).opened(socket) }
  return Int32(CURL_SOCKOPT_OK)
}

func closeSocket(_ mine: UnsafeMutableRawPointer?, _ socket: curl_socket_t) -> Int32 {
  guard let mine else { return close(socket) }
  return Exchange.at(mine).close(socket)
}
