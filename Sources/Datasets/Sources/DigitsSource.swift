import Configuration

/// MNIST where it can be had, else synthetic digits; the origin says which.
public struct DigitsSource: DataSource {
  public static let name = "digits"
  public static let summary = "MNIST where it can be had, else synthetic digits"

  public init() {}
  public init(from options: inout Options) throws(ConfigurationError) {}

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    try DigitData.load(from: folders, progress: progress)
  }
}
