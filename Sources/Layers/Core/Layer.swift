@_exported import Schedules

/// A description of a computation with parameters. The parameters themselves are kept in a tree: while the layer is
/// traced, it asks its ``Scope`` for them by name.
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
  /// The layer's name in summaries and in the paths that ``Sequential`` makes: `dense`. By default, the type's name
  /// with a lower-case first letter.
  var label: String { get }

  /// Traces the layer. Implement this; call `callAsFunction`.
  func forward(_ x: Tensor, in scope: Scope) -> Tensor
}

extension Layer {
  public var label: String {
    let name = "\(Self.self)"
    return name.prefix(1).lowercased() + name.dropFirst()
  }

  /// Traces the layer in `scope`; operations that fail report its path. A tensor that has failed already is passed
  /// through, so that the first layer that failed is reported.
  public func callAsFunction(_ x: Tensor, in scope: Scope) -> Tensor {
    if x.diagnostic != nil { return x }
    return TraceContext.$path.withValue(scope.path) {
      let isBlock = self is any Block
      let output =
        isBlock && scope.checkpointsBlocks ? scope.checkpoint { forward(x, in: scope) } : forward(x, in: scope)
      let y = isBlock ? scope.mixed(output) : output
      scope.record(self, input: x, output: y)
      return y
    }
  }
}

/// One call of a layer, for summaries. Inner layers come before the layer that contains them.
public struct LayerRecord: Sendable {
  public let path: String
  /// ``Layer/label``: `dense`.
  public let label: String
  /// The name of the layer's Swift type: `Dense`.
  public let typeName: String
  public let input: TensorType
  public let output: TensorType
  /// The layer itself, if a trace made the record.
  public var layer: (any Layer)?
  /// The shape of the input's examples before they were flattened into one axis: `[height, width, channels]` after a
  /// ``Flatten`` of images. Nil if they were never flattened.
  public var shapeBeforeFlattening: Shape?
}
