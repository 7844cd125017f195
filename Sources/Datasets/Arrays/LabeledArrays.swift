import Arrays
import Formats

/// Inputs and targets, record by record, in host memory.
public struct LabeledArrays: Sendable, Equatable {
  /// [N, …]; images stay uint8 and are scaled on the device.
  public let inputs: HostArray
  /// Classes as int32 [N], or real targets [N, …].
  public let targets: HostArray
  /// How many classes the labels in `targets` count, `nil` for real targets.
  public let classCount: Int?
  /// How much each record counts in the training loss; nil if all count alike.
  public private(set) var weights: [Float]?

  /// - Throws: ``DatasetError`` if the two differ in their number of records, or, where a class count
  ///   is given, if targets aren't int32 [N] with every label in 0..<classCount.
  public init(inputs: HostArray, targets: HostArray, classCount: Int? = nil) throws(DatasetError) {
    guard !inputs.shape.isEmpty, !targets.shape.isEmpty else {
      let shape = inputs.shape.isEmpty ? inputs.shape : targets.shape
      throw DatasetError(.wrongRank(found: shape, wanted: "a first axis over the records"))
    }
    guard inputs.recordCount == targets.recordCount else {
      throw DatasetError(.countMismatch(inputs: inputs.recordCount, targets: targets.recordCount))
    }
    if let classCount {
      guard classCount > 0, classCount <= Int(Int32.max) else {
        throw DatasetError(
          .invalidArgument(name: "classCount", value: "\(classCount)", allowed: "between 1 and \(Int32.max)"))
      }
      let labels = try Self.labels(targets)
      if let record = labels.firstIndex(where: { $0 < 0 || Int($0) >= classCount }) {
        throw DatasetError(
          .labelOutOfRange(record: record, label: Int(labels[record]), classCount: classCount))
      }
    }
    self.inputs = inputs
    self.targets = targets
    self.classCount = classCount
  }

  /// The data with a weight per record: a finite number, 0 or more. Losses of training are weighted means; evaluation
  /// counts every record once.
  ///
  /// ```swift
  /// let data = try LabeledArrays(inputs: HostArray([0.1, 0.2] as [Float]), targets: HostArray([0, 1] as [Int32]))
  /// print(try data.weighted(by: [1, 0.5]).weights ?? [])  // [1.0, 0.5]
  /// ```
  /// - Throws: ``DatasetError`` for another number of weights, or one that isn't finite or is below 0.
  public func weighted(by weights: [Float]?) throws(DatasetError) -> LabeledArrays {
    if let weights {
      guard weights.count == count else {
        throw DatasetError(.invalidArgument(name: "weights", value: "\(weights.count) numbers", allowed: "\(count)"))
      }
      if let record = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
        throw DatasetError(
          .invalidArgument(
            name: "the weight of record \(record)", value: "\(weights[record])", allowed: "a finite number, 0 or more"))
      }
    }
    var copy = self
    copy.weights = weights
    return copy
  }

  /// The number of records.
  public var count: Int { inputs.recordCount }

  /// The classes, record by record.
  /// - Throws: ``DatasetError`` if the targets aren't int32 [N].
  public func labels() throws(DatasetError) -> [Int32] { try Self.labels(targets) }

  private static func labels(_ targets: HostArray) throws(DatasetError) -> [Int32] {
    guard targets.shape.count == 1 else {
      throw DatasetError(.wrongRank(found: targets.shape, wanted: "one label per record"))
    }
    do {
      return try targets.values(as: Int32.self)
    } catch {
      throw DatasetError(.wrongElementType(found: targets.dtype.rawValue, wanted: [.int32]))
    }
  }
}

/// Training data and test data.
public struct DatasetPair: Sendable, Equatable {
  public var train: LabeledArrays
  public var test: LabeledArrays
  /// A short name, such as `MNIST`.
  public var name: String
  /// Where the data came from, for people.
  public var origin: String
  /// The classes' names, in order; empty where they have none.
  public var classNames: [String]
  /// How files become inputs, if new ones can be read in the same way.
  public var encoding: InputEncoding?

  public init(
    train: LabeledArrays, test: LabeledArrays, name: String, origin: String, classNames: [String] = [],
    encoding: InputEncoding? = nil
  ) {
    self.train = train
    self.test = test
    self.name = name
    self.origin = origin
    self.classNames = classNames
    self.encoding = encoding
  }
}
