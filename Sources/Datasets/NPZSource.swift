import Arrays
import Configuration
import Formats

/// The user's own data: the arrays `x_train`, `y_train`, `x_test` and `y_test` of an NPZ file, as in Keras' data sets.
public struct NPZSource: DataSource {
  public static let declaration = Declaration(
    "npz", "your own arrays x_train, y_train, x_test, y_test, from a file of numpy.savez",
    standard: NPZSource(path: ""),
    settings: [
      .required(
        "path", \.path, .text.checked("a file's name") { !$0.isEmpty }, "the file", example: "npz(path: data.npz)"),
      Setting(
        "classes", \.classes, .positiveOrZero(upTo: 1_000_000),
        "number of classes of integer targets; 0 for one more than the greatest label"),
      Setting(
        "layout", \.layout, .word,
        "axes of images: channelsLast, channelsFirst, which are converted, or auto, which refuses shapes that look like"
          + " channelsFirst"),
    ])

  /// The order of the axes of images [N, …].
  public enum Layout: String, CaseIterable, Sendable {
    /// Channels last; a shape that looks like channels first is an error.
    case auto
    /// [N, height, width, channels], as models require.
    case channelsLast
    /// [N, channels, height, width], as in PyTorch; converted.
    case channelsFirst
  }

  public var path: String
  /// nil for one more than the greatest label of the training data.
  public var classes: Int?
  public var layout: Layout

  public init(path: String, classes: Int? = nil, layout: Layout = .auto) {
    (self.path, self.classes, self.layout) = (path, classes, layout)
  }

  /// Inputs are uint8, scaled to 0...1 before the model, or float32 or float64, used unchanged. Integer and string
  /// targets are classes, strings sorted by code point; others are values to predict, [N, …]. An array `w_train` [N] weights
  /// the training examples in the loss.
  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    let archive = try NPZArchive(path)
    let inputs = try inputs("train", archive)
    let names = try classNames(archive)
    let train = try weighted(
      records("train", inputs, archive, classes: classes ?? names?.count, names), by: archive)
    let test = try records("test", self.inputs("test", archive), archive, classes: classes ?? train.classCount, names)
    let encoding = ArrayEncoding(
      shape: Array(inputs.shape.dropFirst()), dtype: inputs.dtype, isChannelsFirst: layout == .channelsFirst)
    return DatasetPair(
      train: train, test: test, name: "npz", origin: "arrays from \(path)", classNames: names ?? [],
      encoding: .arrays(encoding))
  }

  private func records(
    _ part: String, _ inputs: HostArray, _ archive: NPZArchive, classes: Int?, _ names: [String]?
  ) throws(DatasetError) -> LabeledArrays {
    let (bytes, member) = try archive.member("y_\(part)")
    do throws(DatasetError) {
      if let names, let texts = try NPY.texts(bytes, path: member) {
        return try LabeledArrays(inputs: inputs, targets: try labels(texts, names, member), classCount: classes)
      }
      let targets = try NPY.decode(
        bytes, as: [.uint8, .int8, .int16, .int32, .int64, .uint16, .uint32, .uint64, .float32, .float64], path: member)
      guard names == nil else {
        throw DatasetError(
          .invalidArgument(
            name: "the type of y_\(part)", value: targets.dtype.rawValue, allowed: "strings, as y_train has"))
      }
      // Labels in a column, [N, 1], are as common as in a row; values in a row become a column, as a model of one output
      // gives them.
      if targets.dtype.isFloatingPoint {
        let shape = targets.shape.count == 1 ? targets.shape + [1] : targets.shape
        return try LabeledArrays(inputs: inputs, targets: .make(targets.dtype, shape, targets.bytes))
      }
      let labels: [Double] = try targets.converted()
      let count = if let classes { classes } else { try classCount(of: labels) }
      if let record = labels.firstIndex(where: { !(0..<Double(count)).contains($0) }) {
        throw DatasetError(
          .labelOutOfRange(record: record, label: Int(exactly: labels[record]) ?? Int.max, classCount: count))
      }
      let shape = targets.shape.count == 2 && targets.shape[1] == 1 ? [targets.shape[0]] : targets.shape
      return try LabeledArrays(
        inputs: inputs, targets: Self.indices(labels.map { Int32($0) }, shape, member), classCount: count)
    } catch {
      throw DatasetError(error.problem, path: member)
    }
  }

  /// The training data with the weights of an array `w_train`, if there is one.
  private func weighted(_ data: LabeledArrays, by archive: NPZArchive) throws(DatasetError) -> LabeledArrays {
    guard archive.has("w_train") else { return data }
    let (bytes, member) = try archive.member("w_train")
    let weights = try NPY.decode(bytes, as: [.float32, .float64, .int32, .int64], path: member)
    let numbers: [Double] = try weights.converted()
    do throws(DatasetError) { return try data.weighted(by: numbers.map { Float($0) }) } catch {
      throw DatasetError(error.problem, path: member)
    }
  }

  private func inputs(_ part: String, _ archive: NPZArchive) throws(DatasetError) -> HostArray {
    let (bytes, member) = try archive.member("x_\(part)")
    let inputs = try NPY.decode(bytes, as: [.uint8, .float32, .float64], path: member)
    switch layout {
    case .channelsLast: return inputs
    case .channelsFirst:
      guard inputs.shape.count == 4 else {
        throw DatasetError(.wrongRank(found: inputs.shape, wanted: "[N, channels, height, width]"), path: member)
      }
      return try inputs.channelsLast()
    case .auto:
      // One, three or four channels in front of what is larger: nobody's images are three pixels high.
      let shape = inputs.shape
      guard shape.count == 4, [1, 3, 4].contains(shape[1]), shape[2] > 4, shape[3] > 4 else { return inputs }
      throw DatasetError(.channelsFirst(shape: shape), path: member)
    }
  }

  /// The training data's classes, if they have names.
  private func classNames(_ archive: NPZArchive) throws(DatasetError) -> [String]? {
    let (bytes, member) = try archive.member("y_train")
    guard let texts = try NPY.texts(bytes, path: member) else { return nil }
    // By bytes, since to Swift texts of different characters may be equal.
    let names = Set(texts.map { Array($0.utf8) }).sorted { $0.lexicographicallyPrecedes($1) }
    guard names.count <= classes ?? .max else {
      throw DatasetError(
        .invalidArgument(
          name: "classes", value: "\(classes ?? 0)", allowed: "\(names.count) or more, as many as y_train has"),
        path: member)
    }
    return names.map { String(decoding: $0, as: UTF8.self) }
  }

  private func labels(_ texts: [String], _ names: [String], _ member: String) throws(DatasetError) -> HostArray {
    let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { (Array($1.utf8), Int32($0)) })
    var labels: [Int32] = []
    for (record, text) in texts.enumerated() {
      guard let number = numbers[Array(text.utf8)] else {
        throw DatasetError(.unknownLabel(record: record, label: text, known: names))
      }
      labels.append(number)
    }
    return try Self.indices(labels, [labels.count], member)
  }

  private static func indices(_ labels: [Int32], _ shape: [Int], _ member: String) throws(DatasetError) -> HostArray {
    try .make(.int32, shape, labels.withUnsafeBytes { Array($0) }, path: member)
  }

  /// More classes than records are a mistake in the labels, and would make a model that fills the memory.
  private func classCount(of labels: [Double]) throws(DatasetError) -> Int {
    let count = Int(exactly: (labels.max() ?? 0) + 1) ?? Int.max
    guard count <= max(1000, labels.count) else {
      throw DatasetError(
        .invalidArgument(
          name: "the greatest label", value: "\(count == Int.max ? count : count - 1)",
          allowed: "below the number of records, unless npz(classes: …) says how many classes there are"))
    }
    return max(1, count)
  }
}
