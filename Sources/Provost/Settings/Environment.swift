import Foundation

/// The settings that stand in the environment, by their contract names. A flag of the same meaning goes before.
struct Environment: Sendable {
  /// Every variable that means something; any other `PROVOST_…` is a slip of the pen and is warned of.
  enum Name: String, CaseIterable {
    case data = "PROVOST_DATA"
    case listen = "PROVOST_LISTEN"
    case database = "PROVOST_DATABASE"
    case publicURL = "PROVOST_PUBLIC_URL"
    case smtpURL = "PROVOST_SMTP_URL"
    case mailFrom = "PROVOST_MAIL_FROM"
    case supportEmail = "PROVOST_SUPPORT_EMAIL"
    case trustedProxies = "PROVOST_TRUSTED_PROXIES"
    case log = "PROVOST_LOG"
    case resources = "PROVOST_RESOURCES"
    case secret = "PROVOST_SECRET"
    case clock = "PROVOST_CLOCK"
  }

  /// Variables that only the test suite and the build look at.
  private static let foreign: Set<String> = ["PROVOST_TEST_POSTGRES"]

  private let variables: [String: String]

  init(_ variables: [String: String] = ProcessInfo.processInfo.environment) { self.variables = variables }

  /// The value of a variable; one that is set to nothing counts as not set.
  subscript(_ name: Name) -> String? {
    guard let value = variables[name.rawValue], !value.isEmpty else { return nil }
    return value
  }

  /// The `PROVOST_…` variables that mean nothing, sorted.
  var unknown: [String] {
    variables.keys.filter { $0.hasPrefix("PROVOST_") && Name(rawValue: $0) == nil && !Environment.foreign.contains($0) }.sorted()
  }

  /// Says on standard error which variables mean nothing.
  func warnOfUnknown() {
    for name in unknown { complain("warning: \(name) is not a setting of Provost and has no effect.") }
  }
}

/// Writes one line to standard error.
func complain(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
