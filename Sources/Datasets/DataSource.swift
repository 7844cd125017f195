import Configuration
import Files
@_exported import Formats
import Foundation

/// A data set that can be chosen by name.
public protocol DataSource: Configurable {
  /// - Parameter progress: called as a download proceeds.
  /// - Throws: `DatasetError` if the data are unavailable or damaged.
  func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair

  /// Whether its records are the steps of a series, so that parts of them are taken in order.
  var isSeries: Bool { get }
}

extension DataSource {
  public var isSeries: Bool { false }
}

/// Where data files are searched for, and where downloads are kept.
public struct DataFolders: Sendable, Equatable {
  /// Folders the user named, searched first, in this order.
  public var searched: [String]
  /// The folder downloads go to, searched next.
  public var cache: String
  /// Folders of the system's packages, searched last for published images.
  public var system: [String]
  /// Whether data found in none of them may be downloaded.
  public var allowsDownload: Bool

  public init(searched: [String], cache: String, system: [String] = [], allowsDownload: Bool) {
    self.searched = searched
    self.cache = cache
    self.system = system
    self.allowsDownload = allowsDownload
  }

  /// The folders the environment names: `TANREN_DATA` (several with colons between), for downloads
  /// `CacheFolder.data(environment:)`, and then `/usr/share/datasets`, where Debian's packages put data.
  public init(
    environment: [String: String] = ProcessInfo.processInfo.environment, allowsDownload: Bool = false
  ) {
    self.init(
      searched: (environment["TANREN_DATA"] ?? "").split(separator: ":").map(String.init),
      cache: CacheFolder.data(environment: environment), system: ["/usr/share/datasets"],
      allowsDownload: allowsDownload)
  }
}

extension SettingFormat where Value == Int {
  /// A number of steps of a series.
  static var steps: SettingFormat { .integer(in: 1...10_000_000) }
}

extension SettingFormat where Value == Int? {
  /// A number above 0, or 0 for nil.
  static func positiveOrZero(upTo limit: Int) -> SettingFormat {
    SettingFormat<Int>.integer(in: 0...limit).map({ $0 == 0 ? nil : $0 }, back: { $0 ?? 0 })
  }
}

extension SettingFormat where Value == UInt32 {
  /// A seed of NumPy's generator.
  static var seed: SettingFormat {
    SettingFormat<Int>.integer(in: 0...Int(UInt32.max)).map({ UInt32(clamping: $0) }, back: { Int($0) })
  }
}
