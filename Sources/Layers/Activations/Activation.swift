import Configuration

/// A function without trainable parameters, which is also a layer. All are elementwise except softmax and log-softmax,
/// which run along an axis.
///
/// ```swift
/// Sequential { Dense(100); HSwish(); Dense(10); Softmax() }
/// ```
/// At a kink, the derivative is the one that each type states.
public protocol Activation: Layer, Configurable {
  /// The smallest interval that contains all values and limits of the function, for plots and tests.
  var range: ClosedRange<Double> { get }

  /// Applies the function.
  func callAsFunction(_ x: Tensor) -> Tensor
}

extension Activation {
  public var label: String { Self.name }
  public func forward(_ x: Tensor, in scope: Scope) -> Tensor { self(x) }
}
