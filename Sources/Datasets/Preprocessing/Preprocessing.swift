import Arrays
import Configuration
import Formats
import Tensors

/// Applied to inputs in the graph before the model sees them, in training and evaluation alike. The data set itself
/// stays unchanged, bytes for images.
public protocol Preprocessing: Sendable {
  /// - Parameter dtype: the element type the model computes in.
  func callAsFunction(_ inputs: Tensor, dtype: DType) -> Tensor
}

/// Preprocessing that can be chosen by name.
public protocol NamedPreprocessing: Preprocessing, Configurable {}

/// Preprocessing that needs statistics of the training data. A run fits it to its training data.
public protocol FittedPreprocessing: Preprocessing {
  /// The statistics as arrays by name: all that ``preprocessing(with:)`` needs, so that a saved model can keep them.
  /// - Parameter inputs: the training set's, `[count, …, channels]`. They may be larger than memory: read a few at a time.
  /// - Throws: ``DatasetError`` for inputs that have no such statistics or can't be read, and the engine's errors.
  func statistics(of inputs: any RecordReader) throws -> [String: HostArray]

  /// - Parameter statistics: as ``statistics(of:)`` returned them.
  /// - Throws: ``DatasetError`` for an array that is missing, or of another type or shape.
  func preprocessing(with statistics: [String: HostArray]) throws(DatasetError) -> any Preprocessing
}

extension FittedPreprocessing {
  /// This preprocessing with the statistics of a training set.
  /// - Throws: as ``statistics(of:)`` does.
  public func fitted(to inputs: HostArray) throws -> PreprocessingFit { try fitted(to: ArrayReader(inputs)) }

  /// This preprocessing with the statistics of a training set that is read when it is needed.
  /// - Throws: as ``statistics(of:)`` does.
  public func fitted(to inputs: any RecordReader) throws -> PreprocessingFit {
    try fitted(with: statistics(of: inputs))
  }

  /// This preprocessing with statistics that are known.
  /// - Throws: as ``preprocessing(with:)`` does.
  public func fitted(with statistics: [String: HostArray]) throws(DatasetError) -> PreprocessingFit {
    PreprocessingFit(try preprocessing(with: statistics), statistics)
  }
}

/// A ``FittedPreprocessing`` with the statistics of its training data.
public struct PreprocessingFit: Preprocessing {
  /// By name; ``FittedPreprocessing/fitted(with:)`` makes the same preprocessing of them.
  public let statistics: [String: HostArray]
  private let preprocessing: any Preprocessing

  fileprivate init(_ preprocessing: any Preprocessing, _ statistics: [String: HostArray]) {
    (self.preprocessing, self.statistics) = (preprocessing, statistics)
  }

  public func callAsFunction(_ inputs: Tensor, dtype: DType) -> Tensor { preprocessing(inputs, dtype: dtype) }
}

extension [String: HostArray] {
  /// One of the statistics of a preprocessing.
  /// - Throws: ``DatasetError`` if there is no such array, or one of another type or number of axes.
  func statistic(_ name: String, _ dtype: DType, axes: Int) throws(DatasetError) -> HostArray {
    guard let array = self[name] else { throw DatasetError(.missingMember(name: name, available: keys.sorted())) }
    guard array.dtype == dtype else {
      throw DatasetError(.wrongElementType(found: array.dtype.rawValue, wanted: [dtype]))
    }
    guard array.shape.count == axes else {
      throw DatasetError(.wrongRank(found: array.shape, wanted: "an array of \(axes == 1 ? "1 axis" : "\(axes) axes")"))
    }
    return array
  }
}

extension FittedPreprocessing where Self: NamedPreprocessing {
  /// Fails, with an error that says what to do: it isn't fitted yet.
  public func callAsFunction(_ inputs: Tensor, dtype: DType) -> Tensor {
    if inputs.diagnostic != nil { return inputs }
    let message = "has no statistics of the training data yet: use the result of fitted(to:)"
    return .failed(Diagnostic(operation: Self.name, message: message, inputs: [inputs.type]))
  }
}

/// Inputs divided by a number, 255 for bytes, plus an offset.
public struct Rescaling: Preprocessing {
  public var divisor: Double
  public var offset: Double
  /// The element type to which the result is rounded before it is cast to the model's: `float32` reproduces programs
  /// that scale in single precision and continue in double.
  public var precision: DType?

  public init(dividingBy divisor: Double = 1, offset: Double = 0, precision: DType? = nil) {
    self.divisor = divisor
    self.offset = offset
    self.precision = precision
  }

  public func callAsFunction(_ inputs: Tensor, dtype: DType) -> Tensor {
    // XLA divides by a constant by multiplying with its reciprocal, which rounds differently from a quotient; in
    // double precision the difference vanishes in the rounding that follows.
    let isRounded = precision.map { $0 != dtype } ?? false
    let wide = inputs.cast(to: isRounded ? .float64 : dtype)
    let divided = divisor == 1 ? wide : wide / divisor
    let shifted = offset == 0 ? divided : divided + offset
    return shifted.cast(to: precision ?? dtype).cast(to: dtype)
  }
}

/// Inputs as they are, in their own element type: for models of tokens.
public struct UnchangedInputs: Preprocessing {
  public init() {}

  public func callAsFunction(_ inputs: Tensor, dtype: DType) -> Tensor { inputs }
}
