/// A value in a lazy graph: a handle on the node that will compute it.
///
/// Operations on tensors compute nothing. They add nodes; ``evaluate(on:)`` compiles what leads to this
/// tensor and runs it, and ``Program`` compiles a function once to run it many times. Tensors are values and
/// can be sent between tasks.
///
/// An operation that can't be (shapes that don't fit, say) returns a tensor that carries a ``Diagnostic``;
/// what is built from it carries the same one, and evaluating or compiling throws it.
public struct Tensor: Sendable {
  let node: Node
  let result: Int

  init(node: Node, result: Int = 0) {
    self.node = node
    self.result = result
  }

  public var type: TensorType { node.types[result] }
  public var dtype: DType { type.dtype }
  public var shape: Shape { type.shape }
  public var rank: Int { shape.rank }

  /// Why this tensor can't be computed, if it can't.
  public var diagnostic: Diagnostic? { node.diagnostic }

  var id: TensorID { TensorID(node: node.id, result: result) }
}

/// Which result of which node: what graph walks key their tables by.
struct TensorID: Hashable, Sendable {
  let node: UInt64
  let result: Int
}

extension Tensor {
  /// Applies a primitive, whose results are returned in order.
  /// - Parameter file: where it is applied, for the ``Diagnostic`` of one that can't be; nil where that isn't known.
  public static func apply(
    _ primitive: some Primitive, to inputs: [Tensor], file: String? = #fileID, line: Int = #line
  ) -> [Tensor] {
    if let failed = inputs.first(where: { $0.diagnostic != nil }) {
      // One failed operation fails all that needs it, with the first one's diagnostic.
      return Array(repeating: failed, count: Swift.max(1, primitive.resultCount))
    }
    do throws(ShapeError) {
      let types = try primitive.resultTypes(for: inputs.map(\.type))
      for type in types where !type.shape.isRepresentable {
        throw ShapeError(
          "the result would have shape \(type.shape): extents must be 0 or more and fit into memory")
      }
      let node = Node(primitive, inputs: inputs, types: types)
      return types.indices.map { Tensor(node: node, result: $0) }
    } catch {
      let failed = Tensor.failed(
        Diagnostic(
          operation: Swift.type(of: primitive).name, message: error.message, inputs: inputs.map(\.type),
          path: TraceContext.path, file: file, line: line))
      return Array(repeating: failed, count: Swift.max(1, primitive.resultCount))
    }
  }

  /// Applies a primitive of one result.
  package init(_ primitive: some Primitive, _ inputs: [Tensor], file: String? = nil, line: Int = 0) {
    self = Tensor.apply(primitive, to: inputs, file: file, line: line)[0]
  }

  /// A tensor that carries `diagnostic` to whoever evaluates it.
  public static func failed(_ diagnostic: Diagnostic) -> Tensor {
    Tensor(node: Node(Failure(), inputs: [], types: [TensorType(.float32, [])], diagnostic: diagnostic))
  }

  /// As ``failed(_:)``, describing an operation made of several primitives.
  package static func failed(
    _ operation: String, _ message: String, _ inputs: [Tensor], file: String?, line: Int
  ) -> Tensor {
    inputs.first { $0.diagnostic != nil }
      ?? .failed(
        Diagnostic(
          operation: operation, message: message, inputs: inputs.map(\.type), path: TraceContext.path,
          file: file, line: line))
  }
}
