import Configuration
import OrderedCollections

/// Reservoirs side by side as a node: what it reads is a field on a circle, of which each patch has a reservoir that also
/// sees `overlap` points on either side. A readout of it is one for all patches. ``LocalReservoirs`` has one such node.
public struct PatchReservoirs: GraphNode {
  public static let declaration = Declaration(
    "localReservoirs", "reservoirs side by side along a circle, with the same weights",
    standard: PatchReservoirs(Reservoir(units: 1000)),
    reference: LocalReservoirs.reference,
    settings: LocalReservoirs.settings(patches: \.patches, overlap: \.overlap) + Reservoir.settings.of(\.reservoir))

  public var patches: Int
  public var overlap: Int
  public var reservoir: Reservoir

  public init(_ reservoir: Reservoir, patches: Int = 8, overlap: Int = 6) {
    (self.reservoir, self.patches, self.overlap) = (reservoir, patches, overlap)
  }

  public var fixedWidth: Int? { patches * reservoir.units }

  public func unit(at place: NodePlace) throws -> any GraphUnit {
    let circle = try circle(at: place)
    var own = reservoir
    (own.inputs, own.outputs, own.feedback, own.dtype) = (circle.seen, circle.size, false, place.dtype)
    return try PatchUnit(circle, network: EchoStateNetwork(own, draws: place.draws))
  }

  public func unit(at place: NodePlace, arrays: OrderedDictionary<String, HostArray>) throws -> any GraphUnit {
    try PatchUnit(circle(at: place), network: EchoStateNetwork(arrays: arrays))
  }

  private func circle(at place: NodePlace) throws(ReservoirError) -> CirclePatches {
    try CirclePatches(points: place.inputs + place.fedBack, patches: patches, overlap: overlap)
  }
}

/// The weights of ``PatchReservoirs``.
struct PatchUnit: GraphUnit {
  let circle: CirclePatches
  /// The network of each patch, whose state and readout aren't used.
  var network: EchoStateNetwork
  private var weights: ReservoirTensors

  /// - Throws: ``ReservoirError`` for a network of other inputs than a patch's.
  init(_ circle: CirclePatches, network: EchoStateNetwork) throws(ReservoirError) {
    guard network.reservoir.inputs == circle.seen else {
      throw .malformedFile(
        path: nil, reason: "its network has \(network.reservoir.inputs) inputs, not those of \(circle.patches) patches")
    }
    (self.circle, self.network, weights) = (circle, network, network.tensors)
  }

  private var units: Int { network.reservoir.units }
  var patches: Int { circle.patches }
  var outputs: Int { patches * units }

  func rest(_ rows: Int) -> [Tensor] { [.zeros([rows, patches, units], dtype: network.reservoir.dtype)] }

  mutating func noise(_ sequences: Int, _ steps: Int) -> Tensor? {
    guard let noise = network.noise(sequences * patches, steps) else { return nil }
    return noise.reshape(to: [sequences, patches, steps, units]).moveAxis(from: 1, to: 2)
  }

  func step(_ state: [Tensor], _ signals: NodeSignals) -> (state: [Tensor], output: Tensor) {
    let rows = state[0].shape[0]
    let seen = circle.surroundings(signals.all).reshape(to: [rows * patches, -1])
    var sums = seen.matmul(weights.input) + weights.bias
    if let noise = signals.noise { sums = sums + noise.reshape(to: [-1, units]) }
    let next = weights.step(rows: state[0].reshape(to: [-1, units]), sums)
    return ([next.reshape(to: [rows, patches, units])], weights.dynamics.observed(next).reshape(to: [rows, outputs]))
  }

  func series(_ state: [Tensor], _ signals: NodeSignals) -> (state: [Tensor], output: Tensor) {
    let field = signals.all
    let (sequences, steps) = (field.shape[0], field.shape[1])
    func byPatch(_ tensor: Tensor) -> Tensor {
      tensor.reshape(to: [sequences, steps, patches, -1]).moveAxis(from: 2, to: 1)
        .reshape(to: [sequences * patches, steps, -1])
    }
    let states = weights.states(
      steps, fromEach: state[0].reshape(to: [-1, units]), inputs: byPatch(circle.surroundings(field)), teacher: nil,
      noise: signals.noise.map(byPatch))
    let last = states.slice(steps - 1..<steps, axis: 1).reshape(to: [sequences, patches, units])
    let seen = weights.dynamics.observed(states).reshape(to: [sequences, patches, steps, units])
    return ([last], seen.moveAxis(from: 1, to: 2).reshape(to: [sequences, steps, outputs]))
  }

  func arrays() throws -> OrderedDictionary<String, HostArray> { try network.arrays() }
  var undifferentiable: ReservoirError? { network.reservoir.undifferentiable }
  var tensors: [Tensor] { weights.all }
  var trainedWeights: [TrainedWeight] { weights.trainedWeights }

  func keeping(_ tensors: [Tensor]) throws -> PatchUnit {
    try PatchUnit(circle, network: network.keeping(weights.with(tensors)))
  }

  func with(_ tensors: [Tensor]) -> PatchUnit {
    var other = self
    other.weights = weights.with(tensors)
    return other
  }

  func isDrawn(as other: any GraphUnit) -> Bool {
    (other as? PatchUnit).map { network.isDrawn(as: $0.network) } ?? false
  }

  func stacked(with others: [any GraphUnit]) throws -> [Tensor] {
    try ReservoirTensors.stacked([network] + others.compactMap { ($0 as? PatchUnit)?.network })
  }
}
