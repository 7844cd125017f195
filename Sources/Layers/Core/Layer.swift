@_exported import Schedules

/// A description of a computation with parameters. The parameters themselves live in a tree: the layer asks
/// its ``Scope`` for them by name while it is traced.
///
/// A layer of your own is a struct whose ``forward(_:in:)`` calls tensor operations and other layers:
/// ```swift
/// struct Residual: Layer {
///   var units: Int
///   func forward(_ x: Tensor, in scope: Scope) -> Tensor {
///     x + Dense(units)(ReLU()(x), in: scope["inner"])
///   }
/// }
/// ```
public protocol Layer: Sendable {
  /// What the layer is called in summaries and in the paths ``Sequential`` makes: `dense`. The type's name
  /// with a small first letter by default.
  var label: String { get }

  /// Traces the layer. Implement this; call `callAsFunction`.
  func forward(_ x: Tensor, in scope: Scope) -> Tensor
}

extension Layer {
  public var label: String {
    let name = "\(Self.self)"
    return name.prefix(1).lowercased() + name.dropFirst()
  }

  /// Traces the layer in `scope`, whose path operations that fail will name. What has failed already goes through
  /// as it is: the first layer that fails is the one to mend.
  public func callAsFunction(_ x: Tensor, in scope: Scope) -> Tensor {
    if x.diagnostic != nil { return x }
    return TraceContext.$path.withValue(scope.path) {
      let y = forward(x, in: scope)
      scope.record(self, input: x, output: y)
      return y
    }
  }
}
