import Tensors

/// What is done to inputs in the graph before the model sees them, in training and evaluation alike. The data
/// set itself stays as it came, bytes for images.
public protocol Preprocessing: Sendable {
  /// - Parameter dtype: the element type the model computes in.
  func callAsFunction(_ inputs: Tensor, dtype: DType) -> Tensor
}
