import Domain
import HTTPServer
import Templates

/// A program's own page: for its members, and for whoever is invited and comes without the link.
enum LearnerPages {
  /// GET /programs/:organization/:program
  static func show(_ context: Context, _ viewer: Viewer) throws -> Response {
    let (organization, program) = try names(context)
    do {
      let found = try context.read { try LearnerProgram.find(organization: organization, program: program, for: viewer.accountID, in: $0) }
      return try context.render(
        "learning/program", Page(found.programName, in: [found.organizationName]),
        ["program": LearnerModel(found, now: context.now)])
    } catch let failure as Failure where failure.code == .notFound {
      return try offer(context, viewer) { offer, action in try JoinPages.page(context, JoinModel(offer, action, viewer)) }
    }
  }

  /// POST /programs/:organization/:program/membership
  static func join(_ context: Context, _ viewer: Viewer) throws -> Response {
    try offer(context, viewer) { offer, action in try JoinPages.accept(offer, action, context) }
  }

  private static func offer(_ context: Context, _ viewer: Viewer, _ body: (JoinOffer, Path) throws -> Response) throws -> Response {
    let (organization, program) = try names(context)
    do {
      let offer = try context.read {
        try context.site.joining.offer(organization: organization, program: program, to: viewer.accountID, in: $0)
      }
      return try body(offer, .membership(organization, program))
    } catch JoinRefusal.unknown {
      // Whether there is such a program is no business of whoever is not invited.
      throw Failure.notFound
    } catch let refusal as JoinRefusal {
      return try JoinRefusedPages.page(context, refusal)
    }
  }

  private static func names(_ context: Context) throws -> (organization: String, program: String) {
    guard let organization = context.request.parameters["organization"], let program = context.request.parameters["program"] else {
      throw Failure.notFound
    }
    return (organization, program)
  }
}

private struct LearnerModel: ValueConvertible {
  private let program: LearnerProgram
  private let format: Format

  init(_ program: LearnerProgram, now: Moment) {
    self.program = program
    format = Format(timeZone: program.timeZone, now: now)
  }

  var templateValue: Value {
    [
      "organization": program.organizationName,
      "tagline": program.tagline.isEmpty ? nil : program.tagline,
      "banner": program.banner.map(PictureModel.init),
      "standing": standing,
      "courses": program.courses.isEmpty ? nil : ["items": program.courses.map(course)] as Value,
    ]
  }

  private var standing: String {
    if !program.programRemovedAt.isEmpty {
      let day = format.longDate(Moment(program.programRemovedAt))
      return "This program was removed on \(day). You can look at what you did in it, and no longer enroll."
    }
    if program.isReadOnly { return "You were removed from this program. You can look at it, and no longer enroll." }
    return "\(program.name), you joined on \(format.longDate(Moment(program.joinedAt)))."
  }

  private func course(_ course: LearnerProgram.Course) -> Value {
    let state: (word: String, tone: String) =
      !course.completedAt.isEmpty
      ? ("Completed \(format.date(Moment(course.completedAt)))", "positive")
      : course.enrolledAt.isEmpty ? ("Not enrolled", "neutral") : ("Enrolled \(format.date(Moment(course.enrolledAt)))", "info")
    return [
      "name": course.name, "partner": course.partner.isEmpty ? nil : course.partner, "state": state.word, "tone": state.tone,
      "progress": course.completedAt.isEmpty ? course.progress.map { format.decimal($0, places: 0) + "% done" } : nil,
    ]
  }
}
