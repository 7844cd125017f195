import Layers
import OrderedCollections

/// Where the series that drives a network comes in.
public struct Input: GraphNode {
  public static let declaration = Declaration(
    "input", "the series that drives the network", standard: Input(),
    settings: [
      Setting("channels", \.channels, .integers(in: 0...100_000), "channels of the series, from 0; [] for all")
    ])

  /// Empty for all.
  public var channels: [Int]

  public init(channels: [Int] = []) { self.channels = channels }

  public func unit(at place: NodePlace) throws -> any GraphUnit { PassingUnit(outputs: place.inputs) }
}

/// What a node put out some steps ago; zeros before. A cycle needs one, or feedback.
public struct Delay: GraphNode {
  public static let declaration = Declaration(
    "delay", "what was read some steps ago", standard: Delay(),
    settings: [Setting("steps", \.steps, .integer(in: 1...100_000), "how many")])

  public var steps: Int

  public init(_ steps: Int = 1) { self.steps = steps }

  public func unit(at place: NodePlace) throws -> any GraphUnit { PassingUnit(outputs: place.inputs + place.fedBack) }
}

/// Puts out what it reads.
private struct PassingUnit: GraphUnit {
  let outputs: Int

  func step(_ state: [Tensor], _ signals: NodeSignals) -> (state: [Tensor], output: Tensor) { ([], signals.all) }
  func series(_ state: [Tensor], _ signals: NodeSignals) -> (state: [Tensor], output: Tensor) { ([], signals.all) }
}

/// A function of each number.
struct ActivationUnit: GraphUnit {
  let activation: any Activation
  let outputs: Int

  func step(_ state: [Tensor], _ signals: NodeSignals) -> (state: [Tensor], output: Tensor) {
    ([], activation(signals.all))
  }

  func series(_ state: [Tensor], _ signals: NodeSignals) -> (state: [Tensor], output: Tensor) { step(state, signals) }
}

/// ``Reservoir`` as a node: its inputs are what it reads, and what is fed back to it reaches it by feedback weights.
public struct ReservoirNode: GraphNode {
  public static let declaration = Declaration(
    "reservoir", "a reservoir, whose weights are drawn once", standard: ReservoirNode(Reservoir(units: 1000)),
    settings: Reservoir.settings.of(\.reservoir))

  public var reservoir: Reservoir
  /// Nil to draw them.
  public let weights: ReservoirWeights?

  /// - Parameters:
  ///   - reservoir: its inputs, outputs, feedback and element type are set to what the node's place asks for.
  ///   - weights: weights of your own: `input` those of what it reads, `feedback` those of what is fed back to it.
  public init(_ reservoir: Reservoir, weights: ReservoirWeights? = nil) {
    (self.reservoir, self.weights) = (reservoir, weights)
  }

  public var fixedWidth: Int? { reservoir.units }

  public func unit(at place: NodePlace) throws -> any GraphUnit {
    var own = reservoir
    (own.inputs, own.outputs, own.feedback) = (place.inputs, max(1, place.fedBack), place.fedBack > 0)
    own.dtype = place.dtype
    return ReservoirUnit(
      network: try weights.map { try EchoStateNetwork(own, weights: $0, draws: place.draws) }
        ?? EchoStateNetwork(own, draws: place.draws))
  }

  public func unit(at place: NodePlace, arrays: OrderedDictionary<String, HostArray>) throws -> any GraphUnit {
    ReservoirUnit(network: try EchoStateNetwork(arrays: arrays))
  }
}

extension Reservoir: GraphPart {
  public var graph: NodeGraph { ReservoirNode(self).graph }
}

extension Node {
  /// A reservoir whose weights are drawn; ``ReservoirNode`` takes weights of your own.
  public convenience init(_ reservoir: Reservoir, name: String? = nil) {
    self.init(ReservoirNode(reservoir), name: name)
  }
}

struct ReservoirUnit: GraphUnit {
  /// Its state and readout aren't used.
  var network: EchoStateNetwork
  private(set) var weights: ReservoirTensors

  init(network: EchoStateNetwork) { (self.network, weights) = (network, network.tensors) }

  var outputs: Int { network.reservoir.units }

  func rest(_ rows: Int) -> [Tensor] { [.zeros([rows, outputs], dtype: network.reservoir.dtype)] }

  mutating func noise(_ sequences: Int, _ steps: Int) -> Tensor? { network.noise(sequences, steps) }

  func step(_ state: [Tensor], _ signals: NodeSignals) -> (state: [Tensor], output: Tensor) {
    let reaching = [signals.input?.matmul(weights.input), signals.fedBack?.matmul(weights.feedback), signals.noise]
    let sums = reaching.compactMap(\.self).reduce(weights.bias.expand(at: 0)) { $0 + $1 }
    let next = weights.step(rows: state[0], sums)
    return ([next], weights.dynamics.observed(next))
  }

  func series(_ state: [Tensor], _ signals: NodeSignals) -> (state: [Tensor], output: Tensor) {
    let steps = signals.parts.compactMap(\.self).first?.shape[1] ?? 0
    let states = weights.states(
      steps, fromEach: state[0], inputs: signals.input, teacher: signals.fedBack, noise: signals.noise)
    return ([states.slice(steps - 1..<steps, axis: 1).squeeze(1)], weights.dynamics.observed(states))
  }

  func arrays() throws -> OrderedDictionary<String, HostArray> { try network.arrays() }
  var undifferentiable: ReservoirError? { network.reservoir.undifferentiable }
  var tensors: [Tensor] { weights.all }
  var trainedWeights: [TrainedWeight] { weights.trainedWeights }

  func keeping(_ tensors: [Tensor]) throws -> ReservoirUnit {
    try ReservoirUnit(network: network.keeping(weights.with(tensors)))
  }

  func with(_ tensors: [Tensor]) -> ReservoirUnit {
    var other = self
    other.weights = weights.with(tensors)
    return other
  }

  func isDrawn(as other: any GraphUnit) -> Bool {
    (other as? ReservoirUnit).map { network.isDrawn(as: $0.network) } ?? false
  }

  func stacked(with others: [any GraphUnit]) throws -> [Tensor] {
    try ReservoirTensors.stacked([network] + others.compactMap { ($0 as? ReservoirUnit)?.network })
  }
}

/// ``DelayFeatures`` as a node: monomials of present and past values, which are zeros before the series begins.
public struct Monomials: GraphNode {
  public static let declaration = Declaration(
    "nvar", "monomials of present and past values", standard: Monomials(),
    reference: Reference(
      "Gauthier et al.", 2021, "Next generation reservoir computing", "https://doi.org/10.1038/s41467-021-25801-2"),
    settings: settings)

  static let settings: [Setting<Monomials>] = [
    Setting("delays", \.delays, .integer(in: 1...10_000), "values of each channel, the present one among them"),
    Setting("stride", \.stride, .integer(in: 1...100_000), "steps from one of them to the next"),
    Setting("orders", \.orders, .integers(in: 1...6), "orders of the monomials; 1 for the values themselves"),
  ]

  public var delays: Int
  public var stride: Int
  public var orders: [Int]

  public init(delays: Int = 2, stride: Int = 1, orders: [Int] = [1, 2]) {
    (self.delays, self.stride, self.orders) = (delays, stride, orders)
  }

  public func unit(at place: NodePlace) throws -> any GraphUnit {
    let features = DelayFeatures(channels: place.inputs + place.fedBack, delays: delays, stride: stride, orders: orders)
    try features.check()
    return MonomialUnit(features: features, dtype: place.dtype)
  }
}

struct MonomialUnit: GraphUnit {
  let features: DelayFeatures
  let dtype: DType

  var outputs: Int { features.count }
  var firstStep: Int { features.firstStep }

  /// The last values before the next step, `[rows, firstStep, channels]`.
  func rest(_ rows: Int) -> [Tensor] { [.zeros([rows, firstStep, features.channels], dtype: dtype)] }

  func step(_ state: [Tensor], _ signals: NodeSignals) -> (state: [Tensor], output: Tensor) {
    let run = series(state, NodeSignals([signals.all.expand(at: 1), nil, nil]))
    return (run.state, run.output.squeeze(1))
  }

  func series(_ state: [Tensor], _ signals: NodeSignals) -> (state: [Tensor], output: Tensor) {
    let all = Tensor.concatenate([state[0], signals.all], axis: 1)
    let (rows, length) = (all.shape[0], all.shape[1])
    let linear = Tensor.concatenate(
      (0..<features.delays).map { delay in
        let past = delay * features.stride
        return all.slice(firstStep - past..<length - past, axis: 1)
      }, axis: 2)
    let found = features.features(of: linear.reshape(to: [-1, features.linearCount]))
    return ([all.slice(length - firstStep..<length, axis: 1)], found.reshape(to: [rows, -1, features.count]))
  }
}
