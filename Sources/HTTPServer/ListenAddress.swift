import Glibc

/// An address and a port to listen on, such as `127.0.0.1:8080`, `[::1]:8080` or `0.0.0.0:80`.
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
  let address: IPAddress
  /// The port; 0 lets the system choose, and ``Server/address`` tells which one it was.
  public let port: UInt16

  init(address: IPAddress, port: UInt16) {
    self.address = address
    self.port = port
  }

  /// Reads an address with its port. `[::]` listens on IPv4 as well.
  ///
  /// - Throws: ``ServerError`` that says what is wrong with `text`.
  public init(_ text: String) throws {
    guard let colon = text.lastIndex(of: ":") else {
      throw ServerError("\"\(text)\" is not an address to listen on: it has no port; write it like 127.0.0.1:8080 or [::1]:8080")
    }
    let digits = text[text.index(after: colon)...]
    guard !digits.isEmpty, digits.utf8.allSatisfy(isDigit), let port = UInt16(digits) else {
      throw ServerError("\"\(text)\" is not an address to listen on: the port must be a number from 0 to 65535")
    }
    var host = text[..<colon]
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]") && host.count > 2
    if isBracketed { host = host.dropFirst().dropLast() }
    guard let address = IPAddress(host), host.contains(":") == isBracketed else {
      throw ServerError("\"\(text)\" is not an address to listen on: write it like 127.0.0.1:8080 or [::1]:8080")
    }
    self.init(address: address, port: port)
  }

  /// Whether only this machine can reach it.
  public var isLoopback: Bool {
    address.isV4 ? address.low >> 24 & 0xFF == 127 : address.high == 0 && address.low == 1
  }

  /// The notation that ``init(_:)`` reads.
  public var description: String {
    address.isV4 ? "\(address.text):\(port)" : "[\(address.text)]:\(port)"
  }
}
