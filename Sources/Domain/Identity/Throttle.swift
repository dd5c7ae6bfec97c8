import Database
import Glibc
import Secrets

/// Counts failed sign-ins and says when to wait. Names and addresses are kept as keyed hashes only.
///
/// One name from one address may fail ten times in a quarter of an hour, one address a hundred times over all names. A name alone is never
/// locked, since that would let anybody lock out anybody: after ten failures, from wherever, each further try is merely answered later.
/// So the right password works within three tries, whoever else is guessing elsewhere.
struct Throttle {
  static let window: Int64 = 15 * 60
  static let perNameAndAddress: Int64 = 10
  static let perAddress: Int64 = 100
  static let freeOfDelay: Int64 = 10
  static let longestDelay: Int64 = 2000

  private let both: String
  private let address: String
  private let name: String

  init(name: String, address: String, key: InstallationKey) {
    let address = Throttle.network(of: address)
    both = key.code(for: "throttle-name-and-address", [name, address])
    self.address = key.code(for: "throttle-address", [address])
    self.name = key.code(for: "throttle-name", [name])
  }

  /// An IPv6 address counts by its first 64 bits, since whoever has one usually has all the others that begin so (RFC 6177).
  static func network(of address: String) -> String {
    var bytes = [UInt8](repeating: 0, count: 16)
    guard address.contains(":"), inet_pton(AF_INET6, address, &bytes) == 1 else { return address }
    return bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":")
  }

  /// Refuses when there were too many failures.
  ///
  /// - Throws: `Failure` with code `tooMany`.
  func check(at now: Moment, in connection: any Connection) throws {
    _ = try counts(at: now, in: connection)
  }

  /// Counts this try before its password is looked at, so that tries side by side cannot exceed the limits together. Returns how long, in
  /// milliseconds, the answer is to be delayed.
  ///
  /// - Throws: `Failure` with code `tooMany`; nothing is counted then.
  func begin(at now: Moment, in tx: any Connection) throws -> Int64 {
    let failures = try counts(at: now, in: tx)
    try tx.run("DELETE FROM throttles WHERE last_failed_at <= \(now.adding(seconds: -Throttle.window).text)")
    let horizon = now.adding(seconds: -Throttle.window).text
    for key in [both, address, name] {
      try tx.run(
        """
        INSERT INTO throttles (key, failures, first_failed_at, last_failed_at) VALUES (\(key), 1, \(now.text), \(now.text))
        ON CONFLICT (key) DO UPDATE SET
          failures = CASE WHEN throttles.first_failed_at <= \(horizon) THEN 1 ELSE throttles.failures + 1 END,
          first_failed_at = CASE WHEN throttles.first_failed_at <= \(horizon) THEN excluded.first_failed_at ELSE throttles.first_failed_at END,
          last_failed_at = excluded.last_failed_at
        """)
    }
    return min(max(0, (failures - Throttle.freeOfDelay) * 100), Throttle.longestDelay)
  }

  /// Takes back the count of a try that was right, and forgives this name at this address.
  func forgive(in tx: any Connection) throws {
    try tx.run("DELETE FROM throttles WHERE key = \(both)")
    try tx.run("UPDATE throttles SET failures = failures - 1 WHERE key IN (\(list: [address, name])) AND failures > 0")
  }

  /// The failures of the name within the window. Throws when one of the limits is reached.
  private func counts(at now: Moment, in connection: any Connection) throws -> Int64 {
    let horizon = now.adding(seconds: -Throttle.window).text
    var failures: [String: (count: Int64, first: String)] = [:]
    try connection.rows(
      """
      SELECT key, failures, first_failed_at FROM throttles
      WHERE key IN (\(list: [both, address, name])) AND first_failed_at > \(horizon)
      """
    ) { row in
      failures[row.text(0)] = (row.int(1), row.text(2))
      return true
    }
    for (key, limit) in [(both, Throttle.perNameAndAddress), (address, Throttle.perAddress)] {
      guard let entry = failures[key], entry.count >= limit, let first = Moment(entry.first) else { continue }
      let rest = first.adding(seconds: Throttle.window).milliseconds - now.milliseconds
      let seconds = Int(max(1, (rest + 999) / 1000))
      let minutes = (seconds + 59) / 60
      throw Failure(
        .tooMany(retryAfter: seconds),
        "Too many sign-ins have failed. Try again in \(minutes == 1 ? "a minute" : "\(minutes) minutes").")
    }
    return failures[name]?.count ?? 0
  }
}
