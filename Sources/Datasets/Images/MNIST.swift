import Arrays
import Configuration
import Formats
import Foundation

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
  /// - Parameter progress: called with the file's name, the bytes received and the total.
  /// - Throws: ``DatasetError`` if the data are unavailable or damaged.
  public static func load(
    from folders: DataFolders = DataFolders(), progress: DownloadProgress? = nil
  ) throws(DatasetError) -> DatasetPair {
    try archive.load(from: folders, progress: progress)
  }
}

/// MNIST, and an error if it is unavailable.
public struct MNISTSource: DataSource {
  public static let declaration = Declaration(
    "mnist", "handwritten digits, 60,000 + 10,000", standard: MNISTSource(),
    reference: Reference(
      "LeCun et al.", 1998, "Gradient-Based Learning Applied to Document Recognition",
      "https://doi.org/10.1109/5.726791"))

  public init() {}
  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    try MNIST.load(from: folders, progress: progress)
  }
}

/// Images of clothing in MNIST's format: 60,000 training and 10,000 test images, uint8 [N, 28, 28].
///
/// Source: H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking
/// Machine Learning Algorithms" (2017), arXiv:1708.07747.
public enum FashionMNIST {
  /// The names of classes 0 to 9.
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
    classNames: classNames, package: "dataset-fashion-mnist")

  /// Reads Fashion-MNIST from the folders, the cache, the Debian package `dataset-fashion-mnist`, or, where allowed, a
  /// mirror.
  ///
  /// Its files are named like MNIST's, so a search folder itself is only considered if its name contains
  /// "fashion".
  /// - Parameter progress: called with the file's name, the bytes received and the total.
  /// - Throws: ``DatasetError`` if the data are unavailable or damaged.
  public static func load(
    from folders: DataFolders = DataFolders(), progress: DownloadProgress? = nil
  ) throws(DatasetError) -> DatasetPair {
    try archive.load(from: folders, progress: progress)
  }
}

/// Fashion-MNIST.
public struct FashionMNISTSource: DataSource {
  public static let declaration = Declaration(
    "fashionMNIST", "pieces of clothing, 60,000 + 10,000", standard: FashionMNISTSource(),
    reference: Reference(
      "Xiao, Rasul and Vollgraf", 2017,
      "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms",
      "https://arxiv.org/abs/1708.07747"))

  public init() {}
  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    try FashionMNIST.load(from: folders, progress: progress)
  }
}

/// Digits for demonstrations: MNIST if it is available, synthetic digits otherwise.
public enum DigitData {
  /// MNIST from the folders, the cache or, where allowed, a mirror; synthetic digits if it is in none of
  /// them. The pair's origin says which, and why.
  /// - Parameter progress: called as a download proceeds.
  /// - Throws: ``DatasetError`` if MNIST is there but damaged: it is never replaced unnoticed.
  public static func load(
    from folders: DataFolders = DataFolders(), progress: DownloadProgress? = nil
  ) throws(DatasetError) -> DatasetPair {
    try load(from: folders, progress: progress) { () throws(DatasetError) in try SyntheticDigits.generate() }
  }

  /// - Parameter standIn: used where there is no MNIST.
  static func load(
    from folders: DataFolders, progress: DownloadProgress?, standIn: () throws(DatasetError) -> DatasetPair
  ) throws(DatasetError) -> DatasetPair {
    do throws(DatasetError) {
      return try MNIST.load(from: folders, progress: progress)
    } catch {
      let reason: String
      switch error.problem {
      case .notFound: reason = "MNIST was not found"
      case .downloadFailed: reason = "MNIST could not be downloaded"
      default: throw error
      }
      var digits = try standIn()
      digits.origin = StandIn.origin(digits.origin, for: "MNIST", since: reason)
      return digits
    }
  }
}

/// MNIST if it is available, synthetic digits otherwise; the origin says which.
public struct DigitsSource: DataSource {
  public static let declaration = Declaration(
    "digits", "MNIST if it is available, otherwise synthetic digits", standard: DigitsSource())

  public init() {}
  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    try DigitData.load(from: folders, progress: progress)
  }
}

/// Images and labels published as four IDX files, as MNIST and its kin are.
struct ImageArchive: Sendable {
  struct File: Sendable {
    /// Without `.gz`.
    var name: String
    /// Of the published gzip file.
    var byteCount: Int
    /// Of the published gzip file, in hexadecimal.
    var sha256: String
  }

  struct Files: Sendable {
    var trainImages, trainLabels, testImages, testLabels: File
    var all: [File] { [trainImages, trainLabels, testImages, testLabels] }
  }

  var name: String
  /// The folder's name in the cache.
  var slug: String
  /// Subfolders of a search folder to look in.
  var folders: [String]
  var mirrors: [String]
  var files: Files
  var classNames = (0..<10).map(String.init)
  /// The Debian package that has the files, in a folder named `slug` of the system's data sets.
  var package: String?

  func load(from places: DataFolders, progress: DownloadProgress?) throws(DatasetError) -> DatasetPair {
    let cached = places.cache + "/" + slug
    let candidates = places.searched.flatMap(candidates(in:)) + [cached] + places.system.flatMap(candidates(in:))
    for folder in candidates where isComplete(folder) {
      return try read(folder, origin: "\(name), from \(folder)")
    }
    guard places.allowsDownload else {
      let searched = places.searched + [cached] + places.system
      throw DatasetError(.notFound(name: name, searched: searched, downloadAllowed: false), package: package)
    }
    for file in files.all where path(of: file, in: cached) == nil {
      do throws(DatasetError) {
        try Download(
          name: file.name + ".gz", mirrors: mirrors, byteCount: file.byteCount, sha256: file.sha256
        ).fetch(into: cached, progress: progress)
      } catch {
        throw DatasetError(error.problem, path: error.path, package: package)
      }
    }
    return try read(cached, origin: "\(name), downloaded to \(cached)")
  }

  /// Where a search folder may keep this data set. MNIST and Fashion-MNIST name their files alike,
  /// so a folder's name, or its parent's as in `FashionMNIST/raw`, decides which of the two lies in it.
  private func candidates(in folder: String) -> [String] {
    let isFashionFolder = URL(fileURLWithPath: folder).pathComponents.suffix(2)
      .contains { $0.lowercased().contains("fashion") }
    let direct = isFashionFolder == (slug == "fashion-mnist") ? [folder] : []
    return direct + folders.map { folder + "/" + $0 }
  }

  private func isComplete(_ folder: String) -> Bool {
    files.all.allSatisfy { path(of: $0, in: folder) != nil }
  }

  /// The file as published, or unpacked, or with the dot that some unpackers put before `idx`.
  private func path(of file: File, in folder: String) -> String? {
    let dotted = file.name.replacingOccurrences(of: "-idx", with: ".idx")
    return [file.name + ".gz", file.name, dotted + ".gz", dotted]
      .map { folder + "/" + $0 }
      .first { FileManager.default.fileExists(atPath: $0) }
  }

  private func read(_ folder: String, origin: String) throws(DatasetError) -> DatasetPair {
    DatasetPair(
      train: try records(files.trainImages, files.trainLabels, in: folder),
      test: try records(files.testImages, files.testLabels, in: folder),
      name: name, origin: origin, classNames: classNames)
  }

  private func records(
    _ imageFile: File, _ labelFile: File, in folder: String
  ) throws(DatasetError) -> LabeledArrays {
    let labelPath = path(of: labelFile, in: folder) ?? folder + "/" + labelFile.name
    let images = try IDX.read(path(of: imageFile, in: folder) ?? folder + "/" + imageFile.name, rank: 3)
    let bytes = try IDX.read(labelPath, rank: 1).bytes
    let labels = bytes.map(Int32.init).withUnsafeBytes { Array($0) }
    do {
      return try LabeledArrays(
        inputs: images, targets: .make(.int32, [bytes.count], labels), classCount: classNames.count)
    } catch {
      // Labels and their number are what can be wrong here, so the label file is named.
      throw DatasetError(error.problem, path: labelPath)
    }
  }
}
