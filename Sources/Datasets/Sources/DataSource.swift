import Configuration
@_exported import Formats

/// A data set that can be chosen by name.
public protocol DataSource: Catalogued {
  /// - Parameter progress: told how a download goes.
  /// - Throws: `DatasetError` if the data can't be had, or are damaged.
  func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair
}
