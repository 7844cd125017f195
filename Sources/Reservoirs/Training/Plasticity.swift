import PJRT

/// Intrinsic plasticity: each unit's gain and bias adapt, without a teacher, until its activity is distributed as it
/// should be (Triesch 2005; for tanh Schrauwen et al. 2008).
public struct IntrinsicPlasticity: Sendable, Hashable {
  public enum Distribution: Sendable, Hashable {
    /// For tanh.
    case normal(mean: Double, deviation: Double)
    /// For the sigmoid.
    case exponential(mean: Double)
  }

  public var distribution: Distribution
  public var learningRate: Double
  public var epochs: Int

  public init(
    _ distribution: Distribution = .normal(mean: 0, deviation: 0.2), learningRate: Double = 5e-4, epochs: Int = 1
  ) {
    (self.distribution, self.learningRate, self.epochs) = (distribution, learningRate, epochs)
  }

  /// How much gains and biases change for units whose sums and activities these are.
  func changes(gain: Tensor, sums: Tensor, activity y: Tensor) -> (gain: Tensor, bias: Tensor) {
    let bias =
      switch distribution {
      case .normal(let mean, let deviation):
        mean / (deviation * deviation)
          - y / (deviation * deviation) * (2 * deviation * deviation + 1 - y.squared() + mean * y)
      case .exponential(let mean): 1 - (2 + 1 / mean) * y + y.squared() / mean
      }
    return (learningRate * (1 / gain + bias * sums), learningRate * bias)
  }
}

/// Local plasticity: each recurrent weight changes by what it carries and what it helps to cause (Morales et al. 2021).
public struct LocalPlasticity: Sendable, Hashable {
  /// With the state before, x of the unit that sends, and after, y of the one that receives, and the weight w.
  public enum Rule: String, Sendable, CaseIterable {
    /// `y·x`
    case hebbian
    /// `-y·x`
    case antiHebbian
    /// `y·(x - y·w)`
    case oja
    /// `-y·(x - y·w)`
    case antiOja
    /// `y·(y - θ)·x`
    case bcm
  }

  public var rule: Rule
  public var learningRate: Double
  /// θ of ``Rule/bcm``.
  public var threshold: Double
  /// Whether each unit's incoming weights have length 1 after each step.
  public var normalizes: Bool
  public var epochs: Int

  public init(
    _ rule: Rule = .oja, learningRate: Double = 1e-3, threshold: Double = 0, normalizes: Bool = false, epochs: Int = 1
  ) {
    (self.rule, self.learningRate, self.threshold) = (rule, learningRate, threshold)
    (self.normalizes, self.epochs) = (normalizes, epochs)
  }

  /// The weights `[units, width]` after a step.
  func changed(_ weights: Tensor, sent x: Tensor, received: Tensor, isThere: Tensor) -> Tensor {
    let y = received.expand(at: 1)
    let change =
      switch rule {
      case .hebbian: y * x
      case .antiHebbian: -(y * x)
      case .oja: y * (x - y * weights)
      case .antiOja: -(y * (x - y * weights))
      case .bcm: y * (y - threshold) * x
      }
    let next = weights + learningRate * change * isThere
    guard normalizes else { return next }
    let lengths = next.squared().sum([1], keepDims: true).sqrt()
    return next / lengths.replaced(where: lengths .== 0, by: 1)
  }
}

extension EchoStateNetwork {
  /// The network with weights that intrinsic plasticity has adapted to inputs: row i of all weights is multiplied by
  /// unit i's gain, and its bias added.
  ///
  /// It stands at rest, without a readout.
  /// - Parameters:
  ///   - inputs: one sequence, `[steps, inputs]`.
  ///   - washout: steps at the start of each epoch that nothing is learned from.
  /// - Throws: ``ReservoirError``, ``ReservoirError/diverged(step:)`` for a learning rate too great.
  public func adapted(
    to inputs: Tensor, by rule: IntrinsicPlasticity, washout: Int = 0
  ) throws -> EchoStateNetwork {
    let (sums, units) = (try plasticSums(inputs, washout: washout), reservoir.units)
    var carry = [
      state, Tensor.ones([units], dtype: reservoir.dtype), Tensor.zeros([units], dtype: reservoir.dtype),
    ]
    for _ in 0..<max(1, rule.epochs) {
      let looped = scan(carry: carry, over: [sums.expand(at: 1)]) { carry, elements in
        let reaching = tensors.product(carry[0]) + elements[0]
        let activity = tensors.dynamics.activation(carry[1] * reaching + carry[2])
        let next = tensors.leak[0] * carry[0] + tensors.leak[1] * activity
        let change = rule.changes(gain: carry[1], sums: reaching.squeeze(0), activity: activity.squeeze(0))
        return ([next, carry[1] + change.gain, carry[2] + change.bias], [])
      }
      carry = try Tensor.evaluate(looped.carry)
    }
    let gains: [Double] = try carry[1].cast(to: .float64).values()
    let biases: [Double] = try carry[2].cast(to: .float64).values()
    guard (gains + biases).allSatisfy(\.isFinite) else { throw ReservoirError.diverged(step: sums.shape[0]) }
    func scaled(_ rows: [Double]) -> [Double] { rows.enumerated().map { $1 * gains[$0 % units] } }
    let bias = weights.bias.isEmpty ? [Double](repeating: 0, count: units) : weights.bias
    return try withWeights(
      SparseMatrix(
        values: weights.recurrent.values.enumerated().map { $1 * gains[$0 / weights.recurrent.width] },
        columns: weights.recurrent.columns, size: units, width: weights.recurrent.width),
      input: scaled(weights.input), bias: zip(scaled(bias), biases).map { $0 + $1 })
  }

  /// The network with recurrent weights that local plasticity has changed while inputs drove it. Weights that aren't
  /// there stay away.
  ///
  /// It stands at rest, without a readout.
  /// - Parameters: as ``adapted(to:by:washout:)-(_,IntrinsicPlasticity,_)`` has them.
  /// - Throws: ``ReservoirError``, ``ReservoirError/diverged(step:)`` if weights overflow, as they may without
  ///   normalization.
  public func adapted(to inputs: Tensor, by rule: LocalPlasticity, washout: Int = 0) throws -> EchoStateNetwork {
    let (sums, matrix) = (try plasticSums(inputs, washout: washout), weights.recurrent)
    let shape: Shape = [reservoir.units, matrix.width]
    let columns = Tensor(matrix.columns, shape: shape).asArgument()
    let start = try Tensor(matrix.values, shape: shape).cast(to: reservoir.dtype).evaluate()
    let isThere = try (start .!= 0).cast(to: reservoir.dtype).evaluate()
    var carry = [state.squeeze(0), start]
    for _ in 0..<max(1, rule.epochs) {
      let looped = scan(carry: carry, over: [sums]) { carry, elements in
        let sent = carry[0].take(columns)
        let reaching = (carry[1] * sent).sum([1]) + elements[0]
        let next = tensors.dynamics.next(carry[0], reaching, leak: tensors.leak, rotated: nil)
        return ([next, rule.changed(carry[1], sent: sent, received: next, isThere: isThere)], [])
      }
      carry = try Tensor.evaluate(looped.carry)
    }
    let values: [Double] = try carry[1].cast(to: .float64).values()
    guard values.allSatisfy(\.isFinite) else { throw ReservoirError.diverged(step: sums.shape[0]) }
    return try withWeights(
      SparseMatrix(values: values, columns: matrix.columns, size: matrix.size, width: matrix.width),
      input: weights.input, bias: weights.bias)
  }

  /// What reaches the units from outside at each step `[steps, units]`.
  private func plasticSums(_ given: Tensor, washout: Int) throws -> Tensor {
    guard !reservoir.feedback, reservoir.unit == .leaky else {
      throw ReservoirError.setting(
        name: reservoir.feedback ? "feedback" : "unit", value: reservoir.feedback ? "true" : reservoir.unit.rawValue,
        allowed: reservoir.feedback ? "false for plasticity" : "leaky for plasticity")
    }
    guard let inputs = try series(inputs: given), inputs.sequences == 1, state.shape[0] == 1 else {
      throw ReservoirError.shape(series: "inputs", found: Array(given.shape), expected: "of one sequence")
    }
    guard washout >= 0, washout < inputs.steps else {
      throw ReservoirError.washout(steps: washout, length: inputs.steps)
    }
    let learned = inputs.tensor.squeeze(0).slice(washout..<inputs.steps)
    return try (learned.matmul(tensors.input) + tensors.bias).evaluate()
  }
}
