import Charts
import Domain
import Templates

/// The four tiles of Home and of a program's Main page.
struct FigureTiles {
  let format: Format
  let totals: Program.Totals
  let recent: RecentActivity
  let comments: [HomeFigures.Comment]

  var tiles: [Tile] {
    [
      tile(
        "Enrollments", totals.enrollments, recent.past28Days.enrollments, weeks: \.enrollments,
        "How often a learner has signed up for a course. Removed members and completed courses are included.",
        none: "Nobody has enrolled in a course yet."),
      hours,
      tile(
        "Lessons taken", totals.lessons, recent.past28Days.lessons, weeks: \.lessons,
        "Units of a course. One counts once per learner, when its last item is completed.",
        none: "No lesson has been recorded." + (totals.enrollments > 0 ? " Imported reports do not carry lessons." : "")),
      rating,
    ]
  }

  private var hours: Tile {
    let definition = Definition(
      id: "define-hours", title: "Learning hours",
      text:
        "The sum over learners’ continuous sessions; more than 60 idle minutes end one, and time offline is not counted. It is an estimate. "
        + "Hours that came as a total without a date are in the sum, but not in the change and the line.")
    guard totals.timedEnrollments > 0 else {
      return Tile(
        label: "Learning hours", value: "—",
        why: "No learning time has been recorded." + (totals.enrollments > 0 ? " The imported history came without hours." : ""),
        definition: definition)
    }
    return Tile(
      label: "Learning hours", value: format.number(totals.learningSeconds / 3600), unit: "est.",
      graphic: line("Learning hours", \.learningSeconds, scale: 3600),
      delta: delta(recent.past28Days.learningSeconds / 3600), definition: definition)
  }

  private var rating: Tile {
    let definition = Definition(
      id: "define-rating", title: "Average course rating", text: "The mean of all ratings from 1 to 5 that learners gave to courses.")
    guard let average = totals.averageRating else {
      return Tile(label: "Average course rating", value: "—", why: "No course has been rated yet.", definition: definition)
    }
    let quotes = comments.map { Tile.Quote(text: $0.text, source: "\($0.course), \(format.ago(Moment($0.ratedAt)))") }
    return Tile(
      label: "Average course rating", value: format.decimal(average), unit: "/ 5",
      why: quotes.isEmpty ? "From \(format.plural(Int64(totals.ratings), "rating", "ratings")), none with a comment." : nil,
      quotes: quotes, definition: definition)
  }

  private func tile(
    _ label: String, _ total: Int, _ change: Int, weeks: KeyPath<DailyTotals, Int>, _ text: String, none: String
  ) -> Tile {
    let definition = Definition(id: "define-\(label.prefix { $0 != " " }.lowercased())", title: label, text: text)
    if total == 0 { return Tile(label: label, value: "—", why: none, definition: definition) }
    return Tile(
      label: label, value: format.number(total), graphic: line(label, weeks, scale: 1), delta: delta(change), definition: definition)
  }

  private func delta(_ change: Int) -> Tile.Delta {
    Tile.Delta(change: format.change(Int64(change)), tone: change > 0 ? .positive : .neutral, note: "in the past 28 days")
  }

  private func line(_ label: String, _ key: KeyPath<DailyTotals, Int>, scale: Double) -> HTML {
    let values = recent.weeks.map { Double($0[keyPath: key]) / scale }
    let last = format.number(Int(values.last ?? 0))
    return HTML(
      trusted: Sparkline(
        title: "\(label) by week", description: "The past twelve weeks; \(last) in the latest.", values: values
      ).svg)
  }
}

/// The funnel of Home and of a program's Main page.
struct FunnelParts {
  let format: Format
  let funnel: Program.Funnel
  /// Where the people of a stage can be seen, by the name of the status; nil where there is no such page for the viewer.
  let people: (UserFilter.Status) -> Path?
  let counts: String
  /// Where open invitations are sent again.
  var resend: LinkModel?

  var model: FunnelModel {
    FunnelModel(
      title: "Usage overview", note: counts,
      stages: [
        stage(
          "Invited", funnel.invited, of: funnel.invited, link: nil, drop: nil, "Open invitations and members together.",
          action: resend),
        stage(
          "Joined", funnel.joined, of: funnel.invited, link: people(.joined),
          drop: drop(funnel.invited - funnel.joined, of: funnel.invited, "did not join", people(.invited)),
          "Members, whether enrolled in a course or not."),
        stage(
          "Enrolled", funnel.enrolled, of: funnel.invited, link: people(.enrolled),
          drop: drop(funnel.joined - funnel.enrolled, of: funnel.joined, "never enrolled", nil),
          "Members who enrolled in at least one course."),
        stage(
          "Completed", funnel.completed, of: funnel.invited, link: people(.completed),
          drop: drop(funnel.enrolled - funnel.completed, of: funnel.enrolled, "not finished yet", nil),
          "Members who completed at least one course: all its graded assessments."),
      ])
  }

  private func stage(
    _ label: String, _ value: Int, of whole: Int, link: Path?, drop: FunnelModel.Drop?, _ text: String,
    action: LinkModel? = nil
  ) -> FunnelModel.Stage {
    FunnelModel.Stage(
      label: label, value: format.number(value), share: label == "Invited" ? nil : format.percent(Int64(value), of: Int64(whole)),
      link: link,
      graphic: HTML(
        trusted: ShareBar(title: "\(label): \(format.number(value)) of \(format.number(whole))", part: value, whole: whole).svg),
      drop: drop, definition: Definition(id: "define-stage-\(label.lowercased())", title: label, text: text),
      action: action)
  }

  private func drop(_ lost: Int, of whole: Int, _ words: String, _ link: Path?) -> FunnelModel.Drop? {
    guard lost > 0 else { return nil }
    return FunnelModel.Drop(text: "\(format.percent(Int64(lost), of: Int64(whole))) \(words)", link: link)
  }
}
