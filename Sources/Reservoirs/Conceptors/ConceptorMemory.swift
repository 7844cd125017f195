/// Patterns that one reservoir has stored, each of which its ``Conceptor`` recalls without input (Jaeger 2014).
///
/// ```swift
/// func wave(_ frequency: Double) -> Tensor {
///   Tensor((0..<600).map { sin(frequency * Double($0)) }, shape: [600, 1])
/// }
/// var reservoir = Reservoir(units: 100, inputs: 1)
/// (reservoir.scaling, reservoir.inputScale, reservoir.biasScale) = (.spectralRadius(1.5), 1.5, 0.2)
/// let memory = try ConceptorMemory(
///   EchoStateNetwork(reservoir), patterns: [wave(0.5), wave(0.73)], washout: 200, aperture: 10)
/// let first = try memory.recall(memory.conceptors[0], steps: 100)     // [100, 1]
/// let between = try memory.recall(.mix([(0.5, memory.conceptors[0]), (0.5, memory.conceptors[1])]), steps: 100)
/// ```
public struct ConceptorMemory: Sendable {
  /// The network that the patterns drove.
  public let network: EchoStateNetwork
  /// One for each pattern.
  public let conceptors: [Conceptor]
  /// `[units, units]`, transposed: the recurrent weights that have taken the inputs' part.
  public let recurrent: Tensor
  /// `[units + 1, inputs]`, biases last: the patterns from the states.
  public let readout: Tensor
  /// The states after each pattern, `[patterns, units]`.
  private let ends: Tensor

  /// Drives a network with each pattern from rest, and learns from all of them weights by which it moves on by itself, and a
  /// readout.
  /// - Parameters:
  ///   - network: leaky units with inputs, without feedback.
  ///   - patterns: series `[steps, inputs]`.
  ///   - washout: steps at the start of each that nothing is learned from.
  ///   - aperture: α of the conceptors.
  ///   - loading: the ridge penalty of the recurrent weights.
  ///   - rule: how the readout is computed.
  /// - Throws: ``ReservoirError``.
  public init(
    _ network: EchoStateNetwork, patterns: [Tensor], washout: Int = 0, aperture: Double = 10, loading: Double = 1e-4,
    readout rule: any ReadoutRule = RidgeRegression(lambda: 1e-4)
  ) throws {
    let reservoir = network.reservoir
    guard !reservoir.feedback, reservoir.unit == .leaky, reservoir.inputs > 0, !reservoir.squares else {
      throw ReservoirError.setting(
        name: "reservoir", value: "\(reservoir.unit.rawValue) units, \(reservoir.inputs) inputs",
        allowed: "leaky units with inputs, without feedback and squares")
    }
    guard !patterns.isEmpty else {
      throw ReservoirError.shape(series: "patterns", found: [], expected: "one or more [steps, \(reservoir.inputs)]")
    }
    let tensors = network.tensors
    var (before, reaching, after, targets, ends): ([Tensor], [Tensor], [Tensor], [Tensor], [Tensor]) = (
      [], [], [], [], []
    )
    var conceptors: [Conceptor] = []
    for pattern in patterns {
      var driven = network
      try driven.reset()
      let states = try driven.drive(inputs: pattern)
      guard states.rank == 2, washout >= 0, washout + 1 < states.shape[0] else {
        throw ReservoirError.washout(steps: washout, length: states.shape[0])
      }
      let (first, steps) = (washout + 1, states.shape[0])
      let (old, new) = (states.slice(first - 1..<steps - 1), states.slice(first..<steps))
      let inputs = pattern.cast(to: reservoir.dtype).slice(first..<steps)
      before.append(old)
      reaching.append(tensors.product(old) + inputs.matmul(tensors.input))
      after.append(new)
      targets.append(inputs)
      ends.append(states.slice(steps - 1..<steps))
      conceptors.append(try Conceptor(states: new, aperture: aperture))
    }
    let rows = [before, reaching, after, targets, ends].map { Tensor.concatenate($0) }
    let computed = try Tensor.evaluate(rows)
    let (old, sums) = (computed[0].cast(to: .float64), computed[1].cast(to: .float64))
    let regular = old.gramMatrix() + loading * Tensor.identity(reservoir.units, dtype: .float64)
    recurrent = try regular.solve(old.transpose().matmul(sums), structure: .positiveDefinite)
      .solution(lambda: loading).cast(to: reservoir.dtype).evaluate()
    readout = try rule.weights(computed[2], computed[3]).tensor
    (self.network, self.conceptors, self.ends) = (network, conceptors, computed[4])
  }

  /// Runs without input: each state passes through a conceptor.
  /// - Parameter start: `[units]`; nil for the state after the pattern whose conceptor it is nearest to.
  /// - Returns: `[steps, inputs]`.
  /// - Throws: ``ReservoirError``, ``ReservoirError/diverged(step:)``.
  public func recall(_ conceptor: Conceptor, steps: Int, from start: Tensor? = nil) throws -> Tensor {
    guard (1...100_000_000).contains(steps) else {
      throw ReservoirError.setting(name: "steps", value: "\(steps)", allowed: "in 1...100000000")
    }
    let units = network.reservoir.units
    let begin = try start ?? ends[nearest(to: conceptor)]
    guard conceptor.matrix.shape == [units, units], begin.shape == [units] else {
      throw ReservoirError.shape(
        series: "conceptor and start", found: Array(conceptor.matrix.shape) + Array(begin.shape),
        expected: "[\(units), \(units)] and [\(units)]")
    }
    let (tensors, filter) = (network.tensors, conceptor.matrix.cast(to: network.reservoir.dtype))
    let looped = scan(carry: [begin.cast(to: network.reservoir.dtype).expand(at: 0)], over: [], length: steps) {
      carry, _ in
      let next = tensors.dynamics.next(
        carry[0], carry[0].matmul(recurrent) + tensors.bias, leak: tensors.leak, rotated: nil)
      let filtered = next.matmul(filter)
      return ([filtered], [filtered.readOut(readout).squeeze(0)])
    }
    let results = try Tensor.evaluate([looped.outputs[0].isFinite().all([1]), looped.outputs[0]])
    let finite: [Bool] = try results[0].values()
    if let step = finite.firstIndex(of: false) { throw ReservoirError.diverged(step: step) }
    return results[1]
  }

  private func nearest(to conceptor: Conceptor) throws -> Int {
    let distances = try conceptors.map { try ($0.matrix - conceptor.matrix).squared().sum().scalar() }
    return distances.indices.min { distances[$0] < distances[$1] } ?? 0
  }
}
