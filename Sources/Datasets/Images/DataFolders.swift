import Foundation

/// Where data are looked for, and where downloads are kept.
public struct DataFolders: Sendable, Equatable {
  /// Folders the user named, searched first, in this order.
  public var searched: [String]
  /// The folder downloads go to, searched last.
  public var cache: String
  /// Whether data found in neither may be downloaded.
  public var allowsDownload: Bool

  public init(searched: [String], cache: String, allowsDownload: Bool) {
    self.searched = searched
    self.cache = cache
    self.allowsDownload = allowsDownload
  }

  /// The folders the environment names: `TANREN_DATA` (several with colons between), and for the
  /// cache `TANREN_CACHE`, else `XDG_CACHE_HOME/tanren`, else `~/.cache/tanren`, each with `data` below.
  public init(
    environment: [String: String] = ProcessInfo.processInfo.environment, allowsDownload: Bool = false
  ) {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    let home = value("HOME") ?? NSHomeDirectory()
    let cache =
      value("TANREN_CACHE")
      ?? (value("XDG_CACHE_HOME") ?? home + "/.cache") + "/tanren"
    self.init(
      searched: (value("TANREN_DATA") ?? "").split(separator: ":").map(String.init),
      cache: cache + "/data", allowsDownload: allowsDownload)
  }
}
