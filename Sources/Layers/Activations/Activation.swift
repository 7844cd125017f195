import Configuration

/// A function without parameters to train, also a layer; elementwise but for those along an axis (softmax).
public protocol Activation: Layer, Catalogued {
  /// The least interval that holds the values the function takes or tends to, for plots and tests.
  var range: ClosedRange<Double> { get }

  /// The function.
  func callAsFunction(_ x: Tensor) -> Tensor
}

extension Activation {
  public var label: String { Self.name }
  public func forward(_ x: Tensor, in scope: Scope) -> Tensor { self(x) }
}
