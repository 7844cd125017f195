/// How a readout is computed from states and targets, in one regression.
public protocol ReadoutRule: Configurable, Hashable {
  /// The penalty, where it is known before anything is computed; else 0.
  var penalty: Double { get }

  /// The weights `[units + 1, outputs]`, biases last, for states `[steps, units]` and targets `[steps, outputs]`.
  /// - Throws: ``ReservoirError/shape(series:found:expected:)``, or ``ReservoirError/singular(penalty:dtype:)`` where there is
  ///   no unique solution.
  func weights(_ states: Tensor, _ targets: Tensor) throws -> ReadoutWeights

  /// The same as a traced function of tensors that fit, for ensembles: a readout for each of `penalties`, float64 `[count]`, in
  /// the place of the rule's own. NaN where there is no unique solution. Nil for rules that look at numbers before they go on.
  func traced(_ states: Tensor, _ targets: Tensor, penalties: Tensor) -> TracedReadouts?

  /// How many Gram matrices the traced function keeps in memory at once.
  var tracedMatrices: Int { get }

  /// The rule with another penalty; itself if it takes none.
  func withPenalty(_ penalty: Double) -> Self

  /// The rule for a series of which only sums are kept; nil if there is none.
  var ruleOfSums: (any GramReadoutRule)? { get }
}

extension ReadoutRule {
  public var penalty: Double { 0 }

  public func traced(_ states: Tensor, _ targets: Tensor, penalties: Tensor) -> TracedReadouts? { nil }

  public var tracedMatrices: Int { 1 }

  public func withPenalty(_ penalty: Double) -> Self { self }

  public var ruleOfSums: (any GramReadoutRule)? { self as? any GramReadoutRule }
}

/// What the traced function of a ``ReadoutRule`` gives.
public struct TracedReadouts: Sendable {
  /// `[count, units + 1, outputs]`, biases last.
  public let weights: Tensor
  /// The penalties that were used, float64 `[count]`.
  public let penalties: Tensor

  public init(weights: Tensor, penalties: Tensor) { (self.weights, self.penalties) = (weights, penalties) }

  /// One readout after the other.
  init(each penalties: Tensor, _ weights: (_ penalty: Tensor) -> Tensor) {
    self.init(
      weights: penalties.shape[0] == 1
        ? weights(penalties.squeeze(0)).expand(at: 0)
        : scan(carry: [], over: [penalties]) { _, elements in ([], [weights(elements[0])]) }.outputs[0],
      penalties: penalties)
  }
}

/// A rule that needs of the states only their products, which can be summed over stretches of a long series; see
/// ``NodeNetwork/accumulate(inputs:teacher:washout:into:)``.
public protocol GramReadoutRule: ReadoutRule {
  /// - Parameters:
  ///   - gram: `[units + 1, units + 1]`, the products of the states, with ones appended, with each other.
  ///   - crossProduct: `[units + 1, outputs]`, those with the targets.
  /// - Throws: ``ReservoirError/singular(penalty:dtype:)`` where there is no unique solution.
  func weights(gram: Tensor, crossProduct: Tensor) throws -> ReadoutWeights
}

extension GramReadoutRule {
  public func weights(_ states: Tensor, _ targets: Tensor) throws -> ReadoutWeights {
    try states.checkRegression(on: targets)
    let (gram, crossProduct) = states.products(with: targets)
    return try weights(gram: gram, crossProduct: crossProduct)
  }
}

/// What a regression gave.
public struct ReadoutWeights: Sendable {
  /// `[units + 1, outputs]`, biases last.
  public let tensor: Tensor
  /// The penalty that was used.
  public let lambda: Double
}

extension Tensor {
  /// Checks that these are states `[steps, units]`, and the targets `[steps, outputs]`.
  /// - Throws: ``ReservoirError/shape(series:found:expected:)``, or why a tensor can't be computed.
  func checkRegression(on targets: Tensor) throws {
    if let diagnostic = diagnostic ?? targets.diagnostic { throw diagnostic }
    guard rank == 2, shape[0] > 0 else {
      throw ReservoirError.shape(series: "states", found: shape.dimensions, expected: "[steps, units]")
    }
    guard targets.rank == 2, targets.shape[0] == shape[0] else {
      throw ReservoirError.shape(series: "targets", found: targets.shape.dimensions, expected: "[\(shape[0]), outputs]")
    }
  }

  /// This tensor computed.
  /// - Throws: ``ReservoirError/singular(penalty:dtype:)`` if it isn't finite.
  func solution(lambda: Double) throws -> Tensor {
    let results = try Tensor.evaluate([self, isFinite().cast(to: .int32).min()])
    guard try results[1].scalar() == 1 else { throw ReservoirError.singular(penalty: lambda, dtype: dtype.rawValue) }
    return results[0]
  }

  /// `X^T X` and `X^T targets` for the rows of states with a column of ones appended, X: one product of them all.
  func products(with targets: Tensor) -> (gram: Tensor, crossProduct: Tensor) {
    let columns = shape[1] + 1
    let rows = Tensor.concatenate([withOnes(), targets], axis: 1).gramMatrix().slice(0..<columns)
    return (rows.slice(0..<columns, axis: 1), rows.slice(columns..<columns + targets.shape[1], axis: 1))
  }

  /// A Gram matrix with a penalty added to its diagonal, the last element of which is the bias'.
  func penalized(by penalty: Tensor, isBiasPenalized: Bool) -> Tensor {
    let columns = shape[0]
    var diagonal = Tensor.identity(columns, dtype: dtype)
    if !isBiasPenalized {
      diagonal = diagonal.replaced(where: Tensor.iota([columns, columns]) .== Double(columns - 1), by: 0)
    }
    return self + penalty * diagonal
  }
}
