import Foundation

/// Where Tanren stores files that it can make or download again: engines, compiled programs and data.
public enum CacheFolder {
  /// `TANREN_CACHE`, or `tanren` in `XDG_CACHE_HOME`, or `~/.cache/tanren`.
  ///
  /// As the XDG base directory specification requires, empty variables count as unset, and a relative `XDG_CACHE_HOME`
  /// is ignored. `TANREN_CACHE` may be relative to the working folder.
  public static func path(environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
    if let folder = environment["TANREN_CACHE"], !folder.isEmpty { return folder }
    if let folder = environment["XDG_CACHE_HOME"], folder.hasPrefix("/") { return folder + "/tanren" }
    return home(environment: environment) + "/.cache/tanren"
  }

  /// Engines, one folder each.
  public static func engines(environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
    path(environment: environment) + "/engine"
  }

  /// Compiled programs.
  public static func programs(environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
    path(environment: environment) + "/programs"
  }

  /// Downloaded data.
  public static func data(environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
    path(environment: environment) + "/data"
  }

  /// The user's folder: `HOME` if that is an absolute path, otherwise that in the system's list of users.
  package static func home(environment: [String: String]) -> String {
    if let folder = environment["HOME"], folder.hasPrefix("/") { return folder == "/" ? "" : folder }
    // For a user unknown to the system it is the root folder, as in most shells.
    var (user, found) = (passwd(), UnsafeMutablePointer<passwd>?.none)
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1 << 14) { texts in
      guard let start = texts.baseAddress, getpwuid_r(getuid(), &user, start, texts.count, &found) == 0,
        let folder = found?.pointee.pw_dir
      else { return "" }
      return String(cString: folder)
    }
  }
}
