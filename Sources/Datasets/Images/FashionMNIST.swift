import Formats

/// Pictures of clothes in MNIST's format: 60,000 training and 10,000 test images, uint8 [N, 28, 28].
///
/// Source: H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking
/// Machine Learning Algorithms" (2017), arXiv:1708.07747.
public enum FashionMNIST {
  /// What the classes 0 to 9 show.
  public static let classNames = [
    "T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
  ]

  static let archive = ImageArchive(
    name: "Fashion-MNIST", slug: "fashion-mnist",
    folders: ["fashion-mnist", "fashion_mnist", "FashionMNIST/raw", "FashionMNIST"],
    mirrors: [
      "https://fashion-mnist.s3.eu-central-1.amazonaws.com/",
      "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ],
    files: .init(
      trainImages: .init(
        name: "train-images-idx3-ubyte", byteCount: 26_421_880,
        sha256: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
      trainLabels: .init(
        name: "train-labels-idx1-ubyte", byteCount: 29_515,
        sha256: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
      testImages: .init(
        name: "t10k-images-idx3-ubyte", byteCount: 4_422_102,
        sha256: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
      testLabels: .init(
        name: "t10k-labels-idx1-ubyte", byteCount: 5_148,
        sha256: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5")),
    classNames: classNames)

  /// Reads Fashion-MNIST from the folders, the cache, or, where allowed, a mirror.
  ///
  /// Its files are named as MNIST's, so a search folder itself is only looked into if its name has
  /// "fashion" in it.
  /// - Parameter progress: told the file's name, the bytes that have come and the bytes in all.
  /// - Throws: ``DatasetError`` if it is nowhere to be had, or what is there is damaged.
  public static func load(
    from folders: DataFolders = DataFolders(), progress: DownloadProgress? = nil
  ) throws(DatasetError) -> DatasetPair {
    try archive.load(from: folders, progress: progress)
  }
}
