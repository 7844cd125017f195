import Arrays
import Configuration
import Formats
import Foundation
import Synchronization

/// Pictures in folders that are named after their classes, or listed in a table: PNG and JPEG, resized to squares.
///
/// ```swift
/// for name in ["cat", "dog"] {
///   try FileManager.default.createDirectory(atPath: "photos/" + name, withIntermediateDirectories: true)
///   for level in [40, 200] as [UInt8] {
///     let image = try HostArray(dtype: .uint8, shape: [30, 40], bytes: [UInt8](repeating: level, count: 1200))
///     try PNG.write(image, to: "photos/\(name)/\(level).png")
///   }
/// }
/// let pair = try ImagesSource(path: "photos", size: 16).load(from: DataFolders(), progress: nil)
/// print(pair.classNames, pair.train.inputs.shape, pair.test.inputs.shape)  // ["cat", "dog"] [2, 16, 16, 1] [2, 16, 16, 1]
/// ```
public struct ImagesSource: DataSource {
  public static let declaration = Declaration(
    "images", "your own pictures, PNG and JPEG, in folders named after their classes", standard: ImagesSource(path: ""),
    settings: [
      .required(
        "path", \.path, .text.checked("a folder's or a table's name") { !$0.isEmpty },
        "a folder of folders of classes, a folder with train and test, val or valid in it, or a CSV file of file and label",
        example: "images(path: photos)"),
      Setting("size", \.size, .integer(in: 1...4096), "pixels per side that pictures are resized to"),
      Setting(
        "resize", \.resize, .word,
        "squash: width and height separately; fit: the whole picture on black; centerCrop: the middle of the picture"),
      Setting("channels", \.channels, .word, "grey, rgb, or auto: grey if all training pictures are"),
      Setting(
        "unreadable", \.unreadable, .word, "what a picture that can't be read is: an error, or skipped and counted"),
      Setting(
        "fraction", \.fraction, .number(in: 0...1),
        "fraction of each class held out where there is no test part, at least one picture"),
      Setting("seed", \.seed, .seed, "random seed of that split"),
    ])

  /// What a record's channels are.
  public enum Channels: String, Sendable, CaseIterable {
    /// Grey if all training pictures are, otherwise red, green and blue.
    case auto
    case grey
    case rgb
  }

  /// What happens to a picture that can't be read.
  public enum Unreadable: String, Sendable, CaseIterable {
    case error
    /// It is left out, and ``DatasetPair/origin`` says how many were.
    case skip
  }

  public var path: String
  public var size: Int
  public var resize: PictureResize
  public var channels: Channels
  public var unreadable: Unreadable
  public var fraction: Double
  public var seed: UInt32

  public init(
    path: String, size: Int = 64, resize: PictureResize = .squash, channels: Channels = .auto,
    unreadable: Unreadable = .error, fraction: Double = 0.2, seed: UInt32 = 0
  ) {
    (self.path, self.size, self.resize, self.channels) = (path, size, resize, channels)
    (self.unreadable, self.fraction, self.seed) = (unreadable, fraction, seed)
  }

  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    let list = try ImageList(path, fraction: fraction, seed: seed)
    let encoding = ImageEncoding(size: size, resize: resize, channels: resolvedChannels(list))
    let train = try part(list.train, list, encoding)
    let test = try part(list.test, list, encoding)
    let sizes = train.sizes + test.sizes
    let extent = Self.extent(sizes)
    let change = extent == "\(size)x\(size)" ? extent : "\(extent), to \(size)x\(size) by \(resize.rawValue)"
    return DatasetPair(
      train: train.records, test: test.records, name: name,
      origin: origin(list, count: sizes.count, change: change, failures: train.failures + test.failures),
      classNames: list.classNames, encoding: .images(encoding))
  }

  /// The folder's or the table's name.
  var name: String { URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent }

  /// Where the data came from and what became of them, for people.
  func origin(_ list: ImageList, count: Int, change: String, failures: [DatasetError]) -> String {
    var notes = list.notes
    if let first = failures.first {
      notes.append("\(failures.count) unreadable and skipped, the first: \(first)")
    }
    let pictures = "\(count) pictures of \(list.classNames.count) classes from \(path), \(change)"
    return ([pictures] + notes).joined(separator: "; ")
  }

  func part(
    _ entries: [ImageList.Entry], _ list: ImageList, _ encoding: ImageEncoding
  ) throws(DatasetError) -> (records: LabeledArrays, sizes: [PictureSize], failures: [DatasetError]) {
    let decoded = try encoding.decoded(entries.map(\.path))
    if unreadable == .error, let failure = decoded.failures.first { throw failure.error }
    let labels = entries.map { Int32($0.label) }
    let targets = try HostArray.make(.int32, [labels.count], labels.withUnsafeBytes { Array($0) })
    var records = try LabeledArrays(inputs: decoded.images, targets: targets, classCount: list.classNames.count)
    if !decoded.failures.isEmpty {
      records = try records.records(at: decoded.sizes.indices.filter { decoded.sizes[$0] != nil })
    }
    guard records.count > 0 else { throw DatasetError(.noPictures, path: path) }
    return (records, decoded.sizes.compactMap(\.self), decoded.failures.map(\.error))
  }

  func resolvedChannels(_ list: ImageList) -> Picture.Channels {
    switch channels {
    case .grey: return .grey
    case .rgb: return .rgb
    case .auto:
      let hasColour = Atomic(false)
      DispatchQueue.concurrentPerform(iterations: list.train.count) { index in
        // What can't be read is reported when the pixels are.
        guard !hasColour.load(ordering: .relaxed), let header = try? Picture.header(of: list.train[index].path),
          !header.isGrey
        else { return }
        hasColour.store(true, ordering: .relaxed)
      }
      return hasColour.load(ordering: .relaxed) ? .rgb : .grey
    }
  }

  /// `32x32`, or from the smallest to the largest width and height.
  private static func extent(_ sizes: [PictureSize]) -> String {
    let (widths, heights) = (sizes.map(\.width), sizes.map(\.height))
    let least = PictureSize(width: widths.min() ?? 0, height: heights.min() ?? 0)
    let most = PictureSize(width: widths.max() ?? 0, height: heights.max() ?? 0)
    return least == most ? "\(least)" : "\(least) to \(most)"
  }
}
