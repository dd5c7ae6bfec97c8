/// What is wrong with a template, or with the values it was given, and where.
public struct TemplateError: Error, Equatable, CustomStringConvertible {
  /// The file the fault stands in, relative to the template directory; a directory or a template's name when no file is at fault.
  public let file: String
  /// The line of the fault, from 1; 0 when the fault is not in the text of a file.
  public let line: Int
  /// The character of the fault in its line, from 1; 0 when the fault is not in the text of a file.
  public let column: Int
  /// One sentence for whoever edits the template.
  public let message: String

  init(file: String, line: Int = 0, column: Int = 0, _ message: String) {
    self.file = file
    self.line = line
    self.column = column
    self.message = message
  }

  /// A fault at a byte of a file's text.
  init(file: String, source: [UInt8], offset: Int, _ message: String) {
    var line = 1
    var column = 1
    for byte in source.prefix(offset) {
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    self.init(file: file, line: line, column: column, message)
  }

  /// `file:line:column: message`, the form that editors turn into a link.
  public var description: String {
    line > 0 ? "\(file):\(line):\(column): \(message)" : "\(file): \(message)"
  }
}
