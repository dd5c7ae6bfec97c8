import Glibc

/// An IPv4 or IPv6 address. An IPv4 address mapped into IPv6 is the IPv4 address.
struct IPAddress: Hashable, Sendable {
  /// Network order; IPv4 has the low 32 bits of `low`, in `::ffff:0:0/96`.
  let high: UInt64
  let low: UInt64

  static let mappedPrefix: UInt64 = 0xFFFF_0000_0000

  var isV4: Bool { high == 0 && low >> 32 == 0xFFFF }

  init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  init(v4 address: in_addr) {
    self.init(high: 0, low: Self.mappedPrefix | UInt64(UInt32(bigEndian: address.s_addr)))
  }

  init(v6 address: in6_addr) {
    (high, low) = withUnsafeBytes(of: address) { bytes in
      (
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      )
    }
  }

  /// Reads the usual notations, without zone, port or brackets.
  init?(_ text: some StringProtocol) {
    let text = String(text)
    var v4 = in_addr()
    var v6 = in6_addr()
    if inet_pton(AF_INET, text, &v4) == 1 {
      self.init(v4: v4)
    } else if inet_pton(AF_INET6, text, &v6) == 1 {
      self.init(v6: v6)
    } else {
      return nil
    }
  }

  /// The address of a socket's other end, and its port.
  init?(_ storage: sockaddr_storage, port: inout UInt16) {
    let result: (IPAddress, UInt16)? = withUnsafeBytes(of: storage) { bytes in
      switch Int32(storage.ss_family) {
      case AF_INET:
        let address = bytes.loadUnaligned(as: sockaddr_in.self)
        return (IPAddress(v4: address.sin_addr), UInt16(bigEndian: address.sin_port))
      case AF_INET6:
        let address = bytes.loadUnaligned(as: sockaddr_in6.self)
        return (IPAddress(v6: address.sin6_addr), UInt16(bigEndian: address.sin6_port))
      default: return nil
      }
    }
    guard let result else { return nil }
    self = result.0
    port = result.1
  }

  /// The usual notation.
  var text: String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
      let family = isV4 ? AF_INET : AF_INET6
      var v4 = UInt32(truncatingIfNeeded: low).bigEndian
      var v6 = (high.bigEndian, low.bigEndian)
      let done =
        isV4
        ? inet_ntop(family, &v4, buffer.baseAddress, socklen_t(INET6_ADDRSTRLEN))
        : inet_ntop(family, &v6, buffer.baseAddress, socklen_t(INET6_ADDRSTRLEN))
      return done.map { String(cString: $0) } ?? "?"
    }
  }

  /// What one client can be expected to hold: an IPv4 address, or an IPv6 /64.
  var client: IPAddress {
    isV4 ? self : IPAddress(high: high, low: 0)
  }
}
