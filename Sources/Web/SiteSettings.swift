public import Domain
public import Mail

/// What the one who runs the installation decided.
public struct SiteSettings: Sendable {
  /// How browsers reach it.
  public var publicURL: PublicURL
  /// Whether nobody but this machine can reach it: listener and public URL are loopback.
  public var isLoopback: Bool
  /// The program's clock.
  public var clock: Clock
  /// Whether the clock was set by hand; a banner says so.
  public var clockIsSet: Bool
  /// Whether there are accounts of the demo; a banner says so. They may sign in on loopback only.
  public var hasDemo: Bool
  /// The program's version, for the foot of each page.
  public var version: String

  /// Where mail is handed in; nil where there is no mail server, and mail is kept.
  public var mailServer: SMTPURL?
  /// The address that mail comes from.
  public var mailAddress = "no-reply@localhost"
  /// Whom administrators ask for what the account team sets up; nil where nobody is named.
  public var supportEmail: String?
  /// How long a form waits for the confirmation of a file; then it leads to the page that tells how it goes on.
  public var confirmationPatience = Duration.seconds(2)

  /// The settings of an installation.
  public init(publicURL: PublicURL, isLoopback: Bool, clock: Clock, clockIsSet: Bool = false, hasDemo: Bool = false, version: String) {
    (self.publicURL, self.isLoopback, self.clock) = (publicURL, isLoopback, clock)
    (self.clockIsSet, self.hasDemo, self.version) = (clockIsSet, hasDemo, version)
  }

  /// Whether accounts of the demo may sign in.
  public var allowsDemo: Bool { isLoopback }

  /// Whether a form may come from that origin. On loopback this machine has several names; there it is the host that was asked for.
  func accepts(origin: String, host: String) -> Bool {
    origin == publicURL.description || isLoopback && origin == (publicURL.isSecure ? "https://" : "http://") + host
  }
}
