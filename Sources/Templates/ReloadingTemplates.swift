import Synchronization

/// The templates of a directory, read once or followed as they are edited. May be used from any thread.
public final class ReloadingTemplates: Sendable {
  /// Whether files are looked at again.
  public enum Mode: Sendable {
    /// The templates are those that were there at the start.
    case fixed
    /// Before each rendering the files are looked at, and read again when one was changed, added or removed.
    case reload
  }

  private struct State {
    var set: TemplateSet
    var stamps: [String: TemplateDirectory.Stamp]
  }

  private let directory: TemplateDirectory
  private let mode: Mode
  private let state: Mutex<State>

  /// Reads the templates of a directory.
  /// - Throws: `TemplateError`, as `TemplateSet(directory:)`.
  public init(directory: String, mode: Mode) throws(TemplateError) {
    self.directory = TemplateDirectory(directory)
    self.mode = mode
    // Stamps are taken before the files are read, so that a change in between is seen at the next look.
    let stamps = try self.directory.stamps()
    state = Mutex(State(set: try TemplateSet(directory: directory), stamps: stamps))
  }

  /// The templates as they are now.
  /// - Throws: `TemplateError` where an edited file is wrong. The next call looks again.
  public func current() throws(TemplateError) -> TemplateSet {
    try state.withLock { (state) throws(TemplateError) in
      guard mode == .reload else { return state.set }
      let stamps = try directory.stamps()
      if stamps != state.stamps {
        state = State(set: try TemplateSet(directory: directory.path), stamps: stamps)
      }
      return state.set
    }
  }

  /// Renders a template, as `TemplateSet.render(_:_:)` does.
  public func render(_ name: String, _ value: Value) throws(TemplateError) -> [UInt8] {
    try current().render(name, value)
  }
}
