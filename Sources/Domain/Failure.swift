/// What the user is told when something cannot be done: a code for the program, a sentence for the reader. Every other error is internal:
/// it is logged with the request's id and never shown.
public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
  /// What kind of refusal it is. The web layer maps each to a status.
  public enum Code: Sendable, Equatable {
    /// There is nothing here for this viewer, whether it exists or not.
    case notFound
    /// The viewer may know of it but not do this.
    case forbidden
    /// The input cannot be taken; `fields` says where.
    case invalid
    /// It contradicts what is there.
    case conflict
    /// It was there once: an expired or used link.
    case gone
    /// Too often; try again after so many seconds.
    case tooMany(retryAfter: Int)
    /// The installation is occupied; try again shortly.
    case busy
  }

  /// A fault in one field of a form, by the field's name.
  public struct Field: Sendable, Equatable {
    /// The field's name and the sentence that stands beside it.
    public let name: String, sentence: String

    /// A fault in the named field.
    public init(_ name: String, _ sentence: String) { (self.name, self.sentence) = (name, sentence) }
  }

  /// The kind of refusal.
  public let code: Code
  /// One sentence for the reader, which says what to do next where there is something to do.
  public let sentence: String
  /// The faulty fields, in the form's order; empty where the fault is not in a field.
  public let fields: [Field]

  /// A refusal.
  public init(_ code: Code, _ sentence: String, fields: [Field] = []) {
    (self.code, self.sentence, self.fields) = (code, sentence, fields)
  }

  /// The one answer for what does not exist and for what the viewer may not see, so that neither can be told from the other.
  public static let notFound = Failure(.notFound, "There is no such page, or you have no access to it.")

  /// The sentence.
  public var description: String { sentence }
}
