public import Database

/// A coach who acts: what every query of a coach's own pages takes as its scope.
public struct CoachScope: Sendable {
  /// Who acts.
  public let viewer: Viewer
  /// The coach.
  public let coach: Coach
  /// The organization whose own coach it is; nil for a coach of the platform.
  public let organization: Organization?

  /// Finds the coach of an address. Another's is answered as if it did not exist.
  ///
  /// - Throws: `Failure.notFound`, or a database error.
  public static func find(id: Int64, for viewer: Viewer, in connection: any Connection) throws -> CoachScope {
    let owners = viewer.grants.compactMap { if case .coach(id, let organization) = $0 { organization } else { nil } }
    guard let owner = owners.first else { throw Failure.notFound }
    let organization = try connection.first(
      "SELECT id, slug, name, time_zone, brand_color FROM organizations WHERE id = \(owner)"
    ) { Organization(id: $0.int(0), slug: $0.text(1), name: $0.text(2), timeZone: $0.text(3), brandColor: $0.text(4)) }
    let coach = try Coach.find(id: id, of: SetUpOwner(viewer: viewer, organization: organization), in: connection)
    return CoachScope(viewer: viewer, coach: coach, organization: organization)
  }

  /// With whom a session is that the same person has, for this organization or another; nil where the person is that coach no longer, since learners
  /// are known to those only who coach for their organization.
  public func learner(of session: CoachSchedule.Session) -> String? {
    viewer.coaches.contains(session.coachID) ? session.learner : nil
  }

  /// The zones that the coach's learners live by, with the organization's name: the own organization's, or those of all organizations in which the
  /// coach has learners now, by name.
  public func zones(in connection: any Connection) throws -> [(name: String, timeZone: String)] {
    if let organization { return [(organization.name, organization.timeZone)] }
    return try connection.all(
      """
      SELECT o.name, o.time_zone FROM coach_totals t JOIN organizations o ON o.id = t.organization_id
      WHERE t.coach_id = \(coach.id) AND t.clients_now > 0 ORDER BY o.name, o.id
      """
    ) { ($0.text(0), $0.text(1)) }
  }
}

// What coaches change of themselves. Name, email and capacity are the administrators'.
extension CoachScope {
  /// Saves what learners read of the coach, and how sessions are.
  ///
  /// - Parameter draft: its name, email, capacity and hours do not matter.
  /// - Throws: `Failure` of code `invalid` with the faulty fields, as `CoachDraft` names them; a coach's own profile needs a biography.
  public func saveProfile(_ draft: CoachDraft, at now: Moment, in database: any Database) throws {
    try save(at: now, in: database) { present in
      var draft = draft
      (draft.name, draft.email, draft.capacity, draft.hours) = (present.name, present.email, present.capacity, present.hours)
      if draft.biography.trimmingBlanks().isEmpty {
        let sentence = "Write a few sentences about yourself: learners read them before the first session."
        throw Failure(.invalid, sentence, fields: [.init("biography", sentence)])
      }
      return draft
    }
  }

  /// Saves the working hours of each weekday from Monday on.
  ///
  /// - Throws: `Failure` of code `invalid` with the faulty fields `hours-monday` and so on.
  public func saveHours(_ hours: [String], at now: Moment, in database: any Database) throws {
    try save(at: now, in: database) { present in
      var draft = present
      draft.hours = hours
      return draft
    }
  }

  /// Sets the photo.
  ///
  /// - Throws: `Failure` of code `invalid` with the field `photo`.
  public func savePhoto(_ bytes: [UInt8], at now: Moment, in database: any Database) throws {
    try CoachPhoto.save(bytes, of: coach.id, SetUpOwner(self), at: now, in: database)
  }

  /// Takes the photo away.
  public func removePhoto(at now: Moment, in database: any Database) throws {
    try CoachPhoto.remove(of: coach.id, SetUpOwner(self), at: now, in: database)
  }

  private func save(at now: Moment, in database: any Database, _ change: (CoachDraft) throws -> CoachDraft) throws {
    let owner = SetUpOwner(self)
    try database.write(organization: 0, patience: .seconds(30)) { tx in
      let present = try Coach.find(id: coach.id, of: owner, in: tx)
      let draft = try change(CoachDraft(present, hours: try present.hours(in: tx)))
      _ = try Coach.save(draft, id: coach.id, of: owner, at: now, in: tx)
    }
  }
}
