import Database
import Foundation
import Glibc
import Support
import Testing
import World

/// `provost serve` as its operator meets it: a process with a data folder, a port and signals.
@Suite struct ServeTests {
  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("provost-test-" + UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let result = Result { try body(folder) }
    try FileManager.default.removeItem(atPath: folder)
    try result.get()
  }

  /// Asks once and returns the whole answer.
  private func get(_ path: String, port: UInt16) throws -> String {
    try ask("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n", port: port)
  }

  /// Sends a head, as it is but for its end.
  private func ask(_ head: String, port: UInt16) throws -> String {
    try Question(head + "Connection: close\r\n\r\n", port: port).answer()
  }

  @Test func itServesUntilItIsToldToStop() throws {
    try inFolder { folder in
      let served = try Served(["--data", folder + "/data", "--listen", "127.0.0.1:0"], ["PROVOST_LOG": "json", "PROVOST_LISTN": "x"])
      let port = try served.port()
      #expect(try get("/healthz", port: port).hasSuffix("\r\n\r\nok\n"))
      #expect(try get("/sign-in", port: port).contains("<title>Sign in – Provost</title>"))
      #expect(try get("/", port: port).contains("Location: /sign-in\r\n"))
      // The same data folder and the same port are taken.
      let second = try Served(["--data", folder + "/data", "--listen", "127.0.0.1:0"])
      #expect(second.failure().contains("Another \"provost serve\""))
      #expect(second.process.terminationStatus == 1)
      let third = try Served(["--data", folder + "/other", "--listen", "127.0.0.1:\(port)"])
      #expect(third.failure().contains("another program uses this port"))
      #expect(third.process.terminationStatus == 1)
      kill(served.process.processIdentifier, SIGHUP)
      served.process.terminate()
      let log = served.failure()
      #expect(served.process.terminationStatus == 0)
      #expect(log.contains("warning: PROVOST_LISTN is not a setting of Provost"))
      #expect(log.contains("\"method\":\"GET\",\"route\":\"/sign-in\",\"status\":200"))
    }
  }

  @Test func whatNoRouteAnswersCarriesTheSecurityHeadersToo() throws {
    try inFolder { folder in
      let served = try Served(["--data", folder + "/data", "--listen", "127.0.0.1:0"])
      let port = try served.port()
      let host = "Host: 127.0.0.1:\(port)\r\n"
      let asked = [
        ("GET //sign-in HTTP/1.1\r\n" + host, 308), ("OPTIONS * HTTP/1.1\r\n" + host, 204), ("GET /%zz HTTP/1.1\r\n" + host, 400),
        ("GET / HTTP/1.1\r\nHost: elsewhere.example\r\n", 421), ("GET / HTTP/1.1\r\n", 400), ("GET /nothing HTTP/1.1\r\n" + host, 404),
        ("PUT /sign-in HTTP/1.1\r\n" + host, 405), ("POST /sign-in HTTP/1.1\r\n\(host)Content-Length: 9999999\r\n", 413),
        ("GET / HTTP/2.5\r\n" + host, 505), ("GET /\(String(repeating: "a", count: 9000)) HTTP/1.1\r\n" + host, 414),
      ]
      for (head, status) in asked {
        let answer = try ask(head, port: port)
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(head.prefix(60)): \(answer.prefix(40))")
        for field in ["Content-Security-Policy: default-src 'none'", "X-Content-Type-Options: nosniff", "Referrer-Policy: same-origin"] {
          #expect(answer.components(separatedBy: "\r\n" + field).count == 2, "\(status) without \(field)")
        }
      }
      served.process.terminate()
      _ = served.failure()
    }
  }

  @Test func whatWaitedForTheAuditTrailIsInItAfterTheNextStart() throws {
    try inFolder { folder in
      let data = folder + "/data"
      func serve() throws {
        let served = try Served(["--data", data, "--listen", "127.0.0.1:0"])
        _ = try served.port()
        served.process.terminate()
        _ = served.failure()
        #expect(served.process.terminationStatus == 0)
      }
      try serve()
      let store = try openDatabase(data + "/provost-sessions.sqlite")
      try store.write(organization: 0) { tx in
        _ = try tx.run("INSERT INTO audit_queue (id, account_id, action, at) VALUES ('one', 7, 'signed_in', '2024-06-28T10:00:00.000Z')")
      }
      store.close()
      try serve()
      let database = try openDatabase(data + "/provost.sqlite")
      defer { database.close() }
      let event = try database.read {
        try $0.first("SELECT actor_id, action, at FROM audit_events") { ($0.int(0), $0.text(1), $0.text(2)) }
      }
      #expect(event?.0 == 7 && event?.1 == "signed_in" && event?.2 == "2024-06-28T10:00:00.000Z")
    }
  }

  @Test func aStoreOfSessionsThatCannotBeOpenedIsNamed() throws {
    try inFolder { folder in
      let store = folder + "/provost-sessions.sqlite"
      try Data(repeating: 120, count: 5000).write(to: URL(fileURLWithPath: store))
      let damaged = try Served(["--data", folder, "--listen", "127.0.0.1:0"])
      let sentence = damaged.failure()
      #expect(damaged.process.terminationStatus == 1)
      #expect(sentence.contains("The file \(store) is damaged or no database. Delete it"), "\(sentence)")
      try FileManager.default.removeItem(atPath: store)
      try FileManager.default.createDirectory(atPath: store, withIntermediateDirectories: false)
      let folded = try Served(["--data", folder, "--listen", "127.0.0.1:0"])
      #expect(folded.failure().contains("\(store) cannot be opened or written"))
      #expect(folded.process.terminationStatus == 1)
    }
  }

  @Test func whatKeepsItFromStartingIsOneSentence() throws {
    try inFolder { folder in
      try Data().write(to: URL(fileURLWithPath: folder + "/file"))
      let cases: [([String], [String: String], String)] = [
        (["--data", folder + "/file/data"], [:], "cannot be made"), (["--data", folder + "/file"], [:], "is not a folder"),
        (["--data", folder, "--listen", "0.0.0.0:0"], [:], "PROVOST_PUBLIC_URL"),
        (["--data", folder], ["PROVOST_SECRET": "short"], "PROVOST_SECRET"),
        (["--data", folder, "--tls-certificate", folder + "/file", "--tls-key", folder + "/file"], [:], folder + "/file"),
        (["--data", folder, "--resources", folder], [:], "Templates"), (["--data", folder], ["PROVOST_CLOCK": "noon"], "PROVOST_CLOCK"),
        (["--data", folder, "--database", "mysql://x"], [:], "mysql"),
      ]
      for (arguments, variables, word) in cases {
        let served = try Served(arguments + (arguments.contains("--listen") ? [] : ["--listen", "127.0.0.1:0"]), variables)
        let text = served.failure()
        #expect(served.process.terminationStatus == 1, "\(word): \(text)")
        let sentences = text.split(separator: "\n").filter { $0.hasPrefix("Error: ") }
        #expect(sentences.count == 1 && sentences.first?.contains(word) == true, "\(text)")
      }
    }
  }

  @Test func aMissingTemplateKeepsItFromStarting() throws {
    try inFolder { folder in
      let root = TestDatabase.migrationsFolder.replacing("/Migrations", with: "")
      for name in ["Templates", "Migrations", "Public"] {
        try FileManager.default.copyItem(atPath: root + "/" + name, toPath: folder + "/" + name)
      }
      try FileManager.default.removeItem(atPath: folder + "/Templates/users/list.html")
      let served = try Served(["--data", folder + "/data", "--listen", "127.0.0.1:0"], ["PROVOST_RESOURCES": folder])
      #expect(served.failure().contains("Error: The template users/list.html is missing"))
      #expect(served.process.terminationStatus == 1)
    }
  }
}
