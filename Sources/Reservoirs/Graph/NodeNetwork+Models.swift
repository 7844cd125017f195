/// Models of one kind as networks of nodes, which go on as they do.
extension NodeNetwork {
  /// The network of one reservoir with one readout.
  /// - Throws: ``ReservoirError/graph(_:)`` for one that has neither inputs nor feedback.
  public init(_ network: EchoStateNetwork) throws {
    let (own, reservoir, readout) = (network.reservoir, Node(ReservoirNode(network.reservoir)), Node(RidgeRegression()))
    var graph = own.inputs > 0 ? Input() >>> reservoir >>> readout : reservoir >>> readout
    if own.feedback { graph = graph.feedingBack(readout, to: reservoir) }
    try self.init(graph, inputs: own.inputs, outputs: own.outputs, dtype: own.dtype, ReservoirUnit(network: network))
    readouts[try end] = network.readout
    try place(at: [network.state] + (own.feedback ? [network.output.expand(at: 1)] : []), last: network.output)
    isForecast = true
  }

  /// The network of nodes of a nonlinear vector autoregression, where it stands.
  public init(_ model: NVAR) { self = model.nodes }

  /// The network of nodes of reservoirs side by side, where it stands.
  public init(_ model: LocalReservoirs) { self = model.nodes }

  /// A graph with one node that draws weights, which has these.
  private init(_ graph: NodeGraph, inputs: Int, outputs: Int, dtype: DType, _ unit: some GraphUnit) throws {
    try self.init(graph, inputs: inputs, outputs: outputs, dtype: dtype) { node, place, _, _ in
      node is Input
        ? try node.unit(
          at: NodePlace(inputs: place.inputs, fedBack: 0, dtype: dtype, draws: .keyed(seed: 0))) : unit
    }
  }

  /// Goes on from given states.
  mutating func place(at states: [Tensor], last: Tensor) throws {
    let computed = try Tensor.evaluate(states + [last])
    sequences = last.shape[0]
    moved(to: Array(computed.dropLast()), last: computed.last)
  }
}
