import PJRT

/// A supervised data set in device memory, unconverted: bytes stay bytes. Or one whose inputs are read part by part while
/// it is used; see ``init(streaming:memory:)``.
public struct ResidentData: Sendable {
  /// `[count, …]`; of streamed data only the first ones.
  public private(set) var inputs: Tensor
  /// `[count]` class indices, or `[count, …]` values.
  public private(set) var targets: Tensor
  /// How much each example counts in the training loss, `[count]`; nil if all count alike.
  public private(set) var weights: Tensor?
  /// The level at which `AdaptivelyFlooded` holds each example's loss, `[count]`; nil to let `fit` find them.
  public private(set) var floodLevels: Tensor?
  public private(set) var count: Int
  /// For checking whether a loss fits the targets.
  let description: TargetDescription
  /// Where inputs are read from, if they aren't in device memory.
  let stream: ExampleStream?
  private let nonFinite: (inputs: NonFiniteNumber?, targets: NonFiniteNumber?)

  /// - Throws: `EngineError` if the device can't hold it.
  public init(_ data: LabeledArrays) throws {
    count = data.count
    inputs = Tensor(try Tensor(data.inputs).buffer())
    targets = Tensor(try Tensor(data.targets).buffer())
    weights = try data.weights.map { Tensor(try Tensor($0).buffer()) }
    description = TargetDescription(
      dtype: data.targets.dtype, shape: Shape(data.targets.shape.dropFirst()), range: try data.targets.range())
    nonFinite = (data.inputs.firstNonFinite, data.targets.firstNonFinite)
    stream = nil
  }

  /// Inputs that are read while the data are used: decoded on all cores, and brought to the device while the examples
  /// before them train. The examples, their order and the results are those of data in memory, bit for bit.
  ///
  /// ```swift
  /// let source = ImagesSource(path: "photos", size: 16)
  /// let pair = try source.stream(from: DataFolders(), progress: nil)
  /// let train = try ResidentData(streaming: pair.train, memory: 2_000_000_000)
  /// print(train.count)
  /// ```
  /// - Parameter memory: the most bytes that inputs take at a time, on host and device together.
  /// - Throws: `DatasetError` if the first examples can't be read, `EngineError`.
  public init(streaming data: StreamedArrays, memory: Int) throws {
    count = data.count
    let first = try data.loaded(Self.sampleCount)
    inputs = Tensor(try Tensor(first.inputs).buffer())
    targets = Tensor(try Tensor(data.targets).buffer())
    weights = nil
    description = TargetDescription(
      dtype: data.targets.dtype, shape: Shape(data.targets.shape.dropFirst()), range: try data.targets.range())
    // Inputs are checked when they are read.
    nonFinite = (nil, data.targets.firstNonFinite)
    stream = ExampleStream(data, memory: memory)
  }

  private static let sampleCount = 16

  /// The same data on each of the engine's first devices.
  /// - Throws: `EngineError` if a device can't hold it.
  func onDevices(_ count: Int) throws -> ResidentData {
    var copy = self
    (copy.inputs, copy.targets) = (try inputs.onDevices(count), try targets.onDevices(count))
    copy.weights = try weights?.onDevices(count)
    copy.floodLevels = try floodLevels?.onDevices(count)
    return copy
  }

  /// The same data with levels for `AdaptivelyFlooded`: those of auxiliary models of your own, or what
  /// `Trainer.floodLevels(of:epochs:batchSize:options:)` found before.
  /// - Parameter levels: numbers, one per example.
  /// - Throws: ``TrainingError/wrongFloodLevels(expected:actual:)``, `EngineError`.
  public func flooded(at levels: HostArray) throws -> ResidentData {
    guard levels.shape == [count], levels.dtype.isFloatingPoint else {
      throw TrainingError.wrongFloodLevels(expected: count, actual: "\(levels.dtype)\(Shape(levels.shape))")
    }
    var copy = self
    copy.floodLevels = Tensor(try Tensor(levels).buffer())
    return copy
  }

  /// The examples of some indices, in memory of their own.
  func examples(at indices: [Int]) throws -> ResidentData {
    let rows = Tensor(indices.map(Int32.init))
    let columns = [inputs, targets] + [weights].compactMap(\.self)
    let taken = try Tensor.evaluate(columns.map { $0.take(rows) })
    var part = part(inputs: taken[0], targets: taken[1])
    if weights != nil { part.weights = taken[2] }
    (part.floodLevels, part.count) = (nil, indices.count)
    return part
  }

  /// The same data with a part's inputs and targets.
  func part(inputs: Tensor, targets: Tensor) -> ResidentData {
    var part = self
    (part.inputs, part.targets) = (inputs, targets)
    return part
  }

  /// The least and the greatest target, if targets are integers and there are any.
  var labels: ClosedRange<Int>? {
    guard description.dtype.isInteger, let range = description.range else { return nil }
    func clamped(_ value: Double) -> Int { Int(exactly: value) ?? (value < 0 ? .min : .max) }
    return clamped(range.lowerBound)...clamped(range.upperBound)
  }

  /// - Parameter name: what errors call the data: `training`.
  /// - Throws: ``TrainingError/notFinite(data:array:number:)`` for a NaN or infinite number, which would make every
  ///   parameter NaN.
  public func checkFinite(_ name: String) throws(TrainingError) {
    for (array, number) in [("inputs", nonFinite.inputs), ("targets", nonFinite.targets)] {
      if let number { throw .notFinite(data: name, array: array, number: number) }
    }
  }
}

extension LabeledArrays {
  /// ``ResidentData/checkFinite(_:)`` for data that isn't on the device.
  public func checkFinite(_ name: String) throws(TrainingError) {
    for (array, number) in [("inputs", inputs.firstNonFinite), ("targets", targets.firstNonFinite)] {
      if let number { throw .notFinite(data: name, array: array, number: number) }
    }
  }
}

extension HostArray {
  /// The least and the greatest number; nil without numbers, and for element types that the host can't read.
  fileprivate func range() throws -> ClosedRange<Double>? {
    func range<Value: HostScalar & Comparable>(_ type: Value.Type, _ double: (Value) -> Double) throws -> ClosedRange<
      Double
    >? {
      let values = try values(as: type)
      guard var least = values.first else { return nil }
      var greatest = least
      for value in values {
        if value < least { least = value }
        if value > greatest { greatest = value }
      }
      // NaN compares with nothing, and is reported separately.
      let (low, high) = (double(least), double(greatest))
      return low <= high ? low...high : nil
    }
    return switch dtype {
    case .int8: try range(Int8.self) { Double($0) }
    case .int16: try range(Int16.self) { Double($0) }
    case .int32: try range(Int32.self) { Double($0) }
    case .int64: try range(Int64.self) { Double($0) }
    case .uint8: try range(UInt8.self) { Double($0) }
    case .uint16: try range(UInt16.self) { Double($0) }
    case .uint32: try range(UInt32.self) { Double($0) }
    case .uint64: try range(UInt64.self) { Double($0) }
    case .float32: try range(Float.self) { Double($0) }
    case .float64: try range(Double.self) { $0 }
    case .bool, .float16, .bfloat16: nil
    }
  }
}
