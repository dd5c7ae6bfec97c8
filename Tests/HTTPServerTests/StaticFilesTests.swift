import Glibc
import Testing

@testable import HTTPServer

@Suite struct StaticFilesTests {
  /// A folder of assets with some things in it that must never be served.
  private final class Folder {
    let path: String
    private let names = ["css/a.css", "css/b.css", "app.js", ".secret", "../outside"]

    init() throws {
      var template = Array("/tmp/assets-XXXXXX".utf8CString)
      guard let made = mkdtemp(&template) else { throw Client.Trouble(text: "no folder") }
      path = String(cString: made) + "/public"
      mkdir(path, 0o700)
      mkdir("\(path)/css", 0o700)
      for name in names { write(name, "/* \(name) */") }
      symlink("/etc/passwd", "\(path)/link.txt")
    }

    deinit {
      for name in names + ["link.txt"] { unlink("\(path)/\(name)") }
      rmdir("\(path)/css")
      rmdir(path)
      rmdir("\(path)/..")
    }

    func write(_ name: String, _ text: String) {
      let descriptor = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
      _ = Glibc.write(descriptor, text, text.utf8.count)
      close(descriptor)
    }
  }

  private func respond(_ files: StaticFiles, _ target: String, _ headers: [(String, String)] = [], method: String = "GET") throws
    -> Response
  {
    var router = Router()
    router.on("GET", "/assets/*path", reserved: true) { try files.respond($0) }
    return try router.respond(to: Request(method: method, target: target, headers: headers))
  }

  private func text(_ response: Response) -> String {
    guard case .bytes(let bytes) = response.body else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func onlyTheRightHashLastsForEver() throws {
    let folder = try Folder()
    let files = try StaticFiles(directory: folder.path, prefix: "/assets", joined: ["all.css": ["css/b.css", "css/a.css"]])
    let address = try #require(files.address(of: "css/a.css"))
    #expect(address.hasPrefix("/assets/") && address.hasSuffix("/css/a.css"))
    let hashed = try respond(files, address)
    #expect(text(hashed) == "/* css/a.css */")
    #expect(hashed.headers["Content-Type"] == "text/css; charset=utf-8")
    #expect(hashed.headers["Cache-Control"] == "public, max-age=31536000, immutable")
    #expect(hashed.headers["X-Content-Type-Options"] == "nosniff")
    #expect(try respond(files, "/assets/css/a.css").headers["Cache-Control"] == "no-cache")
    #expect(try respond(files, "/assets/0123456789abcdef/css/a.css").headers["Cache-Control"] == "no-cache")
    let joined = try #require(files.address(of: "all.css"))
    #expect(text(try respond(files, joined)) == "/* css/b.css *//* css/a.css */")
    #expect(files.address(of: "none.css") == nil)

    folder.write("css/a.css", "changed")
    try files.reload()
    #expect(files.address(of: "css/a.css") != address)
    let stale = try respond(files, address)
    #expect(text(stale) == "changed")
    #expect(stale.headers["Cache-Control"] == "no-cache")
  }

  @Test(arguments: [
    "/assets", "/assets/.secret", "/assets/link.txt", "/assets/css", "/assets/none.css", "/assets/0123456789abcdef",
    "/assets/..%2foutside", "/assets/%2e%2e/outside", "/assets/../outside", "/assets/css/..%5c..%5coutside", "/assets/css%2fa.css",
    "/assets/%00", "/outside", "/assets/css/a.css%00.js",
  ])
  func nothingElseIsServed(_ target: String) throws {
    let folder = try Folder()
    let files = try StaticFiles(directory: folder.path, prefix: "/assets")
    let error = #expect(throws: HTTPError.self) { try respond(files, target) }
    #expect(error?.status == 404 || error?.status == 400)
  }

  @Test func conditionsAndRangesAreAnswered() throws {
    let folder = try Folder()
    folder.write("app.js", "0123456789")
    let files = try StaticFiles(directory: folder.path, prefix: "/assets")
    let target = "/assets/app.js"
    let tag = try #require(try respond(files, target).headers["ETag"])
    for condition in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
      let unchanged = try respond(files, target, [("If-None-Match", condition)])
      #expect(unchanged.status == 304)
      #expect(unchanged.headers["ETag"] == tag)
    }
    #expect(try respond(files, target, [("If-None-Match", "\"other\"")]).status == 200)
    let ranges = [
      ("bytes=0-0", 206, "0"), ("bytes=2-4", 206, "234"), ("bytes=8-", 206, "89"), ("bytes=-3", 206, "789"), ("bytes=5-99", 206, "56789"),
      ("bytes=-99", 206, "0123456789"), ("bytes=0-1,3-4", 200, "0123456789"), ("bytes=4-2", 200, "0123456789"),
      ("lines=1-2", 200, "0123456789"),
      ("bytes=a-b", 200, "0123456789"), ("bytes=", 200, "0123456789"), ("bytes=99999999999999999999-", 200, "0123456789"),
    ]
    for (range, status, body) in ranges {
      let response = try respond(files, target, [("Range", range)])
      #expect(response.status == status)
      #expect(text(response) == body)
    }
    #expect(try respond(files, target, [("Range", "bytes=2-4")]).headers["Content-Range"] == "bytes 2-4/10")
    for range in ["bytes=10-", "bytes=-0"] {
      let response = try respond(files, target, [("Range", range)])
      #expect(response.status == 416)
      #expect(response.headers["Content-Range"] == "bytes */10")
    }
    #expect(try respond(files, target, [("Range", "bytes=2-4"), ("If-Range", "\"other\"")]).status == 200)
    #expect(try respond(files, target, [("Range", "bytes=2-4"), ("If-Range", tag)]).status == 206)
    #expect(try respond(files, target, [("Range", "bytes=2-4")], method: "HEAD").status == 200)
  }

  @Test func whatCannotBeReadIsSaid() throws {
    let folder = try Folder()
    #expect(throws: FileError.self) { try StaticFiles(directory: "/does/not/exist", prefix: "/assets") }
    #expect(throws: ServerError.self) { try StaticFiles(directory: folder.path, prefix: "/assets", joined: ["x.css": ["none.css"]]) }
    #expect(throws: FileError.self) { try OpenFile(path: "\(folder.path)/link.txt") }
    #expect(throws: FileError.self) { try OpenFile(path: folder.path) }
  }
}
