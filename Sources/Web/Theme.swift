import HTTPServer
import Templates

/// Light or dark: the choice of one browser, kept in a cookie and written into the page by the server.
struct Theme: ValueConvertible {
  enum Choice: String, CaseIterable {
    case light
    case dark
  }

  /// Nil follows the system.
  let choice: Choice?

  init(of context: Context) { choice = context.request.cookies[context.site.cookies.theme].flatMap(Choice.init) }

  var templateValue: Value {
    [
      ["value": "system", "label": "System", "current": choice == nil] as Value,
      ["value": "light", "label": "Light", "current": choice == .light] as Value,
      ["value": "dark", "label": "Dark", "current": choice == .dark] as Value,
    ]
  }

  /// POST /theme
  static func choose(_ context: Context) throws -> Response {
    let form = try context.form()
    var response = try context.redirect(to: context.destination(form["return"]) ?? .start)
    if let choice = form["theme"].flatMap(Choice.init) {
      response.setCookie(try context.site.cookies.make(context.site.cookies.theme, choice.rawValue, maxAge: .seconds(365 * 86_400)))
    } else {
      response.setCookie(try context.site.cookies.remove(context.site.cookies.theme))
    }
    return response
  }
}
