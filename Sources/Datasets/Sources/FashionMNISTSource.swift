import Configuration

/// Fashion-MNIST.
public struct FashionMNISTSource: DataSource {
  public static let name = "fashionMNIST"
  public static let summary = "pieces of clothing, 60,000 + 10,000 (Xiao, Rasul, Vollgraf 2017)"

  public init() {}
  public init(from options: inout Options) throws(ConfigurationError) {}

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    try FashionMNIST.load(from: folders, progress: progress)
  }
}
