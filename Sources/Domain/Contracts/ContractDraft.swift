import Database

/// What a contract is to say, as it was typed on a page or a command line.
public struct ContractDraft: Sendable, Equatable, Codable {
  /// The name, unique in the organization.
  public var name = ""
  /// `unlimited`, `memberships` or `enrollments`.
  public var kind = ""
  /// How many were bought, as digits; empty for unlimited.
  public var places = ""
  /// `joining`, `first-enrollment` or `invitation`; empty for joining.
  public var occupiedOn = ""
  /// The first and the last day, `2026-11-22`, in the organization's zone.
  public var starts = "", ends = ""
  /// The programs it is for, by slug.
  public var programs: [String] = []

  /// Nothing typed yet.
  public init() {}

  /// What a contract says now.
  public init(_ contract: Contract, programs: [Program], in organization: Organization) {
    name = contract.name
    kind = contract.kind.word
    places = contract.quantity.map(String.init) ?? ""
    occupiedOn = contract.occupiedOn.word
    func day(_ text: String) -> String { Moment(text).map { CivilDate(of: $0, in: organization.zone).text } ?? "" }
    (starts, ends) = (day(contract.startsAt), day(contract.endsAt))
    self.programs = programs.filter { !$0.isRemoved }.map(\.slug)
  }
}

extension Contract.Kind {
  /// As addresses, forms and the command line name it.
  public var word: String { rawValue.lowercased() }
}

extension Contract.Occupation {
  /// As forms and the command line name it.
  public var word: String {
    switch self {
    case .joining: "joining"
    case .firstEnrollment: "first-enrollment"
    case .invitation: "invitation"
    }
  }
}

/// A draft that holds: what is written.
struct ContractTerms {
  let name: String, kind: Contract.Kind, quantity: Int?, occupiedOn: Contract.Occupation
  let startsAt: String, endsAt: String
  let programs: [Int64]
}

extension ContractDraft {
  /// The most places a contract may have.
  public static let mostPlaces = 100_000_000

  /// Checks everything that can be checked without other contracts.
  ///
  /// - Parameter present: the contract that is changed: days that it has stay the moments they are, and days that it lacks may stay out.
  /// - Throws: `Failure` of code `invalid` with every faulty field: `name`, `kind`, `places`, `occupied-on`, `starts`, `ends`, `programs`.
  func terms(of present: Contract? = nil, scope: OrganizationScope, in connection: any Connection) throws -> ContractTerms {
    var faults: [Failure.Field] = []
    let name = String(name.trimmingBlanks())
    if let fault = ContractDraft.fault(inName: name) { faults.append(.init("name", fault)) }
    let kind = Contract.Kind.allCases.first { $0.word == self.kind }
    if kind == nil { faults.append(.init("kind", "Choose a kind: unlimited, memberships or enrollments.")) }
    let quantity = quantity(kind, &faults)
    let occupation = occupiedOn.isEmpty ? .joining : Contract.Occupation.allCases.first { $0.word == occupiedOn }
    if occupation == nil {
      faults.append(.init("occupied-on", "Choose when a license is occupied: joining, first-enrollment or invitation."))
    } else if kind == .enrollments && occupation != .joining {
      faults.append(
        .init("occupied-on", "A contract of enrollments counts sign-ups for courses: it occupies no license, so leave joining."))
    }
    let term = term(of: present, in: scope.organization, &faults)
    let programs = try programs(of: present, scope: scope, &faults, in: connection)
    guard faults.isEmpty, let kind, let occupation else {
      throw Failure(.invalid, faults.map(\.sentence).joined(separator: " "), fields: faults)
    }
    return ContractTerms(
      name: name, kind: kind, quantity: quantity, occupiedOn: occupation, startsAt: term.starts, endsAt: term.ends, programs: programs)
  }

  private static func fault(inName name: String) -> String? {
    if name.isEmpty || name.count > 200 || !name.isPrintable() {
      return "The name must have between 1 and 200 characters, all of them printable."
    }
    // Reports write several contracts into one cell (product.md 5, "Specialization report").
    return name.contains("; ") ? "The name must not contain a semicolon with a blank after it, by which reports join contracts." : nil
  }

  private func quantity(_ kind: Contract.Kind?, _ faults: inout [Failure.Field]) -> Int? {
    let text = places.trimmingBlanks()
    guard let kind else { return nil }
    if kind == .unlimited {
      if !text.isEmpty { faults.append(.init("places", "An unlimited contract has no number of places: leave it empty.")) }
      return nil
    }
    if text.isEmpty {
      faults.append(.init("places", "Say how many \(kind.word) were bought."))
    } else if let number = Int(text), text.allSatisfy({ $0.isASCII && $0.isNumber }), (1...ContractDraft.mostPlaces).contains(number) {
      return number
    } else {
      faults.append(.init("places", "The number must be a whole number from 1 to 100 million, in digits only."))
    }
    return nil
  }

  private func term(
    of present: Contract?, in organization: Organization, _ faults: inout [Failure.Field]
  ) -> (starts: String, ends: String) {
    func day(_ text: String, _ field: String, _ what: String, present: String?) -> CivilDate? {
      if text.trimmingBlanks().isEmpty {
        if present != "" { faults.append(.init(field, "The \(what) day is missing.")) }
        return nil
      }
      let day = CivilDate(String(text.trimmingBlanks()))
      if day == nil { faults.append(.init(field, "The \(what) day must be a real day, written like 2026-11-22.")) }
      return day
    }
    let first = day(starts, "starts", "first", present: present?.startsAt)
    let last = day(ends, "ends", "last", present: present?.endsAt)
    if let first, let last, last.daysSinceEpoch < first.daysSinceEpoch {
      faults.append(.init("ends", "The last day is before the first."))
    }
    let zone = organization.zone
    /// What an import gave to the millisecond is not rounded to a day by saving the page.
    func kept(_ day: CivilDate?, _ present: String?, _ moment: (CivilDate) -> Moment) -> String {
      guard let day else { return "" }
      if let present, let known = Moment(present), CivilDate(of: known, in: zone) == day { return present }
      return moment(day).text
    }
    return (
      kept(first, present?.startsAt) { $0.beginning(in: zone) }, kept(last, present?.endsAt) { $0.end(in: zone) }
    )
  }

  /// The programs that were chosen. A contract whose program was removed may stay without another.
  private func programs(
    of present: Contract?, scope: OrganizationScope, _ faults: inout [Failure.Field], in connection: any Connection
  ) throws -> [Int64] {
    let slugs = Set(programs)
    var found: [String: Int64] = [:]
    try connection.rows(
      """
      SELECT slug, id FROM programs WHERE organization_id = \(scope.organization.id) AND removed_at = '' AND slug IN (\(list: slugs.sorted()))
      """
    ) { row in
      found[row.text(0)] = row.int(1)
      return true
    }
    let keepsRemoved = try present?.programs(in: connection).contains { $0.isRemoved } ?? false
    if slugs.isEmpty && !keepsRemoved {
      faults.append(.init("programs", "Choose at least one program that the contract is for."))
    } else if let missing = slugs.sorted().first(where: { found[$0] == nil }) {
      faults.append(.init("programs", "There is no program \"\(missing)\" in this organization."))
    }
    return found.values.sorted()
  }
}
