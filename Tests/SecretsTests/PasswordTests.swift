import Foundation
import Testing

@testable import Secrets

@Suite("Passwords") struct PasswordTests {
  @Test(
    "scrypt gives the keys of RFC 7914 section 12",
    arguments: [
      (
        "", "", Scrypt(logN: 4, r: 1, p: 1),
        "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"
      ),
      (
        "password", "NaCl", Scrypt(logN: 10, r: 8, p: 16),
        "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
      ),
      (
        "pleaseletmein", "SodiumChloride", Scrypt(logN: 14, r: 8, p: 1),
        "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
      ),
    ])
  func knownKeys(password: String, salt: String, scrypt: Scrypt, key: String) throws {
    #expect(try scrypt.derive(bytes(password), salt: bytes(salt), length: 64) == hex(key))
  }

  @Test("a password is stored in the documented form and only that password is right")
  func roundTrip() throws {
    let stored = try Password.hash("korrekt hästbatteri 王伟")
    #expect(stored.hasPrefix("$scrypt$ln=15,r=8,p=3$"))
    #expect(stored.split(separator: "$").map(\.count) == [6, 13, 22, 43])
    #expect(try Password.verify("korrekt hästbatteri 王伟", against: stored))
    #expect(try Password.verify("korrekt ha\u{308}stbatteri 王伟", against: stored), "the other keyboard's ä is the same password")
    #expect(try !Password.verify("korrekt hästbatteri 王", against: stored))
    #expect(!Password.needsRehash(stored))
    #expect(!stored.contains("korrekt"))
  }

  @Test("the same password is stored differently each time")
  func salted() throws {
    #expect(try Password.hash("same") != Password.hash("same"))
  }

  @Test("a password stored with lighter figures is still checked, and due to be replaced")
  func older() throws {
    let salt = [UInt8](repeating: 7, count: 16)
    let light = Scrypt(logN: 14, r: 8, p: 1)
    let hash = try light.derive(bytes("old"), salt: salt, length: 32)
    let stored = Stored(scrypt: light, salt: salt, hash: hash).encoded
    #expect(try Password.verify("old", against: stored))
    #expect(try !Password.verify("new", against: stored))
    #expect(Password.needsRehash(stored))
  }

  @Test(
    "a stored text of any other form is refused before any work is done",
    arguments: [
      "", "secret", "$2b$12$abcdefghijklmnopqrstuv", "$scrypt$ln=15,r=8,p=3$AAAAAAAAAAAAAAAAAAAAAA$",
      "$scrypt$ln=15,r=8,p=3$$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      "$scrypt$ln=30,r=8,p=3$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      "$scrypt$ln=15,r=8,p=300$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      "$scrypt$ln=+15,r=8,p=3$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      "$scrypt$r=8,ln=15,p=3$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      "$scrypt$ln=15,r=8$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ])
  func malformed(stored: String) {
    #expect(throws: SecretsError.malformedHash) { try Password.verify("x", against: stored) }
    #expect(Password.needsRehash(stored))
  }

  @Test("a name that does not exist costs the same computation")
  func nobody() throws {
    try Password.verifyNobody("whatever")
  }
}

@Suite("The gate before the costly computation") struct GateTests {
  /// Holds places of a gate until released.
  private func occupy(_ gate: Gate, _ count: Int) -> (release: () -> Void, done: () -> Void) {
    let inside = DispatchSemaphore(value: 0)
    let release = DispatchSemaphore(value: 0)
    let done = DispatchSemaphore(value: 0)
    for _ in 0..<count {
      Thread.detachNewThread {
        do {
          try gate.through {
            inside.signal(); release.wait()
          }
        } catch { Issue.record(error) }
        done.signal()
      }
    }
    for _ in 0..<count { inside.wait() }
    return ({ for _ in 0..<count { release.signal() } }, { for _ in 0..<count { done.wait() } })
  }

  @Test("with every place and the whole queue taken, one more is turned away at once")
  func full() {
    let gate = Gate(places: 2, queue: 0, patience: 60)
    let others = occupy(gate, 2)
    #expect(throws: SecretsError.busy) { try gate.through {} }
    others.release()
    others.done()
    #expect(throws: Never.self) { try gate.through {} }
  }

  @Test("whoever waits is let in when a place is free")
  func waits() {
    let gate = Gate(places: 1, queue: 1, patience: 60)
    let other = occupy(gate, 1)
    let entered = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      do { try gate.through { _ = entered.signal() } } catch { Issue.record(error) }
    }
    while gate.waiting == 0 { sched_yield() }
    #expect(throws: SecretsError.busy) { try gate.through {} }
    other.release()
    entered.wait()
    other.done()
  }

  @Test("patience runs out, and the place in the queue is given back")
  func impatient() {
    let gate = Gate(places: 1, queue: 1, patience: 0)
    let other = occupy(gate, 1)
    #expect(throws: SecretsError.busy) { try gate.through {} }
    #expect(gate.waiting == 0)
    other.release()
    other.done()
    #expect(throws: Never.self) { try gate.through {} }
  }

  @Test("a failure inside gives the place back")
  func failure() {
    struct Fault: Error {}
    let gate = Gate(places: 1, queue: 0, patience: 0)
    #expect(throws: Fault.self) { try gate.through { throw Fault() } }
    #expect(throws: Never.self) { try gate.through {} }
  }
}
