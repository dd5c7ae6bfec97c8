public import Database

/// More open invitations than a contract has places left. That is allowed to whoever says so, since joining stops at the limit (product.md 5).
public struct Overbooking: Sendable, Equatable {
  /// The contract by name, and what it counts.
  public let contract: String, isOfEnrollments: Bool
  /// Places bought and left, invitations that are open, and how many more are wanted.
  public let places: Int, left: Int, open: Int, wanted: Int

  /// The field by which a form says that it may be.
  public static let field = "exceed"

  /// Nil where the contract has enough, or refuses by itself: one that gives its places to invitations has none to overbook.
  public init?(of contract: Int64, by wanted: Int, in connection: any Connection) throws {
    let found = try connection.first(
      "SELECT name, kind, quantity, used, open_invitations, occupied_on FROM contracts WHERE id = \(contract) AND quantity IS NOT NULL"
    ) { (name: $0.text(0), kind: $0.text(1), places: Int($0.int(2)), used: Int($0.int(3)), open: Int($0.int(4)), occupiedOn: $0.text(5)) }
    guard let found, found.occupiedOn != Contract.Occupation.invitation.rawValue else { return nil }
    let left = max(0, found.places - found.used)
    guard wanted > 0, found.open + wanted > left else { return nil }
    (self.contract, isOfEnrollments) = (found.name, found.kind == Contract.Kind.enrollments.rawValue)
    (places, self.left, open, self.wanted) = (found.places, left, found.open, wanted)
  }

  /// The figures in a sentence.
  public var sentence: String {
    let what = isOfEnrollments ? "enrollments" : "places"
    return "The contract \(contract) has \(left) of \(places) \(what) left and \(open) open \(open == 1 ? "invitation" : "invitations"); "
      + "with \(wanted) more there are \(open + wanted) for \(left) \(what)."
  }

  /// - Throws: `Failure` of code `conflict`, field `exceed`.
  func refuse() throws {
    throw Failure(
      .conflict, sentence, fields: [.init(Overbooking.field, "\(sentence) Tick that you want to invite more people than that.")])
  }
}

extension Contract {
  /// Why nobody can be invited under it at a moment; nil when everything is right.
  public func refusal(at now: Moment) -> String? {
    if startsAt > now.text { return "The contract \(name) has not begun: it starts on \(startsAt.prefix(10))." }
    if !endsAt.isEmpty && endsAt <= now.text { return "The contract \(name) has ended on \(endsAt.prefix(10))." }
    return nil
  }

  /// - Throws: `Failure` of code `conflict`, field `contract`.
  func refuseOutOfTerm(at now: Moment) throws {
    if let sentence = refusal(at: now) { throw Failure(.conflict, sentence, fields: [.init("contract", sentence)]) }
  }
}
