import Foundation

/// Where Tanren keeps what it can make again: engines and compiled programs.
public enum CacheFolder {
  /// `TANREN_CACHE`, or `tanren` in `XDG_CACHE_HOME`, or `~/.cache/tanren`.
  public static func path(environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
    if let folder = environment["TANREN_CACHE"], !folder.isEmpty { return folder }
    if let folder = environment["XDG_CACHE_HOME"], folder.hasPrefix("/") { return folder + "/tanren" }
    return (environment["HOME"] ?? NSHomeDirectory()) + "/.cache/tanren"
  }

  /// Engines, one folder each.
  public static func engines(environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
    path(environment: environment) + "/engine"
  }

  /// Compiled programs.
  public static func programs(environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
    path(environment: environment) + "/programs"
  }
}
