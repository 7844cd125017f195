import Configuration

/// An elementwise function without parameters, also a layer.
public protocol Activation: Layer, Catalogued {
  /// The values the function can take, for plots and tests.
  var range: ClosedRange<Double> { get }

  /// The function.
  func callAsFunction(_ x: Tensor) -> Tensor
}

extension Activation {
  public var range: ClosedRange<Double> { -Double.infinity...Double.infinity }
  public var label: String { Self.name }
  public func forward(_ x: Tensor, in scope: Scope) -> Tensor { self(x) }
}
