internal import CCurl
internal import Glibc

/// Hands mails to a server, one after another, over a connection that is kept. Calls block; one thread uses it.
public final class SMTPTransport {
  /// How long one mail may take in all, and the connection, in milliseconds.
  public struct Limits: Sendable {
    /// In milliseconds; kept to about a second.
    public var total: Int, connection: Int

    /// The limits; below 20 s in total unless others are given.
    public init(total: Int = 17_000, connection: Int = 8_000) { (self.total, self.connection) = (total, connection) }
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
    exchange = Exchange(limit: .milliseconds(limits.total), isCancelled)
    fault = .allocate(capacity: Int(CURL_ERROR_SIZE))
    fault.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    setUp(greeting, limits)
  }

  deinit {
    // It takes its leave of the server without waiting for the answer.
    exchange.stopListening()
    withoutBrokenPipes { curl_easy_cleanup(handle) }
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
    // The exchange keeps the time itself, since the library would wait for the answer to QUIT beyond its own limit; this one comes after it.
    number(CURLOPT_TIMEOUT_MS, limits.total + 2000)
    number(CURLOPT_CONNECTTIMEOUT_MS, limits.connection)
    // Servers close what is idle after a while; a new connection is cheaper than finding out.
    number(CURLOPT_MAXAGE_CONN, 20)
    number(CURLOPT_NOPROGRESS, 0)
    number(CURLOPT_VERBOSE, 1)
    _ = shim_set_pointer(handle, CURLOPT_ERRORBUFFER, fault)
    let mine = Unmanaged.passUnretained(exchange).toOpaque()
    for option in [
      CURLOPT_READDATA, CURLOPT_WRITEDATA, CURLOPT_DEBUGDATA, CURLOPT_XFERINFODATA, CURLOPT_SOCKOPTDATA, CURLOPT_CLOSESOCKETDATA,
    ] {
      _ = shim_set_pointer(handle, option, mine)
    }
    _ = shim_set_read(handle, giveContent)
    _ = shim_set_write(handle, dropContent)
    _ = shim_set_debug(handle, listen)
    _ = shim_set_progress(handle, askWhetherToGoOn)
    _ = shim_set_opened(handle, noteOpened)
    _ = shim_set_close(handle, closeSocket)
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
    let result = withoutBrokenPipes { curl_easy_perform(handle) }
    _ = shim_set_list(handle, CURLOPT_MAIL_RCPT, nil)
    if result == CURLE_OK { return .accepted }
    return exchange.conversation.outcome(trouble: exchange.endedBy ?? trouble(result))
  }

  private func trouble(_ result: CURLcode) -> String {
    if result == CURLE_RECV_ERROR || result == CURLE_GOT_NOTHING { return "The connection ended before the server answered." }
    let said = String(cString: fault)
    return String(HeaderText.clean(said.isEmpty ? String(cString: curl_easy_strerror(result)) : said).prefix(500))
  }

  /// TLS writes without the flag that would spare the process a signal when the other side has gone.
  private func withoutBrokenPipes<T>(_ body: () -> T) -> T {
    var (pipe, before) = (sigset_t(), sigset_t())
    sigemptyset(&pipe)
    sigaddset(&pipe, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &pipe, &before)
    let result = body()
    var none = timespec()
    if sigismember(&before, SIGPIPE) == 0 { sigtimedwait(&pipe, nil, &none) }
    pthread_sigmask(SIG_SETMASK, &before, nil)
    return result
  }

  /// How many connections the last mail needed: 0 when an open one served.
  var connectionsMade: Int { shim_connections_made(handle) }
}
