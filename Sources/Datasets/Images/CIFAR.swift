import Arrays
import Configuration
import Files
import Formats
import Foundation

/// Small colour photographs of ten classes: 50,000 training and 10,000 test images, uint8 [N, 32, 32, 3].
///
/// Source: A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images" (2009).
public enum CIFAR10 {
  /// The names of classes 0 to 9.
  public static let classNames = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]

  static let archive = CIFARArchive(
    name: "CIFAR-10", slug: "cifar10",
    folders: [
      "cifar-10-batches-bin", "cifar10/cifar-10-batches-bin", "cifar10", "CIFAR10/cifar-10-batches-bin", "CIFAR10",
    ],
    hasDistinctNames: true, train: (1...5).map { "data_batch_\($0).bin" }, test: "test_batch.bin",
    archives: ["cifar-10-binary", "cifar-10-batches-bin"],
    download: Download(
      name: "cifar-10-binary.tar.gz", mirrors: ["https://www.cs.toronto.edu/~kriz/"], byteCount: 170_052_171,
      sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"),
    records: CIFARRecords(labelBytes: 1, labelByte: 0, classCount: 10), classNames: classNames)

  /// Reads CIFAR-10 from the folders, the cache, or, where allowed, its authors' server: the binary version,
  /// unpacked or as `.tar.gz`, `.tgz`, `.tar` or `.tar.xz`.
  /// - Parameter progress: called with the file's name, the bytes received and the total.
  /// - Throws: ``DatasetError`` if the data are unavailable or damaged.
  public static func load(
    from folders: DataFolders = DataFolders(), progress: DownloadProgress? = nil
  ) throws(DatasetError) -> DatasetPair {
    try archive.load(from: folders, progress: progress)
  }
}

/// CIFAR-10.
public struct CIFAR10Source: DataSource {
  public static let declaration = Declaration(
    "cifar10", "colour photographs of ten classes, 50,000 + 10,000", standard: CIFAR10Source(),
    reference: .krizhevsky)

  public init() {}
  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    try CIFAR10.load(from: folders, progress: progress)
  }
}

/// Small colour photographs of a hundred classes: 50,000 training and 10,000 test images,
/// uint8 [N, 32, 32, 3].
///
/// Source: A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images" (2009).
public enum CIFAR100 {
  /// Which of a record's two labels is the class.
  public enum Labels: String, Sendable, Hashable, CaseIterable {
    /// One of 100 classes.
    case fine
    /// One of 20 groups of five classes each.
    case coarse
  }

  /// The names of the 100 classes.
  public static let classNames = words(
    """
    apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can castle
    caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin elephant
    flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree
    motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree plain plate
    poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper snail snake spider
    squirrel streetcar sunflower sweet_pepper table tank telephone television tiger tractor train trout tulip turtle
    wardrobe whale willow_tree wolf woman worm
    """)

  /// The names of the 20 groups.
  public static let groupNames = words(
    """
    aquatic_mammals fish flowers food_containers fruit_and_vegetables household_electrical_devices household_furniture
    insects large_carnivores large_man-made_outdoor_things large_natural_outdoor_scenes large_omnivores_and_herbivores
    medium_mammals non-insect_invertebrates people reptiles small_mammals trees vehicles_1 vehicles_2
    """)

  static func archive(_ labels: Labels) -> CIFARArchive {
    let names = labels == .fine ? classNames : groupNames
    return CIFARArchive(
      name: "CIFAR-100", slug: "cifar100",
      folders: ["cifar-100-binary", "cifar100/cifar-100-binary", "cifar100", "CIFAR100/cifar-100-binary", "CIFAR100"],
      hasDistinctNames: false, train: ["train.bin"], test: "test.bin", archives: ["cifar-100-binary"],
      download: Download(
        name: "cifar-100-binary.tar.gz", mirrors: ["https://www.cs.toronto.edu/~kriz/"], byteCount: 168_513_733,
        sha256: "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec"),
      records: CIFARRecords(labelBytes: 2, labelByte: labels == .fine ? 1 : 0, classCount: names.count),
      classNames: names)
  }

  /// Reads CIFAR-100 as ``CIFAR10/load(from:progress:)`` does CIFAR-10.
  /// - Throws: ``DatasetError`` if the data are unavailable or damaged.
  public static func load(
    labels: Labels = .fine, from folders: DataFolders = DataFolders(), progress: DownloadProgress? = nil
  ) throws(DatasetError) -> DatasetPair {
    try archive(labels).load(from: folders, progress: progress)
  }

  private static func words(_ text: String) -> [String] { text.split(whereSeparator: \.isWhitespace).map(String.init) }
}

/// CIFAR-100.
public struct CIFAR100Source: DataSource {
  public static let declaration = Declaration(
    "cifar100", "colour photographs of a hundred classes, 50,000 + 10,000", standard: CIFAR100Source(),
    reference: .krizhevsky,
    settings: [Setting("labels", \.labels, .word, "100 classes, fine, or their 20 groups, coarse")])

  public var labels: CIFAR100.Labels

  public init(labels: CIFAR100.Labels = .fine) { self.labels = labels }

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    try CIFAR100.load(labels: labels, from: folders, progress: progress)
  }
}

/// CIFAR-10 or CIFAR-100 in the binary version: files of records in a folder, or an archive of them.
///
/// An archive is unpacked once, into a folder of the cache of its own.
struct CIFARArchive: Sendable {
  var name: String
  /// The folder's name in the cache.
  var slug: String
  /// Subfolders of a search folder to look in.
  var folders: [String]
  /// Whether the files' names identify them, so that they are searched for in a search folder itself.
  var hasDistinctNames: Bool
  var train: [String]
  var test: String
  /// Archives without their suffix, the published one first.
  var archives: [String]
  var download: Download
  var records: CIFARRecords
  var classNames: [String]

  private static let suffixes = [".tar.gz", ".tgz", ".tar", ".tar.xz"]
  /// Five times the size of the published files.
  private static let unpackedLimit = 1 << 30

  func load(from places: DataFolders, progress: DownloadProgress?) throws(DatasetError) -> DatasetPair {
    let cached = places.cache + "/" + slug
    let downloaded = [cached, cached + "/" + folders[0]]
    for place in places.searched.map(candidates(in:)) + [downloaded] + places.system.map(candidates(in:)) {
      if let folder = place.first(where: isComplete) { return try read(folder, origin: "\(name), from \(folder)") }
      if let archive = place.lazy.compactMap(archive(in:)).first {
        return try read(unpacked(archive, into: cached), origin: "\(name), from \(archive)")
      }
    }
    guard places.allowsDownload else {
      let searched = places.searched + [cached] + places.system
      throw DatasetError(.notFound(name: name, searched: searched, downloadAllowed: false))
    }
    try download.fetch(into: cached, progress: progress)
    return try read(
      unpacked(cached + "/" + download.name, into: cached), origin: "\(name), downloaded to \(cached)")
  }

  private func candidates(in folder: String) -> [String] {
    let isNamed = URL(fileURLWithPath: folder).pathComponents.suffix(2).contains { $0.lowercased().contains("cifar") }
    return (hasDistinctNames || isNamed ? [folder] : []) + folders.map { folder + "/" + $0 }
  }

  private func isComplete(_ folder: String) -> Bool {
    (train + [test]).allSatisfy { FileManager.default.fileExists(atPath: folder + "/" + $0) }
  }

  private func archive(in folder: String) -> String? {
    archives.flatMap { name in Self.suffixes.map { folder + "/" + name + $0 } }
      .first { FileManager.default.fileExists(atPath: $0) }
  }

  /// The folder of an archive's files, which is unpacked if it hasn't been before.
  private func unpacked(_ archive: String, into cached: String) throws(DatasetError) -> String {
    let attributes = try? FileManager.default.attributesOfItem(atPath: archive)
    let size = (attributes?[.size] as? NSNumber)?.intValue ?? 0
    let date = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    let place = URL(fileURLWithPath: archive).standardizedFileURL.path
    // Another archive, or a newer one in its place, has another folder.
    let folder = cached + "/unpacked/" + SHA256.hex(of: "\(place) \(size) \(date)".utf8).prefix(16)
    if isComplete(folder) { return folder }
    let tar = try Archive(Packed.read(archive, limit: Self.unpackedLimit), .tar, path: archive)
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw DatasetError(.unwritable(FileFailure(.makeFolder, path: folder, error)), path: folder)
    }
    for file in train + [test] { try FileBytes.write(tar.contents(of: file), to: folder + "/" + file) }
    return folder
  }

  private func read(_ folder: String, origin: String) throws(DatasetError) -> DatasetPair {
    DatasetPair(
      train: try records.read(train.map { folder + "/" + $0 }), test: try records.read([folder + "/" + test]),
      name: name, origin: origin, classNames: classNames)
  }
}

/// CIFAR's binary records: label bytes, then the red, green and blue values of 32 rows of 32 pixels.
struct CIFARRecords {
  static let side = 32
  static let channels = 3

  /// Bytes of labels before the pixels: 1 in CIFAR-10, 2 in CIFAR-100.
  let labelBytes: Int
  /// Which of them is the class.
  let labelByte: Int
  let classCount: Int

  /// The records of several files, in their order: images uint8 [N, 32, 32, 3], labels int32 [N].
  /// - Throws: ``DatasetError`` if a file can't be read, doesn't hold whole records, or has a label out of range.
  func read(_ paths: [String]) throws(DatasetError) -> LabeledArrays {
    var images: [UInt8] = []
    var labels: [Int32] = []
    for path in paths {
      let bytes = try FileBytes.read(path)
      let size = labelBytes + Self.pixelBytes
      guard !bytes.isEmpty, bytes.count.isMultiple(of: size) else {
        throw DatasetError(.partialRecord(size: size, actual: bytes.count), path: path)
      }
      for record in 0..<bytes.count / size {
        let label = Int(bytes[record * size + labelByte])
        guard label < classCount else {
          throw DatasetError(.labelOutOfRange(record: record, label: label, classCount: classCount), path: path)
        }
        labels.append(Int32(label))
      }
      images += interleaved(bytes, recordBytes: size)
    }
    return try LabeledArrays(
      inputs: .make(.uint8, [labels.count, Self.side, Self.side, Self.channels], images),
      targets: .make(.int32, [labels.count], labels.withUnsafeBytes { Array($0) }), classCount: classCount)
  }

  private static let pixelBytes = side * side * channels

  /// The pixels with their colours side by side.
  private func interleaved(_ bytes: [UInt8], recordBytes: Int) -> [UInt8] {
    let count = bytes.count / recordBytes
    let (plane, share) = (Self.side * Self.side, 1000)
    return [UInt8](unsafeUninitializedCapacity: count * Self.pixelBytes) { output, initialized in
      bytes.withUnsafeBufferPointer { input in
        // The shares write to parts of the output that don't overlap.
        nonisolated(unsafe) let (output, input) = (output, input)
        DispatchQueue.concurrentPerform(iterations: (count + share - 1) / share) { part in
          for record in part * share..<min(count, (part + 1) * share) {
            let (source, target) = (record * recordBytes + labelBytes, record * Self.pixelBytes)
            for pixel in 0..<plane {
              output[target + 3 * pixel] = input[source + pixel]
              output[target + 3 * pixel + 1] = input[source + plane + pixel]
              output[target + 3 * pixel + 2] = input[source + 2 * plane + pixel]
            }
          }
        }
      }
      initialized = count * Self.pixelBytes
    }
  }
}

extension Reference {
  fileprivate static let krizhevsky = Reference(
    "Krizhevsky", 2009, "Learning Multiple Layers of Features from Tiny Images",
    "https://www.cs.toronto.edu/~kriz/learning-features-2009-TR.pdf")
}
