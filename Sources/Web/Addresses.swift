import HTTPServer
import Synchronization

/// Which addresses of the site are pages: what is asked for by links and redirects, which send GET.
final class Addresses: Sendable {
  private let router = Mutex(Router())

  /// Learns all routes of the site.
  func learn(_ table: [(method: String, pattern: String)]) {
    var router = Router()
    for (method, pattern) in table { router.on(method, pattern) { _ in Response() } }
    self.router.withLock { $0 = router }
  }

  /// Whether a browser can be led there. An address that no route has is a page, too: the one that says so.
  func isPage(_ path: Path) -> Bool {
    do {
      let router = router.withLock(\.self)
      var answer = try router.respond(to: Request(method: "GET", target: String(path.text.prefix { $0 != "#" })))
      if let usual = answer.headers["Location"] { answer = try router.respond(to: Request(method: "GET", target: usual)) }
      return answer.status == 200
    } catch let error as HTTPError {
      return error.status == 404
    } catch {
      return false
    }
  }
}
