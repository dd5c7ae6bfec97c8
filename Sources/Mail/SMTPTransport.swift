internal import CCurl

/// Hands mails to a server, one after another, over a connection that is kept. Calls block; one thread uses it.
public final class SMTPTransport {
  /// How long one mail may take in all, in milliseconds, and how long each answer, and the connection.
  public struct Limits: Sendable {
    /// In milliseconds.
    public var total: Int, answer: Int, connection: Int

    /// The limits; below 20 s in total unless others are given.
    public init(total: Int = 18_000, answer: Int = 10_000, connection: Int = 8_000) {
      (self.total, self.answer, self.connection) = (total, answer, connection)
    }
  }

  private let url: SMTPURL
  private let handle: UnsafeMutableRawPointer
  private let exchange: Exchange
  private let fault: UnsafeMutablePointer<CChar>

  /// - Parameters:
  ///   - greeting: how this machine names itself to the server, a domain.
  ///   - isCancelled: asked about once a second; when it answers true, a mail that is under way is given up.
  /// - Throws: `MailError` where the library cannot be used.
  public init(
    _ url: SMTPURL, greeting: String, limits: Limits = Limits(), isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(MailError) {
    guard SMTPTransport.isReady, let handle = curl_easy_init() else { throw MailError("The library that sends mail cannot be used.") }
    (self.url, self.handle) = (url, handle)
    exchange = Exchange(isCancelled)
    fault = .allocate(capacity: Int(CURL_ERROR_SIZE))
    fault.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    setUp(greeting, limits)
  }

  deinit {
    curl_easy_cleanup(handle)
    fault.deallocate()
  }

  /// Once per process, before any thread uses the library.
  private static let isReady = shim_global_init() == CURLE_OK

  private func setUp(_ greeting: String, _ limits: Limits) {
    let host = url.host.contains(":") ? "[\(url.host)]" : url.host
    let name = greeting.utf8.allSatisfy { $0 > 32 && $0 < 127 && !"/?#%".utf8.contains($0) } ? greeting : "localhost"
    text(CURLOPT_URL, "\(url.isImplicitTLS ? "smtps" : "smtp")://\(host):\(url.port)/\(name)")
    text(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
    text(CURLOPT_PROXY, "")
    if let user = url.user { text(CURLOPT_USERNAME, user) }
    if let password = url.password { text(CURLOPT_PASSWORD, password) }
    if let authorities = url.authorities { text(CURLOPT_CAINFO, authorities) }
    let encryption =
      url.isImplicitTLS || url.startTLS == .required ? CURLUSESSL_ALL : url.startTLS == .never ? CURLUSESSL_NONE : CURLUSESSL_TRY
    number(CURLOPT_USE_SSL, Int(encryption.rawValue))
    number(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    number(CURLOPT_SSL_VERIFYPEER, url.checksCertificate ? 1 : 0)
    number(CURLOPT_SSL_VERIFYHOST, url.checksCertificate ? 2 : 0)
    number(CURLOPT_UPLOAD, 1)
    // Signals are for programs with one thread.
    number(CURLOPT_NOSIGNAL, 1)
    number(CURLOPT_TIMEOUT_MS, limits.total)
    number(CURLOPT_CONNECTTIMEOUT_MS, limits.connection)
    number(CURLOPT_SERVER_RESPONSE_TIMEOUT, max(1, limits.answer / 1000))
    // Servers close what is idle after a while; a new connection is cheaper than finding out.
    number(CURLOPT_MAXAGE_CONN, 20)
    number(CURLOPT_NOPROGRESS, 0)
    number(CURLOPT_VERBOSE, 1)
    _ = shim_set_pointer(handle, CURLOPT_ERRORBUFFER, fault)
    let mine = Unmanaged.passUnretained(exchange).toOpaque()
    for option in [CURLOPT_READDATA, CURLOPT_WRITEDATA, CURLOPT_DEBUGDATA, CURLOPT_XFERINFODATA] {
      _ = shim_set_pointer(handle, option, mine)
    }
    _ = shim_set_read(handle, giveContent)
    _ = shim_set_write(handle, dropContent)
    _ = shim_set_debug(handle, listen)
    _ = shim_set_progress(handle, askWhetherToGoOn)
  }

  private func text(_ option: CURLoption, _ value: String) { _ = shim_set_text(handle, option, value) }
  private func number(_ option: CURLoption, _ value: Int) { _ = shim_set_long(handle, option, value) }

  /// Hands a mail in, in a transaction of its own.
  ///
  /// - Throws: `MailError` where the message cannot be written; nothing was sent then.
  public func send(_ message: Message) throws(MailError) -> Delivery {
    send(try message.bytes(), from: message.from, to: message.to)
  }

  func send(_ bytes: [UInt8], from: Mailbox, to: Mailbox) -> Delivery {
    exchange.begin(bytes)
    fault.pointee = 0
    text(CURLOPT_MAIL_FROM, "<\(from.address)>")
    guard let recipients = curl_slist_append(nil, "<\(to.address)>") else { return .transient("There is no memory left.") }
    defer { curl_slist_free_all(recipients) }
    _ = shim_set_list(handle, CURLOPT_MAIL_RCPT, recipients)
    let result = curl_easy_perform(handle)
    _ = shim_set_list(handle, CURLOPT_MAIL_RCPT, nil)
    if result == CURLE_OK { return .accepted }
    let said = String(cString: fault)
    let trouble = said.isEmpty ? String(cString: curl_easy_strerror(result)) : said
    return exchange.conversation.outcome(trouble: String(HeaderText.clean(trouble).prefix(500)))
  }

  /// How many connections the last mail needed: 0 when an open one served.
  var connectionsMade: Int { shim_connections_made(handle) }
}

/// What the callbacks of one transport work on.
private final class Exchange {
  let isCancelled: @Sendable () -> Bool
  private(set) var conversation = Conversation()
  private var content: [UInt8] = []
  private var given = 0

  init(_ isCancelled: @escaping @Sendable () -> Bool) { self.isCancelled = isCancelled }

  func begin(_ bytes: [UInt8]) { (content, given, conversation) = (bytes, 0, Conversation()) }

  func give(_ room: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(room.count, content.count - given)
    content.withUnsafeBytes { room.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[given..<given + count])) }
    given += count
    return count
  }

  func note(_ kind: curl_infotype, _ bytes: UnsafeRawBufferPointer) {
    switch kind {
    case CURLINFO_HEADER_OUT: conversation.said(bytes)
    case CURLINFO_HEADER_IN: conversation.heard(bytes)
    case CURLINFO_DATA_OUT: conversation.wrote()
    default: break
    }
  }

  static func at(_ pointer: UnsafeMutableRawPointer) -> Exchange { Unmanaged.fromOpaque(pointer).takeUnretainedValue() }
}

private func giveContent(_ room: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ mine: UnsafeMutableRawPointer?) -> Int {
  guard let room, let mine else { return 0 }
  return Exchange.at(mine).give(UnsafeMutableRawBufferPointer(start: room, count: size * count))
}

private func dropContent(_ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ mine: UnsafeMutableRawPointer?) -> Int {
  size * count
}

private func listen(
  _ handle: UnsafeMutableRawPointer?, _ kind: curl_infotype, _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int,
  _ mine: UnsafeMutableRawPointer?
) -> Int32 {
  guard let bytes, let mine else { return 0 }
  Exchange.at(mine).note(kind, UnsafeRawBufferPointer(start: bytes, count: count))
  return 0
}

private func askWhetherToGoOn(
  _ mine: UnsafeMutableRawPointer?, _ a: curl_off_t, _ b: curl_off_t, _ c: curl_off_t, _ d: curl_off_t
) -> Int32 {
  guard let mine else { return 0 }
  return Exchange.at(mine).isCancelled() ? 1 : 0
}
