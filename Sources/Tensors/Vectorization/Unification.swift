import PJRT

/// Several traces of a function as one: they may differ by scalar constants, which become arguments.
///
/// Learning rates of several runs, say, are constants of their traced steps. As arguments with a batch axis they let
/// ``vectorized(over:file:line:_:)`` train the runs in one program.
public struct Unification {
  /// The values of each argument, one a trace.
  public let constants: [[HostArray]]
  private let places: [TensorID]
  private let results: [Tensor]

  /// Goes through all traces in step.
  /// - Parameter traces: each one's results. They share their arguments: placeholders, and what is from outside.
  /// - Returns: nil if they differ by anything else: another operation, shape or attribute, or a constant inside a
  ///   loop's or branch's body.
  public init?(_ traces: [[Tensor]]) {
    guard let first = traces.first, traces.allSatisfy({ $0.count == first.count }) else { return nil }
    var partners: [UInt64: [UInt64]] = [:]
    var pending: [[Node]] = []
    func match(_ tensors: [Tensor]) -> Bool {
      let (result, nodes) = (tensors[0].result, tensors.map(\.node))
      guard tensors.allSatisfy({ $0.result == result }) else { return false }
      let ids = nodes.map(\.id)
      if let known = partners[ids[0]] { return known == ids }
      partners[ids[0]] = ids
      pending.append(nodes)
      return true
    }
    var (constants, places): ([[HostArray]], [TensorID]) = ([], [])
    for index in first.indices {
      guard match(traces.map { $0[index] }) else { return nil }
    }
    while let nodes = pending.popLast() {
      let one = nodes[0]
      if nodes.allSatisfy({ $0 === one }) { continue }
      guard nodes.allSatisfy({ $0.types == one.types && $0.inputs.count == one.inputs.count }) else { return nil }
      let arrays = nodes.compactMap { ($0.primitive as? Constant)?.array }
      if arrays.count == nodes.count, arrays.contains(where: { $0 != arrays[0] }) {
        guard arrays[0].shape.isEmpty, arrays[0].dtype.isFloatingPoint else { return nil }
        constants.append(arrays)
        places.append(TensorID(node: one.id, result: 0))
        continue
      }
      let text = Self.text(one)
      guard nodes.dropFirst().allSatisfy({ Self.text($0) == text }) else { return nil }
      for index in one.inputs.indices {
        guard match(nodes.map { $0.inputs[index] }) else { return nil }
      }
    }
    (self.constants, self.places, results) = (constants, places, first)
  }

  /// The function's results with other values of the constants.
  /// - Parameter values: scalars, one for each of ``constants``.
  public func callAsFunction(_ values: [Tensor]) -> [Tensor] {
    substitute(Dictionary(uniqueKeysWithValues: zip(places, values)), in: results)
  }

  /// What a node computes, whatever its inputs are.
  private static func text(_ node: Node) -> [String] {
    var writer = ProgramWriter(kernels: Kernels(reason: "nothing is computed"))
    let inputs = node.inputs.enumerated().map { Value(name: ProgramWriter.argument($0), type: $1.type) }
    _ = node.primitive.emit(inputs, node.types, to: &writer)
    return [type(of: node.primitive).name] + writer.lines
  }
}
