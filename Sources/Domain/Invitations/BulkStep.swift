/// The steps of confirming a bulk invitation.
enum BulkStep: Int, WorkPlan {
  case load, turn, judge, people, invitations, figures

  var words: String {
    switch self {
    case .load: "reading the checked rows"
    case .turn: "waiting for other changes to end"
    case .judge: "checking the rows once more"
    case .people: "writing the people"
    case .invitations: "writing the invitations"
    case .figures: "bringing the figures up to date"
    }
  }
}
