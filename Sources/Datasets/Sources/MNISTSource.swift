import Configuration

/// MNIST, and an error where it can't be had.
public struct MNISTSource: DataSource {
  public static let name = "mnist"
  public static let summary = "handwritten digits, 60,000 + 10,000 (LeCun, Cortes, Burges 1998)"

  public init() {}
  public init(from options: inout Options) throws(ConfigurationError) {}

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    try MNIST.load(from: folders, progress: progress)
  }
}
