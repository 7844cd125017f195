import PJRT

/// Several traces of a function merged into one: scalar constants by which they differ become arguments.
///
/// The learning rates of several runs, for example, are constants of their traced steps. As arguments with a batch axis
/// they let ``vectorized(over:file:line:_:)`` train the runs in one program.
public struct Unification {
  /// The values of each argument, one per trace.
  public let constants: [[HostArray]]
  private let places: [TensorID]
  private let results: [Tensor]

  /// Walks all traces in step.
  /// - Parameter traces: each one's results. They share their placeholders and whatever they use from outside.
  /// - Returns: nil if they differ by anything but scalar constants: an operation, a shape, an attribute, or a constant
  ///   inside the body of a loop or a branch.
  public init?(_ traces: [[Tensor]]) {
    guard let first = traces.first else { return nil }
    var (constants, places): ([[HostArray]], [TensorID]) = ([], [])
    let isMerged = agree(traces) { nodes in
      let one = nodes[0]
      if nodes.allSatisfy({ $0 === one }) { return true }
      // Arguments are the traces' own: another one is another input.
      if one.primitive is Placeholder { return false }
      guard nodes.allSatisfy({ $0.types == one.types }) else { return false }
      let arrays = nodes.compactMap { ($0.primitive as? Constant)?.array }
      guard arrays.count == nodes.count, arrays.contains(where: { $0 != arrays[0] }) else { return nil }
      guard arrays[0].shape.isEmpty, arrays[0].dtype.isFloatingPoint else { return false }
      constants.append(arrays)
      places.append(TensorID(node: one.id, result: 0))
      return true
    }
    guard isMerged else { return nil }
    (self.constants, self.places, results) = (constants, places, first)
  }

  /// The function's results with other values of the constants.
  /// - Parameter values: scalars, one for each of ``constants``.
  public func callAsFunction(_ values: [Tensor]) -> [Tensor] {
    substitute(Dictionary(uniqueKeysWithValues: zip(places, values)), in: results)
  }
}
