import Domain
public import HTTPServer
import Database
import Secrets
import Templates

extension Site {
  /// Runs a handler; whatever it throws becomes a page.
  func answer(_ request: Request, _ body: () throws -> Response) -> Response {
    do {
      return try body()
    } catch {
      return refuse(error, request)
    }
  }

  /// The page for an error. A `Failure` says its sentence; anything else is logged under the request's id and not shown.
  func refuse(_ error: any Error, _ request: Request) -> Response {
    switch error {
    case let failure as Failure:
      var response = errorPage(status: failure.code.status, request: request, message: failure.sentence)
      if case .tooMany(let seconds) = failure.code { response.headers["Retry-After"] = String(seconds) }
      if failure.code == .busy { response.headers["Retry-After"] = "5" }
      return response
    case let removed as RemovedProgram: return page(of: removed, request)
    case let error as HTTPError:
      var response = errorPage(status: error.status, request: request, message: error.message)
      response.headers.append(error.headers)
      return response
    case let error as DatabaseError where error.kind == .busy || error.kind == .connection || error.kind == .serialization:
      log.problem("\(error)", id: request.id)
      var response = errorPage(
        status: 503, request: request, message: "The database is occupied or cannot be reached at this moment. Try again in a few seconds.")
      response.headers["Retry-After"] = "5"
      return response
    default:
      log.problem("\(error)", id: request.id)
      return errorPage(status: 500, request: request, message: "")
    }
  }

  /// The page of a status, in the layout; a plain built-in one when the templates themselves fail.
  ///
  /// - Parameter message: a sentence for the reader; an empty one leaves the words to the page.
  public func errorPage(status: Int, request: Request?, message: String) -> Response {
    let words = ErrorWords(status)
    let text = message.isEmpty ? words.text : message
    if let request {
      do {
        let context = try Context(site: self, request: request, admission: request.context as? Admission ?? whoAsks(request))
        let model = ErrorModel(
          status: status, text: text, requestID: request.id, isSignedIn: context.session != nil, canRetry: words.canRetry)
        return finished(try context.render("errors/error", Page(words.title), ["error": model], status: status))
      } catch {
        log.problem("the error page failed: \(error)", id: request.id)
      }
    }
    return finished(.html(Array(ErrorWords.builtIn(status, words.title, text, request?.id).utf8), status: status))
  }

  /// Who asks for what no route answers, so that the forms of that page work. The page is shown whatever the database says.
  private func whoAsks(_ request: Request) -> Admission? {
    do {
      return try admission(for: request, .anyone)
    } catch {
      log.problem("\(error)", id: request.id)
      return nil
    }
  }
}

extension Failure.Code {
  /// The status of RFC 9110 section 15 (and RFC 6585 for 429).
  var status: Int {
    switch self {
    case .notFound: 404
    case .forbidden: 403
    case .invalid: 422
    case .conflict: 409
    case .gone: 410
    case .tooMany: 429
    case .busy: 503
    }
  }
}

/// What an error page says when nobody found better words.
private struct ErrorWords {
  let title: String
  let text: String
  var canRetry = false

  init(_ status: Int) {
    switch status {
    case 400: (title, text) = ("Bad request", "The request could not be understood.")
    case 403: (title, text) = ("Not allowed", "You may not do this.")
    case 404: (title, text) = ("Page not found", Failure.notFound.sentence)
    case 405: (title, text) = ("Not possible this way", "This address does not take such a request.")
    case 408: (title, text, canRetry) = ("Too slow", "The request took too long to arrive. Try again.", true)
    case 409: (title, text) = ("Conflict", "This contradicts what is there. Reload the page and look again.")
    case 410: (title, text) = ("Gone", "This is no longer there.")
    case 413: (title, text) = ("Too large", "What was sent is larger than this page takes.")
    case 414: (title, text) = ("Address too long", "The address is longer than this server takes.")
    case 415: (title, text) = ("Wrong kind of content", "This page does not take what was sent.")
    case 421: (title, text) = ("Unknown host", "This server does not answer to that name.")
    case 422: (title, text) = ("There is a problem", "What was sent cannot be taken.")
    case 429: (title, text) = ("Too many tries", "Wait a while, then try again.")
    case 431:
      (title, text) = (
        "Request too large", "The browser sent more fields than this server takes. Deleting its cookies for this site may help."
      )
    case 503: (title, text, canRetry) = ("Busy", "The server is busy at this moment. Try again in a few seconds.", true)
    default:
      title = status < 500 ? "This did not work" : "Something went wrong"
      text =
        status < 500
        ? "The request could not be answered."
        : "The fault is ours and was noted. Try again; if it stays, tell your administrator the request's number."
      canRetry = status >= 500
    }
  }

  /// A page that needs neither templates nor files. Its words are this file's and a `Failure`'s.
  static func builtIn(_ status: Int, _ title: String, _ text: String, _ id: String?) -> String {
    func escaped(_ text: String) -> String {
      text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
    }
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head><meta charset="utf-8"><title>\(escaped(title)) – Provost</title>
      <meta name="viewport" content="width=device-width, initial-scale=1"></head>
      <body><main><h1>\(escaped(title))</h1><p>\(status): \(escaped(text))</p><p><a href="/">Go to the start page</a></p>\
      \(id.map { "<p>Request \(escaped($0))</p>" } ?? "")</main></body>
      </html>

      """
  }
}

private struct ErrorModel: ValueConvertible {
  let status: Int
  let text: String
  let requestID: String
  let isSignedIn: Bool
  let canRetry: Bool

  var templateValue: Value {
    var actions: [Value] = [["label": "Go to the start page", "link": Path.start, "primary": true]]
    if isSignedIn && status == 403 { actions.append(["label": "Sign in as somebody else", "link": Path.signIn, "primary": false]) }
    if !isSignedIn && status != 404 { actions.append(["label": "Go to sign-in", "link": Path.signIn, "primary": false]) }
    return ["status": String(status), "text": text, "requestID": requestID, "actions": Value.list(actions)]
  }
}
