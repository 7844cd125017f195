import Formats

/// Handwritten digits: 60,000 training and 10,000 test images, uint8 [N, 28, 28], classes 0 to 9.
///
/// Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits" (1998).
public enum MNIST {
  static let archive = ImageArchive(
    name: "MNIST", slug: "mnist", folders: ["mnist", "MNIST/raw", "MNIST"],
    mirrors: [
      "https://ossci-datasets.s3.amazonaws.com/mnist/",
      "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ],
    files: .init(
      trainImages: .init(
        name: "train-images-idx3-ubyte", byteCount: 9_912_422,
        sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
      trainLabels: .init(
        name: "train-labels-idx1-ubyte", byteCount: 28_881,
        sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
      testImages: .init(
        name: "t10k-images-idx3-ubyte", byteCount: 1_648_877,
        sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
      testLabels: .init(
        name: "t10k-labels-idx1-ubyte", byteCount: 4_542,
        sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6")))

  /// Reads MNIST from the folders, the cache, or, where allowed, a mirror.
  /// - Parameter progress: told the file's name, the bytes that have come and the bytes in all.
  /// - Throws: ``DatasetError`` if it is nowhere to be had, or what is there is damaged.
  public static func load(
    from folders: DataFolders = DataFolders(), progress: DownloadProgress? = nil
  ) throws(DatasetError) -> DatasetPair {
    try archive.load(from: folders, progress: progress)
  }
}
