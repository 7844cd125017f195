/// An echo state network: a reservoir whose weights are drawn once, and a linear readout that a regression gives
/// (Jaeger 2001; Jaeger and Haas 2004).
///
/// ```swift
/// var reservoir = Reservoir(units: 1000, feedback: true)
/// reservoir.scaling = .gain(0.6)
/// var network = try EchoStateNetwork(reservoir, draws: .keyed(seed: 0))
/// try network.fit(teacher: signal, washout: 2000, readout: PseudoInverseReadout(lambda: 1e-5))
/// let continued = try network.generate(steps: 5000)
/// ```
/// Series are tensors `[steps, channels]`, or `[sequences, steps, channels]` for several at once. The state is
/// carried from call to call until ``reset(sequences:)``.
///
/// **What belongs to which step.** In a step the network takes the input `u[t]` and what is fed back `z[t]`, and the
/// state after it, `x[t]`, gives the output. Without feedback `fit`'s teacher has a value for each step, the output
/// that is wanted after it. With feedback the output after a step is what the next step feeds back: the teacher has
/// one value more than there are steps; step t feeds back `teacher[t]` and its target is `teacher[t + 1]`.
/// After `fit` on n + 1 values the network stands before the step that feeds back the last of them, as it outputs it
/// itself; the first step of `generate` gives the value after the teacher's last.
public struct EchoStateNetwork: Sendable {
  public let reservoir: Reservoir
  public let weights: ReservoirWeights
  /// `[units + 1, outputs]`, biases last; nil before ``fit(inputs:teacher:washout:readout:)``.
  public internal(set) var readout: Tensor?
  /// `[sequences, units]`.
  public internal(set) var state: Tensor
  /// What the next step feeds back if it is the network's own output, `[sequences, outputs]`.
  public internal(set) var output: Tensor
  let tensors: ReservoirTensors
  var stream: UniformStream

  /// Draws a network.
  /// - Throws: ``ReservoirError`` for settings out of range, or a spectral radius that can't be had.
  public init(_ reservoir: Reservoir, draws: ReservoirDraws = .keyed(seed: 0)) throws {
    try reservoir.check()
    var stream = UniformStream(draws)
    let weights = try ReservoirWeights(reservoir, from: &stream)
    try self.init(reservoir, weights: weights, stream: stream)
  }

  /// A network of given weights.
  /// - Parameter draws: where the state's noise comes from.
  /// - Throws: ``ReservoirError`` for settings out of range, or weights that don't fit them.
  public init(_ reservoir: Reservoir, weights: ReservoirWeights, draws: ReservoirDraws = .keyed(seed: 0)) throws {
    try reservoir.check()
    try self.init(reservoir, weights: weights, stream: UniformStream(draws))
  }

  private init(_ reservoir: Reservoir, weights: ReservoirWeights, stream: UniformStream) throws {
    try weights.check(reservoir)
    (self.reservoir, self.weights, self.stream) = (reservoir, weights, stream)
    tensors = try ReservoirTensors(weights, reservoir)
    state = Tensor.zeros([1, reservoir.units], dtype: reservoir.dtype)
    output = Tensor.zeros([1, reservoir.outputs], dtype: reservoir.dtype)
    try reset()
  }

  /// Puts the state and the output back to zeros.
  /// - Parameter sequences: how many sequences run side by side from here on.
  public mutating func reset(sequences: Int = 1) throws {
    guard (1...1_000_000).contains(sequences) else {
      throw ReservoirError.setting(name: "sequences", value: "\(sequences)", allowed: "in 1...1000000")
    }
    let zeros = [
      Tensor.zeros([sequences, reservoir.units], dtype: reservoir.dtype),
      .zeros([sequences, reservoir.outputs], dtype: reservoir.dtype),
    ]
    let start = try Tensor.evaluate(zeros)
    (state, output) = (start[0], start[1])
  }

  /// The readout, or the random one that there is before.
  var currentReadout: Tensor {
    if let readout { return readout }
    let (units, outputs) = (reservoir.units, reservoir.outputs)
    let drawn = weights.untrained.isEmpty ? [Double](repeating: 0, count: units * outputs) : weights.untrained
    return Tensor(drawn + [Double](repeating: 0, count: outputs), shape: [units + 1, outputs]).cast(to: reservoir.dtype)
  }

  /// Noise for each sequence and step, or nil if there is none.
  mutating func noise(_ sequences: Int, _ steps: Int) -> Tensor? {
    guard reservoir.noise > 0 else { return nil }
    let unit = stream.noise([sequences, steps, reservoir.units])
    let scaled = reservoir.noiseRange == .positive ? unit * reservoir.noise : (unit * 2 - 1) * reservoir.noise
    return scaled.cast(to: reservoir.dtype)
  }
}
