import Database

// An organization with its programs, contracts and administrators, as a setup file names them.
extension SetupRun {
  /// An organization in the place of one that cannot be made, so that the rest of the document is checked, too. It is taken back with all the rest.
  func standIn() throws -> OrganizationScope {
    let made = try Organization.create(
      slug: "stand-in-\(UInt64.random(in: 0 ... .max))", name: "Stand-in", timeZone: "UTC", by: SetupRun.viewer.accountID, at: now, in: tx)
    return OrganizationScope(viewer: SetupRun.viewer, organization: made, reach: .all)
  }

  func organization(_ whole: SetupObject) throws -> OrganizationScope? {
    let keys = ["slug", "name", "time_zone", "country", "size_band", "industry", "brand_color"]
    guard let object = whole.object("organization", knowing: keys), let slug = object.required("slug") else { return nil }
    var facts = OrganizationFacts()
    let present = try OrganizationFacts.find(slug: slug, in: tx)
    if let present { facts = present.facts } else { facts.timeZone = "UTC" }
    if present == nil, object.required("name") == nil { return nil }
    if let name = object.text("name") { facts.name = name }
    if let zone = object.text("time_zone") { facts.timeZone = zone }
    if let country = object.text("country") { facts.country = country }
    if let band = object.text("size_band") { facts.sizeBand = band }
    if let industry = object.text("industry") { facts.industry = industry }
    if let color = object.text("brand_color") { facts.brandColor = color }
    var scope: OrganizationScope?
    try attempt(object) {
      facts = facts.tidied
      try facts.check()
      let id: Int64
      if let present {
        id = present.id
        try tx.beAloneToo(in: [id])
        changed("organization \(slug)", try facts.save(to: id, from: present.facts, by: SetupRun.viewer.accountID, at: now, in: tx))
      } else {
        id = try Organization.create(
          slug: slug, name: facts.name, timeZone: facts.timeZone, by: SetupRun.viewer.accountID, at: now, in: tx
        ).id
        try tx.beAloneToo(in: [id])
        made("organization \(slug)")
        var bare = OrganizationFacts()
        (bare.name, bare.timeZone) = (facts.name, facts.timeZone)
        _ = try facts.save(to: id, from: bare, by: SetupRun.viewer.accountID, at: now, in: tx)
      }
      scope = try OrganizationScope.find(slug: slug, for: SetupRun.viewer, in: tx)
    }
    return scope
  }

  func programs(_ whole: SetupObject, _ scope: OrganizationScope) throws {
    for object in whole.objects("programs", knowing: ["slug", "name", "tagline"]) {
      guard let slug = object.required("slug"), takes(slug, "programs", object, as: "slug") else { continue }
      try attempt(object) {
        let known = try tx.first(
          "SELECT removed_at FROM programs WHERE organization_id = \(scope.organization.id) AND slug = \(slug)", { $0.text(0) })
        if let known, !known.isEmpty {
          return object.fault("slug", "The program \"\(slug)\" was removed, and its slug stays taken. Choose another one.")
        }
        if known == nil {
          guard let name = object.required("name") else { return }
          _ = try Program.create(slug: slug, name: name, scope: scope, at: now, in: tx)
          made("program \(slug)")
        }
        let program = try Program.find(slug: slug, scope: scope, in: tx)
        var settings = try ProgramSettings.load(of: program, in: tx)
        if let name = object.text("name") { settings.name = name }
        if let tagline = object.text("tagline") { settings.tagline = tagline }
        let changes = try settings.save(of: program, scope: scope, at: now, in: tx)
        if known != nil { changed("program \(slug)", changes) }
      }
    }
  }

  func contracts(_ whole: SetupObject, _ scope: OrganizationScope) throws {
    let keys = ["name", "kind", "places", "occupied_on", "starts", "ends", "programs"]
    for object in whole.objects("contracts", knowing: keys) {
      guard let name = object.required("name"), takes(name, "contracts", object) else { continue }
      let id = try tx.first(
        "SELECT id FROM contracts WHERE organization_id = \(scope.organization.id) AND name = \(name)", { $0.int(0) })
      let present = try id.map { id -> ContractDraft in
        let contract = try Contract.find(id: id, scope: scope, in: tx)
        return ContractDraft(contract, programs: try contract.programs(in: tx), in: scope.organization)
      }
      var draft = present ?? ContractDraft()
      draft.name = name
      if let kind = object.text("kind") { draft.kind = kind }
      if let places = object.number("places") { draft.places = places }
      if let occupied = object.text("occupied_on") { draft.occupiedOn = occupied }
      if draft.occupiedOn.isEmpty { draft.occupiedOn = Contract.Occupation.joining.word }
      if let starts = object.text("starts") { draft.starts = DraftFaults.tidied(starts) }
      if let ends = object.text("ends") { draft.ends = DraftFaults.tidied(ends) }
      if let slugs = object.texts("programs") {
        let found = try Program.all(scope: scope, limit: 100_000, in: tx).map { (name: $0.slug, id: $0.id) }
        var known: [String] = []
        for (index, slug) in slugs.enumerated() {
          let fault = { (sentence: String) in self.faults.add("\(object.key("programs"))[\(index)]", sentence) }
          if self.id(of: slug, "programs", "program", among: found, fault) != nil { known.append(slug) }
        }
        guard known.count == slugs.count else { continue }
        draft.programs = known
      }
      try attempt(object) {
        guard let id, let present else {
          _ = try Contract.create(draft, scope: scope, at: now, in: tx)
          return made("contract \(name)")
        }
        let changes = ContractWords(draft).changes(from: ContractWords(present))
        guard !changes.isEmpty else { return }
        _ = try Contract.update(id: id, draft, scope: scope, at: now, in: tx)
        changed("contract \(name)", changes)
      }
    }
  }

  func administrators(_ whole: SetupObject, _ scope: OrganizationScope) throws {
    for object in whole.objects("administrators", knowing: ["email", "name", "role", "program"]) {
      guard let email = object.required("email"), let role = object.required("role") else { continue }
      let slug = scope.organization.slug
      var place = Administrator.Role.organization(slug)
      var what = "administrator \(email.lowercased())"
      switch role {
      case "organization":
        if object.has("program") {
          object.fault("program", "An organization's administrator has all its programs: leave it out.")
          continue
        }
      case "program":
        guard let program = object.required("program") else { continue }
        let found = try Program.all(scope: scope, limit: 100_000, in: tx).map { (name: $0.slug, id: $0.id) }
        guard id(of: program, "programs", "program", among: found, { object.fault("program", $0) }) != nil else { continue }
        place = .program(program, organization: slug)
        what += " of program \(program)"
      default:
        object.fault("role", "This must be \"organization\" or \"program\".")
        continue
      }
      guard takes(what, "administrators", object, as: "email") else { continue }
      do {
        let address = try EmailAddress(email)
        guard try !holds(address, place, scope) else { continue }
        let known = try tx.scalar("SELECT COUNT(*) FROM accounts WHERE email_key = \(address.key)")
        guard known > 0 || object.required("name") != nil else { continue }
        let name = String((object.text("name") ?? "").trimmingBlanks())
        guard name.count <= 200, name.isPrintable() else {
          object.fault("name", "The name must have between 1 and 200 characters, all of them printable.")
          continue
        }
        let outcome = try roles.give(place, to: address, name: name, hash: nil, isDemo: false, in: tx)
        made(what)
        if outcome.isNewAccount { welcome(address.text, outcome.accountID) }
      } catch let failure as Failure {
        object.fault("email", failure.sentence)
      }
    }
  }

  private func holds(_ address: EmailAddress, _ place: Administrator.Role, _ scope: OrganizationScope) throws -> Bool {
    let program: String
    if case .program(let slug, _) = place { program = slug } else { program = "" }
    return try tx.scalar(
      """
      SELECT COUNT(*) FROM role_assignments r JOIN accounts a ON a.id = r.account_id LEFT JOIN programs p ON p.id = r.program_id
      WHERE r.organization_id = \(scope.organization.id) AND a.email_key = \(address.key) AND COALESCE(p.slug, '') = \(program)
      """) > 0
  }
}

/// A contract's fields, to be compared.
private struct ContractWords: SetUpDraft {
  let draft: ContractDraft
  let programs: String

  init(_ draft: ContractDraft) { (self.draft, programs) = (draft, Set(draft.programs).sorted().joined(separator: ", ")) }

  static var parts: [(name: String, value: KeyPath<ContractWords, String>)] {
    [
      ("kind", \.draft.kind), ("places", \.draft.places), ("occupied_on", \.draft.occupiedOn), ("starts", \.draft.starts),
      ("ends", \.draft.ends), ("programs", \.programs),
    ]
  }
}
