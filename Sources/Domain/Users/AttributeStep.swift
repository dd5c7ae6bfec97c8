/// The steps of confirming a file of attributes.
enum AttributeStep: Int, WorkPlan {
  case load, turn, write, figures

  var words: String {
    switch self {
    case .load: "reading the checked rows"
    case .turn: "waiting for other changes to end"
    case .write: "writing the attributes"
    case .figures: "bringing the lists of members up to date"
    }
  }
}
