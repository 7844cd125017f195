@_exported import Arrays
import PJRT

/// A value in a lazy graph: a handle on the node that will compute it.
///
/// Operations on tensors compute nothing: they add nodes. ``evaluate(on:)`` compiles what leads to this
/// tensor and runs it, and ``compiled(for:on:body:)`` compiles a function once to run it many times. Tensors are values
/// and can be sent between tasks.
///
/// ```swift
/// let x = Tensor([1, 2, 3, 4] as [Float], shape: [2, 2])
/// let y = (x.matmul(x.transpose()) + 1).sum([1])
/// print(y.shape, try y.values(as: Float.self))  // [2] [18.0, 38.0]
/// ```
///
/// An impossible operation, on shapes that don't fit for example, returns a tensor that carries a ``Diagnostic``.
/// Whatever is built from it carries the same one, and evaluating or compiling throws it.
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

  /// Why this tensor can't be computed; nil if it can.
  public var diagnostic: Diagnostic? { node.diagnostic }

  var id: TensorID { TensorID(node: node.id, result: result) }
}

/// Which result of which node: the key of graph walks' tables.
struct TensorID: Hashable, Sendable {
  let node: UInt64
  let result: Int
}

extension Tensor {
  /// Applies a primitive, whose results are returned in order.
  /// - Parameter file: where it is applied, for a ``Diagnostic``; nil if unknown.
  public static func apply(
    _ primitive: some Primitive, to inputs: [Tensor], file: String? = #fileID, line: Int = #line
  ) -> [Tensor] {
    if let failed = inputs.first(where: { $0.diagnostic != nil }) {
      // One failed operation fails all that depend on it, with the first one's diagnostic.
      return Array(repeating: failed, count: Swift.max(1, primitive.resultCount))
    }
    do throws(ShapeError) {
      let types = try primitive.resultTypes(for: inputs.map(\.type))
      for type in types where !type.shape.isRepresentable {
        throw ShapeError(
          "the result would have shape \(type.shape): extents must be 0 or more and fit into memory")
      }
      let isRecorded = TraceContext.recordsLines || TraceContext.recordsPaths
      let origin = isRecorded ? Origin(file: file, line: line) : nil
      let node = Node(primitive, inputs: inputs, types: types, origin: origin)
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

/// What is known of a tensor before anything runs: its element type and shape.
///
/// ```swift
/// let type = TensorType(.float32, [2, 3])
/// print(type)  // tensor<2x3xf32>
/// ```
public struct TensorType: Sendable, Hashable, CustomStringConvertible {
  public let dtype: DType
  public let shape: Shape

  public init(_ dtype: DType, _ shape: Shape) {
    self.dtype = dtype
    self.shape = shape
  }

  /// As StableHLO spells it: `tensor<2x3xf32>`.
  public var description: String {
    "tensor<" + shape.map { "\($0)x" }.joined() + dtype.mlir + ">"
  }
}
