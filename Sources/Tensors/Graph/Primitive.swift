/// An operation of the graph, with everything that is known about it: its shape rule, its StableHLO, its
/// gradient and its batching rule.
///
/// A primitive is a small value: its stored properties are the operation's attributes, and two primitives are equal if
/// they are the same operation with the same attributes. Everything else in Tanren is composed of primitives. See
/// `docs/adding.md` for how to add one.
public protocol Primitive: Hashable, Sendable {
  /// The name diagnostics and tests use.
  static var name: String { get }

  /// How many results there are, known even where the shape rule fails.
  var resultCount: Int { get }

  /// The shape rule.
  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType]

  /// Writes the operation and returns its results' names. `results` are the shape rule's types.
  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value]

  /// The vector-Jacobian product: each input's cotangent, nil for inputs without one.
  ///
  /// - Parameter cotangents: one per result, of the result's type, zeros where nothing depends on it.
  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?]

  /// The batching rule: the same operation for each member of a batch.
  ///
  /// Inputs whose flag is set have a leading axis of extent `size`; at least one is. Every result must have it.
  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor]
}

extension Primitive {
  public var resultCount: Int { 1 }
}

/// A primitive without a gradient: integers, comparisons, random bits. Its inputs get no cotangent.
public protocol NonDifferentiable: Primitive {}

extension NonDifferentiable {
  public func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    Array(repeating: nil, count: inputs.count)
  }
}
