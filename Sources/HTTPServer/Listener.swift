import CLinux
import Glibc

/// Opens a listening socket that does not block.
///
/// - Throws: ``ServerError`` that says what to do when the port is taken, may not be used, or the address is not this machine's.
func openListener(_ listen: ListenAddress) throws -> Descriptor {
  let address = listen.address
  let isV4 = address.isV4
  let number = socket(
    isV4 ? AF_INET : AF_INET6, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  guard number >= 0 else { throw ServerError("cannot listen on \(listen): \(errorText(errno))") }
  let descriptor = Descriptor(number)
  setOption(number, SOL_SOCKET, SO_REUSEADDR, 1)
  let status: Int32
  if isV4 {
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = listen.port.bigEndian
    name.sin_addr.s_addr = UInt32(truncatingIfNeeded: address.low).bigEndian
    status = withSocketAddress(&name) { bind(number, $0, $1) }
  } else {
    // Only the wildcard serves IPv4 as well.
    setOption(number, Int32(IPPROTO_IPV6), IPV6_V6ONLY, address.high == 0 && address.low == 0 ? 0 : 1)
    var name = sockaddr_in6()
    name.sin6_family = sa_family_t(AF_INET6)
    name.sin6_port = listen.port.bigEndian
    withUnsafeMutableBytes(of: &name.sin6_addr) { bytes in
      bytes.storeBytes(of: address.high.bigEndian, as: UInt64.self)
      bytes.storeBytes(of: address.low.bigEndian, toByteOffset: 8, as: UInt64.self)
    }
    status = withSocketAddress(&name) { bind(number, $0, $1) }
  }
  guard status == 0, Glibc.listen(number, 1_024) == 0 else {
    switch errno {
    case EADDRINUSE: throw ServerError("cannot listen on \(listen): another program uses this port")
    case EACCES: throw ServerError("cannot listen on \(listen): this user may not use a port below 1024")
    case EADDRNOTAVAIL: throw ServerError("cannot listen on \(listen): this machine does not have that address")
    default: throw ServerError("cannot listen on \(listen): \(errorText(errno))")
    }
  }
  return descriptor
}

/// The address that a listening socket really has.
func localAddress(of descriptor: Descriptor) -> ListenAddress? {
  var storage = sockaddr_storage()
  var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
  let status = withUnsafeMutablePointer(to: &storage) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor.number, $0, &length) }
  }
  var port: UInt16 = 0
  guard status == 0, let address = IPAddress(storage, port: &port) else { return nil }
  return ListenAddress(address: address, port: port)
}

/// What `accept` brought.
enum Accepted {
  case connection(Int32, IPAddress)
  /// The queue is empty.
  case nothing
  /// The connection was already gone.
  case gone
  /// Out of descriptors or memory, or no listener any more.
  case refused(Int32)
}

/// Takes a connection from the queue of a listener.
func acceptConnection(_ listener: Int32) -> Accepted {
  var storage = sockaddr_storage()
  var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
  let descriptor = withUnsafeMutablePointer(to: &storage) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      accept4(listener, $0, &length, Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue))
    }
  }
  if descriptor < 0 {
    switch errno {
    case EAGAIN: return .nothing
    case EMFILE, ENFILE, ENOBUFS, ENOMEM, EBADF, EINVAL, ENOTSOCK: return .refused(errno)
    default: return .gone
    }
  }
  var port: UInt16 = 0
  guard let address = IPAddress(storage, port: &port) else {
    close(descriptor)
    return .gone
  }
  return .connection(descriptor, address)
}

func setOption(_ descriptor: Int32, _ level: Int32, _ name: Int32, _ value: Int32) {
  var value = value
  setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
}

private func withSocketAddress<T>(_ name: inout T, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
  withUnsafePointer(to: &name) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<T>.size)) }
  }
}

/// Raises the soft limit of open files to what is asked for, if the hard limit lets it; returns the limit that holds.
func raiseDescriptorLimit(to wanted: Int) -> Int {
  var limit = rlimit()
  guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
  let target = min(rlim_t(wanted), limit.rlim_max)
  if limit.rlim_cur < target {
    var raised = rlimit(rlim_cur: target, rlim_max: limit.rlim_max)
    if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { return Int(clamping: target) }
  }
  return Int(clamping: limit.rlim_cur)
}
