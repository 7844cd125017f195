import Formats
import PJRT
import Tensors

/// Preprocessing that takes statistics of the training data before it can be used. A run fits it to its training data.
public protocol FittedPreprocessing: Preprocessing {
  /// - Parameter inputs: the training set's, `[count, …, channels]`.
  /// - Throws: ``DatasetError`` for inputs that have no such statistics; what the engine throws.
  func fitted(to inputs: HostArray) throws -> any Preprocessing
}

extension FittedPreprocessing where Self: NamedPreprocessing {
  /// An error that says what to do: statistics aren't there yet.
  public func callAsFunction(_ inputs: Tensor, dtype: DType) -> Tensor {
    if inputs.diagnostic != nil { return inputs }
    let message = "has no statistics of the training data yet: use what fitted(to:) gives"
    return .failed(Diagnostic(operation: Self.name, message: message, inputs: [inputs.type]))
  }
}
