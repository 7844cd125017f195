import Configuration
import PJRT

/// One's own data: the arrays `x_train`, `y_train`, `x_test` and `y_test` of an NPZ file, as Keras keeps
/// its data sets.
public struct NPZSource: DataSource {
  public static let name = "npz"
  public static let summary = "your own arrays x_train, y_train, x_test, y_test, from a file of numpy.savez"
  public static let parameters = [
    Parameter("path", default: "", "the file"),
    Parameter("classes", default: 0, "classes that whole-numbered targets count; 0 takes the greatest label's"),
  ]

  public var path: String
  /// nil takes one more than the greatest label of the training data.
  public var classes: Int?

  public init(path: String, classes: Int? = nil) {
    (self.path, self.classes) = (path, classes)
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    let origin = options.origin
    path = try options.text("path", default: "")
    guard !path.isEmpty else {
      throw .invalid(message: "npz needs a file: npz(path: data.npz)", origin: origin)
    }
    let classes = try options.integer("classes", default: 0, in: 0...1_000_000)
    self.classes = classes == 0 ? nil : classes
  }

  /// Inputs are uint8, scaled to 0...1 when a model sees them, or float32 or float64, taken as they are.
  /// Targets that are whole numbers are classes; others are values to predict, float32 [N, …].
  public func load(from folders: DataFolders, progress: DownloadProgress?) throws -> DatasetPair {
    let train = try records("train", classes: classes)
    let test = try records("test", classes: classes ?? train.classCount)
    return DatasetPair(train: train, test: test, name: "npz", origin: "arrays from \(path)")
  }

  private func records(_ part: String, classes: Int?) throws(DatasetError) -> LabeledArrays {
    let inputs = try NPZ.read(path, member: "x_\(part)", as: .uint8, .float32, .float64)
    let targets = try NPZ.read(
      path, member: "y_\(part)", as: .uint8, .int8, .int16, .int32, .int64, .uint16, .uint32, .uint64, .float32, .float64)
    let member = "\(path)(y_\(part).npy)"
    do throws(DatasetError) {
      if targets.dtype.isFloatingPoint {
        return try LabeledArrays(inputs: inputs, targets: try values(targets))
      }
      let labels: [Double] = try targets.converted()
      let count = if let classes { classes } else { try classCount(of: labels) }
      if let record = labels.firstIndex(where: { !(0..<Double(count)).contains($0) }) {
        throw DatasetError(
          .labelOutOfRange(record: record, label: Int(exactly: labels[record]) ?? Int.max, classCount: count))
      }
      let indices = labels.map { Int32($0) }.withUnsafeBytes { Array($0) }
      // Labels in a column, [N, 1], are as common as in a row.
      let shape = targets.shape.count == 2 && targets.shape[1] == 1 ? [targets.shape[0]] : targets.shape
      return try LabeledArrays(
        inputs: inputs, targets: .make(.int32, shape, indices, path: member), classCount: count)
    } catch {
      throw DatasetError(error.problem, path: member)
    }
  }

  /// [N] becomes [N, 1], which is what a model of one output gives.
  private func values(_ targets: HostArray) throws(DatasetError) -> HostArray {
    let numbers: [Float] = try targets.converted()
    let shape = targets.shape.count == 1 ? targets.shape + [1] : targets.shape
    return try .make(.float32, shape, numbers.withUnsafeBytes { Array($0) })
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
