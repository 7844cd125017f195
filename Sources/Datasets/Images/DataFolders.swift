import Foundation
import PJRT

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

  /// The folders the environment names: `TANREN_DATA` (several with colons between), and for downloads
  /// `CacheFolder.data(environment:)`.
  public init(
    environment: [String: String] = ProcessInfo.processInfo.environment, allowsDownload: Bool = false
  ) {
    self.init(
      searched: (environment["TANREN_DATA"] ?? "").split(separator: ":").map(String.init),
      cache: CacheFolder.data(environment: environment), allowsDownload: allowsDownload)
  }
}
