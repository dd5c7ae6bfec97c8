import Support
import Templates
import Testing
import World

@testable import Web

@Suite struct TemplateTests {
  @Test func everyTemplateIsUsedByAPage() throws {
    let set = try TemplateSet(directory: TestDatabase.migrationsFolder.replacing("/Migrations", with: "/Templates"))
    var used: Set<String> = []
    var open = Site.pages + MailRenderer.templateNames
    while let name = open.popLast() {
      if used.insert(name).inserted { open += set.references(of: name) }
    }
    #expect(Set(set.names).subtracting(used).sorted() == [])
  }
}
