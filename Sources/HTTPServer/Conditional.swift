extension Response {
  /// The answer to a conditional or partial request (RFC 9110 sections 13 and 14), given the complete answer to it.
  ///
  /// `self` must be a 200 with a body of bytes or a file and an `ETag`. It becomes a 304 when `If-None-Match` has the tag, a 206 for one
  /// satisfiable range, a 416 for one that is not; several ranges are answered with everything, as the RFC permits.
  public func conditional(_ request: Request) -> Response {
    guard status == 200, request.method == "GET" || request.method == "HEAD", let tag = headers["ETag"] else { return self }
    let wanted = request.headers.all("If-None-Match").joined(separator: ",")
    if !wanted.isEmpty, matchesWeakly(wanted, tag) {
      var headers = headers
      headers["Content-Type"] = nil
      return Response(304, headers: headers)
    }
    let (start, size): (Int, Int)
    switch body {
    case .bytes(let bytes): (start, size) = (0, bytes.count)
    case .file(_, let range): (start, size) = (range.lowerBound, range.count)
    case .empty, .spool: return self
    }
    var complete = self
    complete.headers["Accept-Ranges"] = "bytes"
    guard request.method == "GET", let field = request.headers["Range"] else { return complete }
    // If-Range needs a strong match; a date is never one here, since no Last-Modified is sent.
    if let condition = request.headers["If-Range"], condition != tag || tag.hasPrefix("W/") { return complete }
    switch ByteRange(field, size: size) {
    case .whole: return complete
    case .unsatisfiable:
      var refusal = plainErrorPage(416, "")
      refusal.headers["Content-Range"] = "bytes */\(size)"
      return refusal
    case .part(let part):
      complete.status = 206
      complete.headers["Content-Range"] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)"
      switch body {
      case .bytes(let bytes): complete.body = .bytes(Array(bytes[part]))
      case .file(let file, _): complete.body = .file(file, start + part.lowerBound..<start + part.upperBound)
      case .empty, .spool: break
      }
      return complete
    }
  }
}

/// What a `Range` field asks for.
enum ByteRange: Equatable {
  /// Everything: not bytes, malformed, or several ranges.
  case whole
  case unsatisfiable
  case part(Range<Int>)

  init(_ field: String, size: Int) {
    self = .whole
    guard field.utf8.count < 64, field.lowercased().hasPrefix("bytes=") else { return }
    let ends = trimmed(field.dropFirst(6)).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard ends.count == 2, ends.allSatisfy({ $0.utf8.allSatisfy(isDigit) }) else { return }
    switch (Int(ends[0]), Int(ends[1])) {
    case (let first?, nil) where ends[1].isEmpty:
      self = first < size ? .part(first..<size) : .unsatisfiable
    case (let first?, let last?) where first <= last:
      self = first < size ? .part(first..<min(last, size - 1) + 1) : .unsatisfiable
    case (nil, let count?) where ends[0].isEmpty:
      self = count > 0 && size > 0 ? .part(max(0, size - count)..<size) : .unsatisfiable
    default: break
    }
  }
}

/// The weak comparison (RFC 9110 section 8.8.3.2) with each tag of a list.
private func matchesWeakly(_ list: String, _ tag: String) -> Bool {
  let opaque = { (tag: Substring) in tag.hasPrefix("W/") ? tag.dropFirst(2) : tag }
  return list.split(separator: ",").contains { entry in
    let entry = trimmed(entry)
    return entry == "*" || opaque(entry) == opaque(tag[...])
  }
}
