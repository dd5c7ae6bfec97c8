import Testing

@testable import Secrets

func bytes(_ text: String) -> [UInt8] { [UInt8](text.utf8) }

/// The bytes that hexadecimal digits stand for, white space left out, as the RFCs print their examples.
func hex(_ text: String) -> [UInt8] {
  let digits = text.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

@Suite("SHA-256 and HMAC") struct DigestTests {
  @Test("SHA-256 gives the digests of FIPS 180-4's examples")
  func knownDigests() {
    #expect(SHA256.digest("abc") == hex("ba7816bf 8f01cfea 414140de 5dae2223 b00361a3 96177a9c b410ff61 f20015ad"))
    #expect(SHA256.digest("") == hex("e3b0c442 98fc1c14 9afbf4c8 996fb924 27ae41e4 649b934c a495991b 7852b855"))
    let twoBlocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
    #expect(SHA256.hexDigest(bytes(twoBlocks)) == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
  }

  @Test(
    "HMAC-SHA-256 gives the codes of RFC 4231",
    arguments: [
      (
        hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"), bytes("Hi There"),
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
      ),
      (bytes("Jefe"), bytes("what do ya want for nothing?"), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
      (
        [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
      ),
      (
        [UInt8](repeating: 0xaa, count: 131), bytes("Test Using Larger Than Block-Size Key - Hash Key First"),
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
      ),
    ])
  func knownCodes(key: [UInt8], message: [UInt8], code: String) {
    #expect(HMAC.sha256(message, key: key) == hex(code))
    #expect(HMAC.isValid(hex(code), for: message, key: key))
    #expect(!HMAC.isValid(hex(code), for: message + [0], key: key))
  }

  @Test("an empty key is a key of its own, not the one used before")
  func emptyKey() {
    let first = HMAC.sha256(bytes("x"), key: [])
    _ = HMAC.sha256(bytes("x"), key: bytes("another"))
    #expect(HMAC.sha256(bytes("x"), key: []) == first)
    #expect(HMAC.sha256([], key: []) == hex("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"))
  }

  @Test("constant-time comparison agrees with ordinary comparison")
  func comparison() {
    #expect(equalInConstantTime([1, 2, 3], [1, 2, 3]))
    #expect(!equalInConstantTime([1, 2, 3], [1, 2, 4]))
    #expect(!equalInConstantTime([1, 2, 3], [1, 2]))
    #expect(equalInConstantTime([], []))
    #expect(equalInConstantTime("é", "é"))
    #expect(!equalInConstantTime("\u{e9}", "e\u{301}"), "two strings that Swift calls equal differ in bytes")
  }
}

@Suite("Base 64 for URLs") struct Base64Tests {
  @Test(
    "RFC 4648 section 10's examples go there and back without padding",
    arguments: [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy")])
  func examples(plain: String, coded: String) {
    #expect(Base64URL.encode(bytes(plain)) == coded)
    #expect(Base64URL.decode(coded) == bytes(plain))
  }

  @Test("every byte survives, and the two special characters are those for URLs")
  func everyByte() {
    let all = (0...255).map { UInt8($0) }
    #expect(Base64URL.decode(Base64URL.encode(all)) == all)
    #expect(Base64URL.encode([0xfb, 0xff, 0xfe]) == "-__-")
  }

  @Test("what encoding never writes is refused", arguments: ["Zg==", "Zh", "Z", "Zm9vY", "Zm+v", "Zm/v", "Zm9v ", "Zm\n9v", "Žm9v"])
  func refused(text: String) {
    #expect(Base64URL.decode(text) == nil)
  }
}

@Suite("Tokens") struct TokenTests {
  @Test("a token comes back from its text with the same digest, and no two are alike")
  func roundTrip() throws {
    let token = try Token.random()
    #expect(token.text.utf8.count == 43)
    #expect(Token(token.text)?.digest == token.digest)
    #expect(Base64URL.decode(token.text).map { SHA256.digest($0) } == token.digest)
    #expect(try Token.random().text != token.text)
  }

  @Test(
    "a text that cannot be a token is none", arguments: ["", "short", String(repeating: "A", count: 44), String(repeating: "!", count: 43)])
  func refused(text: String) {
    #expect(Token(text) == nil)
  }

  @Test("describing or dumping a token shows nothing of it")
  func hidden() throws {
    let token = try Token.random()
    var dumped = ""
    dump(token, to: &dumped)
    for shown in ["\(token)", String(reflecting: token), dumped] {
      #expect(!shown.contains(token.text))
      #expect(!shown.contains("\(token.digest[0]), \(token.digest[1])"))
    }
  }

  @Test("random bytes have the length asked for and differ from call to call")
  func random() throws {
    #expect(try RandomBytes.make(0).isEmpty)
    #expect(try RandomBytes.make(64).count == 64)
    #expect(try RandomBytes.make(16) != RandomBytes.make(16))
  }
}
