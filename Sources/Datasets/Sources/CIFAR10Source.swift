import Configuration

/// CIFAR-10.
public struct CIFAR10Source: DataSource {
  public static let name = "cifar10"
  public static let summary = "colour photographs of ten classes, 50,000 + 10,000 (Krizhevsky 2009)"

  public init() {}
  public init(from options: inout Options) throws(ConfigurationError) {}

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    try CIFAR10.load(from: folders, progress: progress)
  }
}
