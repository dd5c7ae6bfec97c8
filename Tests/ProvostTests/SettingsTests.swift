import ArgumentParser
import Database
import Domain
import Foundation
import HTTPServer
import Support
import Testing
import Web
import World

@testable import Provost

@Suite struct SettingsTests {
  private func settings(listen: String? = nil, certificate: String? = nil, key: String? = nil, _ variables: [String: String] = [:]) throws
    -> ServeSettings
  {
    try ServeSettings(listen: listen, certificate: certificate, key: key, clock: .system, environment: Environment(variables))
  }

  @Test func theDefaultsListenOnThisMachineOnly() throws {
    let settings = try self.settings()
    #expect(settings.listen.description == "127.0.0.1:8080")
    #expect(settings.publicURL.description == "http://127.0.0.1:8080")
    #expect(settings.isLoopback && settings.tls == nil && settings.logStyle == .text && !settings.clockIsSet)
  }

  @Test func aFlagGoesBeforeTheEnvironment() throws {
    let variables = ["PROVOST_LISTEN": "127.0.0.1:1111"]
    #expect(try settings(variables).listen.port == 1111)
    #expect(try settings(listen: "127.0.0.1:2222", variables).listen.port == 2222)
  }

  @Test func aPublicURLIsNeededBeyondLoopback() throws {
    let failure = #expect(throws: CommandFailure.self) { try settings(listen: "0.0.0.0:8080") }
    #expect(failure?.description.contains("PROVOST_PUBLIC_URL") == true)
    let open = try settings(listen: "0.0.0.0:8080", ["PROVOST_PUBLIC_URL": "https://learning.example.com"])
    #expect(!open.isLoopback)
    #expect(open.hosts.contains("learning.example.com"))
  }

  @Test func mailComesFromThePublicHostUnlessToldOtherwise() throws {
    let none = try settings()
    #expect(none.mailServer == nil && none.mailAddress == "no-reply@localhost")
    let open = try settings(["PROVOST_PUBLIC_URL": "https://learning.example.com", "PROVOST_SMTP_URL": "smtp://mail.example.com?rate=5"])
    #expect(
      open.mailServer?.host == "mail.example.com" && open.mailServer?.rate == 5 && open.mailAddress == "no-reply@learning.example.com")
    #expect(try settings(["PROVOST_MAIL_FROM": "people@example.com"]).mailAddress == "people@example.com")
    #expect(try none.supportEmail == nil && settings(["PROVOST_SUPPORT_EMAIL": "help@example.com"]).supportEmail == "help@example.com")
    let wrong = [
      ["PROVOST_SMTP_URL": "smtp://user:secretword@mail.example.com:x"], ["PROVOST_MAIL_FROM": "People <people@example.com>"],
      ["PROVOST_SUPPORT_EMAIL": "help"],
    ]
    for variables in wrong {
      let failure = #expect(throws: CommandFailure.self) { try settings(variables) }
      let sentence = failure?.description ?? ""
      #expect(variables.keys.contains { sentence.contains($0) } && !sentence.contains("secretword"))
    }
  }

  @Test func theClockIsSetOnLoopbackOnly() throws {
    let clock = ["PROVOST_CLOCK": "2015-06-28T00:00:00Z"]
    #expect(try settings(clock).clockIsSet)
    let elsewhere = [
      ("0.0.0.0:8080", "https://x.example"), ("127.0.0.1:8080", "https://x.example"), ("0.0.0.0:8080", "http://localhost:8080"),
    ]
    for (listen, url) in elsewhere {
      let failure = #expect(throws: CommandFailure.self) { try settings(listen: listen, clock.merging(["PROVOST_PUBLIC_URL": url]) { $1 }) }
      #expect(failure?.description.contains("PROVOST_CLOCK") == true)
    }
  }

  @Test func whatMakesNoSenseIsNamed() {
    #expect(throws: CommandFailure.self) { try settings(certificate: "c") }
    #expect(throws: CommandFailure.self) { try settings(key: "k") }
    #expect(throws: CommandFailure.self) { try settings(["PROVOST_LOG": "xml"]) }
    #expect(throws: CommandFailure.self) { try settings(["PROVOST_PUBLIC_URL": "learning.example.com"]) }
    #expect(throws: ServerError.self) { try settings(["PROVOST_TRUSTED_PROXIES": "everybody"]) }
    #expect(throws: ServerError.self) { try settings(listen: "8080") }
  }

  @Test func unknownVariablesAreFound() {
    let environment = Environment(["PROVOST_DATA": "x", "PROVOST_DATBASE": "y", "PROVOST_": "", "HOME": "z", "PROVOST_TEST_POSTGRES": "p"])
    #expect(environment.unknown == ["PROVOST_", "PROVOST_DATBASE"])
    #expect(environment[.data] == "x")
    #expect(Environment(["PROVOST_DATA": ""])[.data] == nil)
  }

  @Test func resourcesAreFoundNearTheExecutableOnly() throws {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent("provost-test-" + UUID().uuidString)
    defer {
      do { try FileManager.default.removeItem(at: root) } catch { Issue.record(error) }
    }
    func make(_ path: String) throws -> String {
      for name in ["Templates", "Migrations", "Public"] {
        try FileManager.default.createDirectory(at: root.appendingPathComponent(path + "/" + name), withIntermediateDirectories: true)
      }
      return root.appendingPathComponent(path).path
    }
    let source = try make("source")
    #expect(try Resources.find(asked: nil, executable: source + "/.build/debug/provost").folder == source)
    let prefix = root.appendingPathComponent("usr").path
    let failure = #expect(throws: CommandFailure.self) { try Resources.find(asked: nil, executable: prefix + "/bin/provost") }
    #expect(failure?.description.contains("PROVOST_RESOURCES") == true)
    let shared = try make("usr/share/provost")
    #expect(try Resources.find(asked: nil, executable: prefix + "/bin/provost").folder == shared)
    #expect(try Resources.find(asked: source, executable: prefix + "/bin/provost").folder == source)
    #expect(throws: CommandFailure.self) { try Resources.find(asked: prefix, executable: source + "/provost") }
  }
}
