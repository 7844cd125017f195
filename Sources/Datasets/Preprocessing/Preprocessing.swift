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
  /// - Parameter inputs: the training set's, `[count, …, channels]`.
  /// - Throws: ``DatasetError`` for inputs that have no such statistics, and the engine's errors.
  func fitted(to inputs: HostArray) throws -> any Preprocessing
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
