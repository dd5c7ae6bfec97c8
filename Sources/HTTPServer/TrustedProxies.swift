/// The reverse proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed; from anyone else these fields mean nothing.
public struct TrustedProxies: Sendable, Equatable {
  private struct Network: Sendable, Equatable {
    let high: UInt64
    let low: UInt64
    let highMask: UInt64
    let lowMask: UInt64

    init(_ address: IPAddress, bits: Int) {
      highMask = bits >= 64 ? .max : ~(.max >> UInt64(bits))
      lowMask = bits <= 64 ? 0 : ~(bits == 128 ? 0 : .max >> UInt64(bits - 64))
      high = address.high & highMask
      low = address.low & lowMask
    }

    func contains(_ address: IPAddress) -> Bool {
      address.high & highMask == high && address.low & lowMask == low
    }
  }

  private var networks: [Network] = []

  /// Nobody is trusted.
  public init() {}

  /// Reads addresses and networks such as `10.0.0.0/8`, separated by commas or spaces.
  ///
  /// - Throws: ``ServerError`` that names the entry that is neither.
  public init(_ text: String) throws {
    for entry in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
      let parts = entry.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      guard let first = parts.first, let address = IPAddress(first) else {
        throw ServerError("\"\(entry)\" is not an address or network of a trusted proxy; write it like 127.0.0.1 or 10.0.0.0/8")
      }
      let width = address.isV4 ? 32 : 128
      var bits = width
      if parts.count == 2 {
        guard parts[1].utf8.allSatisfy(isDigit), let given = Int(parts[1]), given <= width else {
          throw ServerError("\"\(entry)\" is not a network of trusted proxies: the part after / must be a number up to \(width)")
        }
        bits = given
      }
      networks.append(Network(address, bits: address.isV4 ? bits + 96 : bits))
    }
  }

  var isEmpty: Bool { networks.isEmpty }

  func contains(_ address: IPAddress) -> Bool {
    networks.contains { $0.contains(address) }
  }

  /// The nearest address that is not a trusted proxy: each hop appends the address it saw, so the list is read from its end, and an
  /// entry counts only when the hop behind it is trusted.
  func client(behind peer: IPAddress, forwardedFor fields: [String]) -> IPAddress {
    var nearest = peer
    for entry in fields.joined(separator: ",").split(separator: ",").reversed() {
      guard contains(nearest), let address = Self.address(inHop: trimmed(entry)) else { break }
      nearest = address
    }
    return nearest
  }

  /// Whether the trusted peer received the request over TLS: what the last of the hops says.
  func isSecure(forwardedProto fields: [String]) -> Bool {
    guard let last = fields.joined(separator: ",").split(separator: ",").last else { return false }
    return sameName(String(trimmed(last)), "https")
  }

  /// An address, of which some proxies write the port as well.
  private static func address(inHop hop: Substring) -> IPAddress? {
    if hop.hasPrefix("["), let end = hop.firstIndex(of: "]") { return IPAddress(hop[hop.index(after: hop.startIndex)..<end]) }
    if let colon = hop.firstIndex(of: ":"), hop[hop.index(after: colon)...].utf8.allSatisfy(isDigit), hop.contains(".") {
      return IPAddress(hop[..<colon])
    }
    return IPAddress(hop)
  }
}
