import Domain
import Templates

/// What a page tells its layout.
public struct Page: Sendable {
  /// The entries of the navigation.
  public enum Place: Sendable, Equatable {
    /// An organization's Home.
    case home
    /// Its programs, and all that stands beneath one.
    case programs
    /// Its users.
    case users
    /// Its coaching learners.
    case learners
    /// The platform's coaches who have worked with it, and its own.
    case platformCoaches, organizationCoaches
    /// Its contracts.
    case contracts
    /// Its settings.
    case settings
    /// The organizations of the installation.
    case organizations
    /// What the account team sets up of coaching.
    case setUp(SetUpKind)
    /// A coach's own pages.
    case coaching(CoachPlace)
    /// The pages of a coach that the viewer also is; never the current ones.
    case otherCoaching
  }

  /// The heading.
  public let title: String
  /// What the page stands in, innermost first, such as the program's name; for the document's title.
  public let trail: [String]
  /// What tells this page from its like in the document's title, such as `page 2 of 20`.
  public let note: String?
  /// Which entry of the navigation is current.
  public let place: Place?
  /// Whether a form on it was refused; the document's title says so first (WCAG 2.2, 3.3.1).
  public let hasErrors: Bool
  /// The color of the organization that a page outside `/o/{slug}` is about; empty for the product's own.
  public var brandColor = ""

  /// A page by its heading.
  public init(
    _ title: String, in trail: [String] = [], note: String? = nil, at place: Place? = nil, hasErrors: Bool = false, brandColor: String = ""
  ) {
    (self.title, self.trail, self.note, self.place, self.hasErrors) = (title, trail, note, place, hasErrors)
    self.brandColor = brandColor
  }
}

extension Page {
  /// Everything that the layouts read.
  func value(in context: Context, flash: [FlashMessage]) -> Value {
    let assets = context.site.assets
    let organization = context.scope?.organization ?? context.coach?.organization
    let theme = Theme(of: context)
    return [
      "title": title,
      "documentTitle": documentTitle(organization?.name),
      "theme": theme.choice?.rawValue,
      "assets": assets,
      "brandStylesheet": context.site.brandStylesheet(organization?.brandColor ?? brandColor),
      "csrf": context.csrf,
      "homeLink": context.coach.map { Path.coach($0.coach.id) } ?? organization.map { Path.home($0.slug) } ?? .start,
      "flash": flash,
      "banner": context.site.banner(at: context.now).map { ["text": $0] as Value },
      "version": context.site.settings.version,
      "themeLink": Path.theme,
      "returnPath": context.returnPath.text,
      "themes": theme,
      "organizationName": organization?.name ?? "Provost",
      "navigation": navigation(context),
      "viewerName": context.session?.viewer.name ?? "",
      "viewerRole": role(context),
      "signOutLink": Path.signOut,
      "accountTeamBar": context.accountTeamBar,
    ]
  }

  private func documentTitle(_ organization: String?) -> String {
    let heading = (hasErrors ? "Error: " : "") + title + (note.map { ", " + $0 } ?? "")
    return ([heading] + trail + [organization, "Provost"].compactMap(\.self)).joined(separator: " – ")
  }

  /// The entries of the navigation, in sections with a title each but the first.
  private func navigation(_ context: Context) -> [NavigationSection] {
    func entry(_ label: String, _ link: Path, _ icon: String, _ place: Place) -> NavigationEntry {
      NavigationEntry(label: label, link: link, icon: context.site.assets.icon(icon), isCurrent: self.place == place)
    }
    var (main, metrics, setUp): ([NavigationEntry], [NavigationEntry], [NavigationEntry]) = ([], [], [])
    if let scope = context.scope {
      let slug = scope.organization.slug
      main.append(entry("Home", .home(slug), "home", .home))
      main.append(entry("Programs", .programs(slug), "programs", .programs))
      if scope.reachesOrganization {
        main.append(entry("Users", .users(slug), "users", .users))
        metrics.append(entry("Learners", .learners(slug), "learners", .learners))
        metrics.append(entry("Platform coaches", .platformCoaches(slug), "globe", .platformCoaches))
        metrics.append(entry("Organization coaches", .organizationCoaches(slug), "coach", .organizationCoaches))
        setUp.append(entry("Contracts", .contracts(slug), "contract", .contracts))
        setUp.append(entry("Settings", .settings(slug), "settings", .settings))
      }
    }
    if let viewer = context.session?.viewer, viewer.reachesSeveralOrganizations {
      let organizations = entry("Organizations", .organizations, "organization", .organizations)
      if setUp.isEmpty { main.append(organizations) } else { setUp.append(organizations) }
    }
    let own = CoachPlace.entries(context).map { entry($0.label, $0.link, $0.icon, $0.place) }
    let coaching = SetUpKind.shown(to: context).map { entry($0.label, .setUp($0, context.scope?.organization.slug), $0.icon, .setUp($0)) }
    let sections = [
      NavigationSection(title: nil, id: "nav-main", entries: main),
      NavigationSection(title: "Coaching", id: "nav-coach", entries: own),
      NavigationSection(title: "User Metrics", id: "nav-user-metrics", entries: metrics),
      NavigationSection(title: "Coaching set-up", id: "nav-coaching", entries: coaching),
      NavigationSection(title: "Set-up", id: "nav-set-up", entries: setUp),
    ]
    return sections.filter { !$0.entries.isEmpty }
  }

  private func role(_ context: Context) -> String {
    guard let viewer = context.session?.viewer else { return "" }
    if viewer.isAccountTeam, context.coach == nil { return "Account team" }
    if let scope = context.scope { return scope.reachesOrganization ? "Organization admin" : "Program admin" }
    if context.coach != nil { return "Coach" }
    return viewer.grants.isEmpty ? "" : viewer.isAdministrator ? "Administrator" : "Coach"
  }
}

extension Context {
  /// The bar that tells the account team in whose house it is.
  fileprivate var accountTeamBar: Value? {
    guard let scope, scope.viewer.isAccountTeam else { return nil }
    return ["organizationName": scope.organization.name, "leaveLink": Path.organizations]
  }
}

extension Viewer {
  /// Whether the list of organizations is of use to the viewer.
  var reachesSeveralOrganizations: Bool { isAccountTeam || organizations.count > 1 }
}

extension SetUpKind {
  /// The kinds that the navigation leads a viewer to: an organization's, or the platform's where no organization is entered.
  fileprivate static func shown(to context: Context) -> [SetUpKind] {
    let isTeam = context.session?.viewer.isAccountTeam == true
    guard let scope = context.scope else { return isTeam ? [.assessments, .surveys, .coaches, .focusSkills] : [] }
    if isTeam { return [.groups, .purchases, .assessments, .surveys, .coaches] }
    return scope.reachesOrganization ? [.assessments, .surveys] : []
  }
}

private struct NavigationSection: ValueConvertible {
  let title: String?
  let id: String
  let entries: [NavigationEntry]

  var templateValue: Value { ["title": title, "id": id, "entries": entries] }
}

private struct NavigationEntry: ValueConvertible {
  let label: String
  let link: Path
  let icon: Value
  let isCurrent: Bool

  var templateValue: Value { ["label": label, "link": link, "icon": icon, "current": isCurrent] }
}
