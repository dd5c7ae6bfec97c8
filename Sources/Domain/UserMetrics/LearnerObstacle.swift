import Database

/// Why an act is of no use for an engagement that was selected, or not possible.
public enum LearnerObstacle: Int64, Sendable, CaseIterable {
  case erased = 1
  case deactivated, notDeactivated, oneself, administrator, superseded, ended, paused, notPaused, finished, noLaterEnd, endIsOver,
    beyondExpiry
  case hasCoach, noRemeasurement, remeasurementIsOpen, coachesHere, doneSince

  /// What is so of an engagement with this obstacle, as the rest of a sentence after its number.
  public var words: (one: String, many: String) {
    switch self {
    case .erased: ("is of a person who was erased", "are of people who were erased")
    case .deactivated: ("is deactivated", "are deactivated")
    case .notDeactivated: ("is not deactivated", "are not deactivated")
    case .oneself: ("is your own", "are your own")
    case .administrator: ("is an administrator’s, who stays able to sign in", "are administrators’, who stay able to sign in")
    case .superseded: ("is of a person who has another, current engagement", "are of people who have another, current engagement")
    case .ended: ("is deactivated or completed", "are deactivated or completed")
    case .paused: ("is paused", "are paused")
    case .notPaused: ("is not paused", "are not paused")
    case .finished: ("has all of its tasks or sessions done", "have all of their tasks or sessions done")
    case .noLaterEnd: ("ends at that time or later already", "end at that time or later already")
    case .endIsOver: ("would have ended by now all the same", "would have ended by now all the same")
    case .beyondExpiry: ("would end after the company purchase expires", "would end after the company purchase expires")
    case .hasCoach: ("has this coach already", "have this coach already")
    case .noRemeasurement: ("is without remeasurement", "are without remeasurement")
    case .remeasurementIsOpen: ("has remeasurement open already", "have remeasurement open already")
    case .coachesHere:
      ("is of a coach of the organization, who stays able to sign in", "are of coaches of the organization, who stay able to sign in")
    case .doneSince: ("was changed so already", "were changed so already")
    }
  }
}

/// What an act asks of an engagement: one SQL expression for the page that asks and for the change itself.
struct LearnerActRules {
  let act: LearnerAct
  let organization: Int64
  let actor: Int64
  let now: Moment
  /// When the page was shown that asked for the act; whoever was changed so since then has it done already. A form may be sent twice.
  var askedAt: Moment?

  /// What the expressions read.
  static let source: SQL = """
    engagement_rows r JOIN engagements e ON e.id = r.engagement_id
      JOIN users u ON u.organization_id = e.organization_id AND u.id = e.user_id JOIN company_purchases p ON p.id = e.company_purchase_id
    """

  /// The number of the first obstacle; 0 where there is none.
  var obstacle: SQL {
    var cases: [(when: SQL, then: LearnerObstacle)] = [("u.erased_at <> ''", .erased)]
    if let askedAt { cases.append((isDone(since: askedAt), .doneSince)) }
    switch act {
    case .deactivate:
      cases += [
        ("r.stage = 5", .deactivated), ("e.user_id = \(actor)", .oneself),
        (LearnerActRules.isAdministrator("e.user_id", organization), .administrator), (coachesHere, .coachesHere),
        ("r.stage = 6 AND \(hasAnother)", .superseded),
      ]
    case .reactivate: cases += [("r.stage <> 5", .notDeactivated), ("\(hasAnother) OR \(hasLater)", .superseded)]
    case .pause: cases += [("r.stage = 4", .paused), ("r.stage IN (5, 6)", .ended)]
    case .unpause: cases += [("r.stage <> 4", .notPaused)]
    case .extend:
      cases += [
        ("r.stage = 5", .deactivated), ("r.stage = 6 AND e.ends_at > \(now.text)", .finished),
        ("r.stage = 6 AND (\(hasAnother) OR \(hasLater))", .superseded), ("\(newEnd) <= e.ends_at", .noLaterEnd),
        ("\(newEnd) <= \(now.text)", .endIsOver), ("p.expires_at <> '' AND \(newEnd) > p.expires_at", .beyondExpiry),
      ]
    case .changeCoach(let coach): cases += [("r.stage IN (5, 6)", .ended), ("e.coach_id = \(coach)", .hasCoach)]
    case .note: break
    case .openRemeasurement:
      cases += [
        ("e.remeasurement = 0", .noRemeasurement), ("r.stage IN (5, 6)", .ended), ("r.stage = 4", .paused),
        ("e.remeasurement_opens_at <= \(now.text)", .remeasurementIsOpen),
      ]
    }
    let whens = SQL.join(cases.map { "WHEN \($0.when) THEN \(SQL.number($0.then.rawValue))" }, " ")
    return "CASE \(whens) ELSE 0 END"
  }

  /// Whoever has a role in the organization. What somebody is elsewhere is nobody's business here, and does not end with this.
  static func isAdministrator(_ user: SQL, _ organization: Int64) -> SQL {
    "EXISTS (SELECT 1 FROM role_assignments x WHERE x.account_id = \(user) AND x.organization_id = \(organization))"
  }

  private func isDone(since moment: Moment) -> SQL {
    """
    EXISTS (SELECT 1 FROM engagement_act_rows x JOIN engagement_acts a ON a.id = x.act_id
      WHERE x.engagement_id = e.id AND a.act = \(act.kind.rawValue) AND a.at >= \(moment.text) AND a.undone_at = ''
        AND a.actor_id = \(actor) AND \(isTheSame))
    """
  }

  /// Whether the act `a`, which left the engagement as `x` says, did what this one would. What another administrator did, or the same one with other
  /// words or figures, is no repetition.
  private var isTheSame: SQL {
    let ends = LearnerAct.Column.ends
    return switch act {
    case .note(let text):
      "EXISTS (SELECT 1 FROM engagement_notes n WHERE n.act_id = a.id AND n.engagement_id = x.engagement_id AND n.text = \(text))"
    case .extend(.days(let days)): "\(ends.kept(in: "x.after")) = \(SQL.end(ends.kept(in: "x.before"), movedBy: "\(days * 86_400)"))"
    case .extend(.until(let moment)): "\(ends.kept(in: "x.after")) = \(moment.text)"
    case .changeCoach(let coach): "\(LearnerAct.Column.coach.kept(in: "x.after")) = \(coach)"
    default: "1 = 1"
    }
  }

  /// Whether the person coaches in the organization, which takes the same sign-in.
  private var coachesHere: SQL {
    "EXISTS (SELECT 1 FROM coaches x WHERE x.account_id = e.user_id AND x.organization_id = \(organization) AND x.deactivated_at = '')"
  }

  private var others: SQL { "engagements x WHERE x.organization_id = e.organization_id AND x.user_id = e.user_id AND x.id <> e.id" }

  /// Whether the learner has another engagement that is current.
  private var hasAnother: SQL {
    """
    EXISTS (SELECT 1 FROM \(others) AND EXISTS (SELECT 1 FROM engagement_rows y
      WHERE y.organization_id = x.organization_id AND y.engagement_id = x.id AND \(Stage.isCurrent("y.stage"))))
    """
  }

  private var hasLater: SQL { "EXISTS (SELECT 1 FROM \(others) AND x.launched_at > e.launched_at)" }

  /// When the engagement `e` ends after the act.
  var newEnd: SQL {
    switch act {
    case .extend(.days(let days)): .end("e.ends_at", movedBy: "\(days * 86_400)")
    case .extend(.until(let moment)): "CAST(\(moment.text) AS TEXT)"
    case .unpause:
      // Those who were never paused are looked at as well, and have no moment to count from.
      """
      CASE WHEN e.paused_at = '' THEN e.ends_at
        ELSE \(SQL.end("e.ends_at", movedBy: .seconds(from: "e.paused_at", to: "CAST(\(now.text) AS TEXT)"))) END
      """
    default: "e.ends_at"
    }
  }
}

extension SQL {
  /// A small whole number that stands in the statement itself.
  static func number(_ value: Int64) -> SQL { "CAST(\(value) AS BIGINT)" }

  /// A moment's text moved by whole seconds; its milliseconds stay.
  static func moment(_ moment: SQL, movedBy seconds: SQL) -> SQL {
    SQL(
      sqlite: "strftime('%Y-%m-%dT%H:%M:%S', substr(\(moment), 1, 19), (\(seconds)) || ' seconds') || substr(\(moment), 20)",
      postgres: """
        to_char(CAST(substr(\(moment), 1, 19) AS TIMESTAMP) + CAST(\(seconds) AS DOUBLE PRECISION) * INTERVAL '1 second', 'YYYY-MM-DD"T"HH24:MI:SS')
          || substr(\(moment), 20)
        """)
  }

  /// The same of an end, which is never later than the last moment there is.
  static func end(_ end: SQL, movedBy seconds: SQL) -> SQL {
    "CASE WHEN \(end) >= '9900' THEN \(Moment.last.text) ELSE \(moment(end, movedBy: seconds)) END"
  }

  /// The whole seconds between two moments' texts.
  static func seconds(from start: SQL, to end: SQL) -> SQL {
    SQL(
      sqlite: "(strftime('%s', substr(\(end), 1, 19)) - strftime('%s', substr(\(start), 1, 19)))",
      postgres: """
        CAST(extract(epoch FROM CAST(substr(\(end), 1, 19) AS TIMESTAMP) - CAST(substr(\(start), 1, 19) AS TIMESTAMP)) AS BIGINT)
        """)
  }
}
