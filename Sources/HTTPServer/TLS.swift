import COpenSSL
import Glibc

/// A certificate with its key, ready for handshakes. OpenSSL locks what it shares; nothing is changed after `init`.
final class TLSContext: @unchecked Sendable {
  private let context: OpaquePointer

  /// Reads the files. TLS 1.2 and later, no renegotiation, no compression.
  ///
  /// - Throws: ``ServerError`` that names the file.
  init(_ files: TLSFiles) throws {
    ERR_clear_error()
    guard let context = SSL_CTX_new(TLS_server_method()) else { throw Self.error("cannot set up TLS") }
    self.context = context
    shim_ctx_setup(context)
    shim_ctx_refuse_passphrase(context)
    guard SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1 else { throw Self.error("cannot set up TLS") }
    guard SSL_CTX_use_certificate_chain_file(context, files.certificate) == 1 else {
      throw Self.error("cannot use the certificate \(files.certificate)")
    }
    guard SSL_CTX_use_PrivateKey_file(context, files.key, SSL_FILETYPE_PEM) == 1 else {
      throw Self.error("cannot use the key \(files.key)")
    }
    guard SSL_CTX_check_private_key(context) == 1 else {
      throw Self.error("the key \(files.key) does not belong to the certificate \(files.certificate)")
    }
  }

  deinit {
    SSL_CTX_free(context)
  }

  /// A session for an accepted socket, or nil if OpenSSL has no memory for it.
  func session(for socket: Int32) -> OpaquePointer? {
    guard let session = SSL_new(context) else { return nil }
    guard SSL_set_fd(session, socket) == 1 else {
      SSL_free(session)
      return nil
    }
    SSL_set_accept_state(session)
    return session
  }

  private static func error(_ text: String) -> ServerError {
    let code = ERR_get_error()
    ERR_clear_error()
    guard code != 0 else { return ServerError(text) }
    if let reason = ERR_reason_error_string(code) { return ServerError("\(text): \(String(cString: reason))") }
    // A system error: OpenSSL keeps errno in the low bits (ERR_GET_REASON).
    return ServerError("\(text): \(errorText(Int32(truncatingIfNeeded: code & 0x7F_FFFF)))")
  }
}
