import Foundation

/// The folder that holds Templates, Migrations and Public. The working directory is never looked at: whoever may write to it could
/// otherwise put pages of their own into the console.
struct Resources: Sendable {
  let folder: String

  var templates: String { folder + "/Templates" }
  var migrations: String { folder + "/Migrations" }
  var assets: String { folder + "/Public" }

  /// Takes the folder that was asked for; else `../share/provost` beside the executable; else the nearest one above the executable that has
  /// all three.
  ///
  /// - Throws: `CommandFailure` that names the folder, or says how to name one.
  static func find(asked: String?, executable: String = Resources.executable) throws -> Resources {
    if let asked {
      guard isComplete(asked) else {
        throw CommandFailure(
          "\(asked) does not hold the folders Templates, Migrations and Public. Correct --resources or PROVOST_RESOURCES.")
      }
      return Resources(folder: asked)
    }
    var place = URL(fileURLWithPath: executable).deletingLastPathComponent()
    let shared = place.deletingLastPathComponent().appendingPathComponent("share/provost").path
    if isComplete(shared) { return Resources(folder: shared) }
    while true {
      if isComplete(place.path) { return Resources(folder: place.path) }
      if place.path == "/" { break }
      place = place.deletingLastPathComponent()
    }
    throw CommandFailure(
      "The folders Templates, Migrations and Public were not found near \(executable). Name the folder that holds them with PROVOST_RESOURCES."
    )
  }

  private static func isComplete(_ folder: String) -> Bool {
    ["Templates", "Migrations", "Public"].allSatisfy { name in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: folder + "/" + name, isDirectory: &isFolder) && isFolder.boolValue
    }
  }

  /// The program's own file, links resolved.
  static var executable: String {
    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
  }
}
