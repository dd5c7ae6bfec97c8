import COpenSSL
import Glibc

/// A certificate for `localhost` that is its own authority, gone with the test.
public final class Certificate: @unchecked Sendable {
  let context: OpaquePointer
  /// The file that clients may trust.
  public let file: String

  /// Makes key and certificate.
  public init() throws {
    var template = Array("/tmp/mail-test-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0, let context = SSL_CTX_new(TLS_server_method()) else { throw SMTPServer.Trouble(text: "no file") }
    close(descriptor)
    self.context = context
    file = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    var key: OpaquePointer?
    let generator = EVP_PKEY_CTX_new_id(EVP_PKEY_ED25519, nil)
    defer { EVP_PKEY_CTX_free(generator) }
    guard EVP_PKEY_keygen_init(generator) == 1, EVP_PKEY_keygen(generator, &key) == 1 else { throw SMTPServer.Trouble(text: "no key") }
    defer { EVP_PKEY_free(key) }
    let certificate = X509_new()
    defer { X509_free(certificate) }
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1)
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3_600)
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3_600)
    X509_set_pubkey(certificate, key)
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC, "localhost", -1, -1, 0)
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate))
    guard X509_sign(certificate, key, nil) > 0 else { throw SMTPServer.Trouble(text: "no signature") }
    let out = BIO_new_file(file, "w")
    PEM_write_bio_X509(out, certificate)
    BIO_free(out)
    guard SSL_CTX_use_certificate(context, certificate) == 1, SSL_CTX_use_PrivateKey(context, key) == 1 else {
      throw SMTPServer.Trouble(text: "no certificate")
    }
  }

  deinit {
    SSL_CTX_free(context)
    unlink(file)
  }
}
