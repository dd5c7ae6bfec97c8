import Database
import Domain
import Support
import Testing
import World

@testable import Web

@Suite struct SetUpPagesTests {
  @Test(arguments: TestDatabase.engines) func anOrganizationAndItsFirstProgram(_ engine: Dialect) throws {
    try TestSite.with(engine) { (test) throws in
      let team = try test.browser(of: test.cast.tess)
      #expect(try team.get("/organizations").body.contains("href=\"/organizations/new\""))
      #expect(try !test.browser(of: test.cast.twyla).get("/organizations").body.contains("/organizations/new"))
      let refused = try team.post(
        "/organizations/new", [("slug", "North"), ("name", ""), ("time-zone", "Middle/Earth")], from: "/organizations/new")
      #expect(refused.status == 422 && refused.body.contains("value=\"North\"") && refused.body.contains("value=\"Middle/Earth\" selected"))
      for field in ["slug", "name", "time-zone"] { #expect(refused.body.contains("href=\"#field-\(field)\""), "\(field)") }
      let facts = [("country", "Japan"), ("size-band", "200-999"), ("industry", "Food & drink")]
      let band = try team.post(
        "/organizations/new", [("slug", "west"), ("name", "West"), ("time-zone", "UTC"), ("size-band", "some")], from: "/organizations/new")
      #expect(band.status == 422 && band.body.contains("href=\"#field-size-band\"") && band.body.contains("value=\"some\" selected"))
      let made = try team.post(
        "/organizations/new", [("slug", "west"), ("name", "West & Co"), ("time-zone", "Asia/Tokyo")] + facts, from: "/organizations/new")
      #expect(made.location == "/o/west")
      let settings = try team.get("/o/west/settings").body
      #expect(settings.contains("value=\"Japan\"") && settings.contains("value=\"Food &amp; drink\""))
      #expect(settings.contains("<option value=\"200–999\" selected>"))
      #expect(try team.get("/o/west/programs").body.contains("href=\"/o/west/programs/new\""))
      let program = try team.post("/o/west/programs/new", [("slug", "first"), ("name", "First")], from: "/o/west/programs/new")
      #expect(program.location == "/o/west/programs/first")
      #expect(try team.get("/o/west/programs/first").body.contains("The program First is made."))
      let twice = try team.post("/o/west/programs/new", [("slug", "first"), ("name", "Again")], from: "/o/west/programs/new")
      #expect(twice.status == 422 && twice.body.contains("href=\"#field-slug\"") && twice.body.contains("value=\"Again\""))
      #expect(try !test.browser(of: test.cast.olga).get("/o/northwind/programs").body.contains("New program"))
    }
  }
}
