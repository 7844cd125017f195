import Configuration

/// What a model's parameters add to its loss.
///
/// The trainer computes it and hands it to the loss, so that modifiers such as ``Flooded`` see the whole.
public protocol Penalty: Catalogued {
  /// A scalar.
  func callAsFunction(_ parameters: TensorTree) -> Tensor
}
