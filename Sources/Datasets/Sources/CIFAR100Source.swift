import Configuration

/// CIFAR-100.
public struct CIFAR100Source: DataSource {
  public static let name = "cifar100"
  public static let summary = "colour photographs of a hundred classes, 50,000 + 10,000 (Krizhevsky 2009)"
  public static let parameters = [
    Parameter("labels", default: "fine", "fine, 100 classes, or coarse, 20 groups of them")
  ]

  public var labels: CIFAR100.Labels

  public init(labels: CIFAR100.Labels = .fine) { self.labels = labels }

  public init(from options: inout Options) throws(ConfigurationError) {
    labels = try options.oneOf("labels", default: .fine)
  }

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    try CIFAR100.load(labels: labels, from: folders, progress: progress)
  }
}
