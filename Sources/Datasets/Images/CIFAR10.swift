import Formats

/// Small colour photographs of ten kinds of things: 50,000 training and 10,000 test images, uint8 [N, 32, 32, 3].
///
/// Source: A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images" (2009).
public enum CIFAR10 {
  /// What the classes 0 to 9 show.
  public static let classNames = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]

  static let archive = CIFARArchive(
    name: "CIFAR-10", slug: "cifar10",
    folders: [
      "cifar-10-batches-bin", "cifar10/cifar-10-batches-bin", "cifar10", "CIFAR10/cifar-10-batches-bin", "CIFAR10",
    ],
    hasTellingNames: true, train: (1...5).map { "data_batch_\($0).bin" }, test: "test_batch.bin",
    archives: ["cifar-10-binary", "cifar-10-batches-bin"],
    download: Download(
      name: "cifar-10-binary.tar.gz", mirrors: ["https://www.cs.toronto.edu/~kriz/"], byteCount: 170_052_171,
      sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"),
    records: CIFARRecords(labelBytes: 1, labelByte: 0, classCount: 10), classNames: classNames)

  /// Reads CIFAR-10 from the folders, the cache, or, where allowed, its authors' server: the binary version,
  /// unpacked or as `.tar.gz`, `.tgz`, `.tar` or `.tar.xz`.
  /// - Parameter progress: told the file's name, the bytes that have come and the bytes in all.
  /// - Throws: ``DatasetError`` if it is nowhere to be had, or what is there is damaged.
  public static func load(
    from folders: DataFolders = DataFolders(), progress: DownloadProgress? = nil
  ) throws(DatasetError) -> DatasetPair {
    try archive.load(from: folders, progress: progress)
  }
}
