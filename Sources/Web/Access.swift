import Domain
import HTTPServer
import Secrets

/// Who may use the routes of a group. Permission belongs to the group, never to a handler.
enum Audience: Sendable {
  /// Anybody; the pages before and beside sign-in.
  case anyone
  /// Anybody with a session.
  case signedIn
  /// Those for whom the list of organizations is made.
  case severalOrganizations
  /// The account team, for the installation as a whole.
  case installation
  /// The account team, within the organization of the address.
  case accountTeam
  /// Organization admins and the account team, within the organization of the address.
  case organization
  /// Also the admins of single programs, who see no more than these.
  case program
  /// The coach of the address, who sees the own pages and nothing else.
  case coach
}

/// What `admit` found out about a request; the handler and the log get it.
struct Admission: Sendable {
  var session: Session?
  var scope: OrganizationScope?
  var coach: CoachScope?
}

extension Site {
  /// Decides about a request when its head is there, before its body is read.
  ///
  /// - Returns: a response that refuses or leads elsewhere, or nil to go on.
  func admit(_ request: inout Request, _ audience: Audience) throws -> Response? {
    do {
      if request.method != "GET" && request.method != "HEAD" { try checkOrigin(of: request) }
      let admission = try self.admission(for: request, audience)
      request.context = admission
      guard let session = admission.session else {
        return audience == .anyone ? nil : try leadToSignIn(request)
      }
      touch(session, request)
      request.bodyLimit = max(request.bodyLimit, Site.signedInFormLimit)
      return nil
    } catch {
      return refuse(error, request)
    }
  }

  /// A page is shown although its visit cannot be noted, as on a disk that is full.
  private func touch(_ session: Session, _ request: Request) {
    do {
      try sessions.touch(session)
    } catch {
      log.problem("\(error)", id: request.id)
    }
  }

  /// How large a form may be from somebody who is signed in, in bytes.
  private static let signedInFormLimit = 1 << 20

  /// Whom the session cookie stands for, and the organization of the address for the groups that have one.
  func admission(for request: Request, _ audience: Audience) throws -> Admission {
    guard let cookie = request.cookies[cookies.session] else { return Admission() }
    let found: Admission? = try sessions.with(cookie: cookie) { session, connection in
      guard settings.allowsDemo || !session.isDemo else { return Admission() }
      switch audience {
      case .anyone, .signedIn: return Admission(session: session)
      case .severalOrganizations:
        guard session.viewer.reachesSeveralOrganizations else { throw Site.forbidden }
        return Admission(session: session)
      case .installation:
        guard session.viewer.isAccountTeam else { throw Site.forbidden }
        return Admission(session: session)
      case .accountTeam, .organization, .program:
        let scope = try OrganizationScope.find(slug: request.parameters["slug"] ?? "", for: session.viewer, in: connection)
        guard audience == .program || scope.reachesOrganization, audience != .accountTeam || session.viewer.isAccountTeam else {
          throw Site.forbidden
        }
        return Admission(session: session, scope: scope)
      case .coach:
        let id = request.parameters["coach"].flatMap { Int64($0) } ?? 0
        return Admission(session: session, coach: try CoachScope.find(id: id, for: session.viewer, in: connection))
      }
    }
    return found ?? Admission()
  }

  private static let forbidden = Failure(.forbidden, "Your role does not include this page.")

  /// A page leads to sign-in and back; a form that outlived its session cannot be sent again by itself, so it is refused.
  private func leadToSignIn(_ request: Request) throws -> Response {
    let context = try Context(site: self, request: request, admission: nil)
    guard request.method == "GET" || request.method == "HEAD" else {
      throw Failure(.forbidden, "You are not signed in, or your session has ended. Sign in, then send the form again.")
    }
    return finished(try context.redirect(to: .signIn(returningTo: context.returnPath)))
  }

  /// Refuses what another site makes a browser send. Every browser sends one of the two fields with a POST; a program that sends neither
  /// holds no cookie that another site could use, and still needs the form's token.
  private func checkOrigin(of request: Request) throws {
    if let site = request.headers["Sec-Fetch-Site"] {
      guard site == "same-origin" else { throw Site.foreign }
    } else if let origin = request.headers["Origin"] {
      guard settings.accepts(origin: origin, host: request.host) else { throw Site.foreign }
    }
  }

  private static let foreign = Failure(.forbidden, "This was sent by another site, so nothing was done.")
}
