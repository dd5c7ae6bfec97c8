import COpenSSL
import Glibc
import Testing

@testable import HTTPServer

@Suite struct TLSTests {
  /// A folder with throw-away files, gone at the end.
  private final class Folder {
    let path: String

    init() throws {
      var template = Array("/tmp/tls-XXXXXX".utf8CString)
      guard let made = mkdtemp(&template) else { throw Client.Trouble(text: "no folder") }
      path = String(cString: made)
    }

    deinit {
      for name in ["certificate", "key"] { unlink("\(path)/\(name)") }
      rmdir(path)
    }

    var files: TLSFiles { TLSFiles(certificate: "\(path)/certificate", key: "\(path)/key") }

    /// Writes a self-signed certificate with a new key.
    func write(serial: Int, passphrase: String? = nil) throws {
      var key: OpaquePointer?
      let generator = EVP_PKEY_CTX_new_id(EVP_PKEY_ED25519, nil)
      defer { EVP_PKEY_CTX_free(generator) }
      guard EVP_PKEY_keygen_init(generator) == 1, EVP_PKEY_keygen(generator, &key) == 1 else { throw Client.Trouble(text: "no key") }
      defer { EVP_PKEY_free(key) }
      let certificate = X509_new()
      defer { X509_free(certificate) }
      ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial)
      X509_gmtime_adj(X509_getm_notBefore(certificate), -3_600)
      X509_gmtime_adj(X509_getm_notAfter(certificate), 3_600)
      X509_set_pubkey(certificate, key)
      X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC, "localhost", -1, -1, 0)
      X509_set_issuer_name(certificate, X509_get_subject_name(certificate))
      guard X509_sign(certificate, key, nil) > 0 else { throw Client.Trouble(text: "no signature") }
      let certificateFile = BIO_new_file(files.certificate, "w")
      PEM_write_bio_X509(certificateFile, certificate)
      BIO_free(certificateFile)
      let keyFile = BIO_new_file(files.key, "w")
      let cipher = passphrase == nil ? nil : EVP_aes_128_cbc()
      PEM_write_bio_PrivateKey(keyFile, key, cipher, passphrase, Int32(passphrase?.utf8.count ?? 0), nil, nil)
      BIO_free(keyFile)
    }
  }

  private static let large = (0..<1_200_000).map { UInt8(truncatingIfNeeded: $0 &* 11) }

  private static var router: Router {
    var router = Router()
    router.on("GET", "/") { .text("\($0.isSecure)") }
    router.on("GET", "/large") { _ in Response(body: .bytes(large)) }
    router.on("GET", "/file") { _ in
      let spool = try Spool(directory: "/tmp")
      try spool.write(large)
      guard let file = spool.file else { return Response(500) }
      return Response(body: .file(file, 1..<large.count))
    }
    router.on("GET", "/download") { _ in
      .download(filename: "a", contentType: "text/csv") { spool in
        for start in stride(from: 0, to: large.count, by: 50_000) { try spool.write(Array(large[start..<(start + 50_000)])) }
      }
    }
    router.on("GET", "/broken") { _ in .download(filename: "a", contentType: "text/csv") { _ in throw HTTPError(500) } }
    router.on("POST", "/upload", body: .upload()) { .text("\(try $0.body.bytes() == large)") }
    return router
  }

  @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION]) func everyKindOfBodyGoesThroughTLS(_ version: Int32) throws {
    let folder = try Folder()
    try folder.write(serial: 7)
    try withServer(Self.router, configure: { $0.tls = folder.files }) { _, address in
      let client = try Client(address)
      #expect(try client.startTLS(newest: version) == 7)
      try client.send(get("/"))
      #expect(try client.answer().text == "true")
      for _ in 0..<40 { try client.send(get("/")) }
      for _ in 0..<40 { #expect(try client.answer().text == "true") }
      try client.send(get("/large") + get("/file") + get("/download"))
      #expect(try client.answer().body == Self.large)
      #expect(try client.answer().body == Array(Self.large[1...]))
      #expect(try client.answer().body == Self.large)
      try client.send("POST /upload HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: \(Self.large.count)\r\n\r\n")
      #expect(try client.head().status == 100)
      try client.send(Self.large)
      #expect(try client.answer().text == "true")
      try client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n")
      #expect(try client.answer().text == "true")
      // Ends with TLS's own ending, else this throws.
      #expect(try client.isEnded())
      let other = try Client(address)
      try other.startTLS(newest: version)
      try other.send("GET /broken HTTP/1.0\r\nHost: a\r\n\r\n")
      #expect(try other.head().status == 200)
      #expect(throws: Client.Trouble.self) { try other.rest() }
    }
  }

  @Test func aFailedHandshakeClosesAndNothingIsSaidInPlainText() throws {
    let folder = try Folder()
    try folder.write(serial: 7)
    try withServer(Self.router, configure: { $0.tls = folder.files }) { _, address in
      let plain = try Client(address)
      try plain.send(get("/"))
      var answer: [UInt8] = []
      do { answer = try plain.rest() } catch is Client.Trouble {}
      #expect(!String(decoding: answer, as: UTF8.self).contains("HTTP"))
      #expect(throws: Client.Trouble.self) { try Client(address).startTLS(newest: TLS1_1_VERSION) }
    }
  }

  @Test func certificatesAreReplacedWhileRunningAndABadOneChangesNothing() throws {
    let folder = try Folder()
    try folder.write(serial: 7)
    try withServer(Self.router, configure: { $0.tls = folder.files }) { server, address in
      let old = try Client(address)
      #expect(try old.startTLS() == 7)
      try folder.write(serial: 8)
      try server.reloadCertificate()
      #expect(try Client(address).startTLS() == 8)
      try old.send(get("/"))
      #expect(try old.answer().text == "true")
      unlink(folder.files.key)
      #expect(throws: ServerError.self) { try server.reloadCertificate() }
      #expect(try Client(address).startTLS() == 8)
    }
  }

  @Test func whatIsWrongWithTheFilesIsSaid() throws {
    let folder = try Folder()
    let other = try Folder()
    let missing = #expect(throws: ServerError.self) { try TLSContext(folder.files) }
    #expect(missing?.description.contains("cannot use the certificate \(folder.files.certificate)") == true)
    try folder.write(serial: 1)
    try other.write(serial: 2)
    let mixed = TLSFiles(certificate: folder.files.certificate, key: other.files.key)
    #expect(throws: ServerError.self) { try TLSContext(mixed) }
    // An encrypted key is refused; nobody is asked for its passphrase.
    try folder.write(serial: 1, passphrase: "secret")
    let encrypted = #expect(throws: ServerError.self) { try TLSContext(folder.files) }
    #expect(encrypted?.description.contains("cannot use the key") == true)
  }
}
