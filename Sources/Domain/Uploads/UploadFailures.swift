import CSV

/// Why nothing of a file can be taken; each stands at the field `file`.
extension Failure {
  /// The form came without a file.
  public static let noFile = unusableFile("Choose a file.")
  static let emptyFile = unusableFile("The file has no rows below its header.")

  static func unusableFile(_ sentence: String) -> Failure { Failure(.invalid, sentence, fields: [.init("file", sentence)]) }

  static func unusableHeader(_ error: CSVError) -> Failure {
    unusableFile(error.description.prefix(1).uppercased() + error.description.dropFirst() + ".")
  }
}
