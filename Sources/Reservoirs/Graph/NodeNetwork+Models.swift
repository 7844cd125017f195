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

  /// The network of monomials of delayed values.
  public init(_ model: NVAR) throws {
    let (input, readout, own) = (Node(Input()), Node(RidgeRegression()), model.features)
    let monomials = Monomials(delays: own.delays, stride: own.stride, orders: own.orders)
    let plain = input >>> monomials >>> readout
    let graph = model.predictsChange ? plain.adding(input, to: readout) : plain
    try self.init(
      graph, inputs: own.channels, outputs: model.outputs, dtype: model.dtype,
      MonomialUnit(features: own, dtype: model.dtype))
    readouts[try end] = model.readout
    guard let past = model.past else { return }
    let present = past.slice(own.firstStep..<own.firstStep + 1, axis: 1).squeeze(1)
    try place(at: [past.slice(0..<own.firstStep, axis: 1)], last: present)
  }

  /// The network of reservoirs side by side.
  public init(_ model: LocalReservoirs) throws {
    let (own, network) = (model.network.reservoir, model.network)
    let graph = Input() >>> PatchReservoirs(own, patches: model.patches, overlap: model.overlap) >>> RidgeRegression()
    try self.init(graph, inputs: model.points, outputs: model.points, dtype: own.dtype, PatchUnit(local: model))
    readouts[try end] = network.readout
    guard network.state.shape[0] == model.patches else { return }
    try place(at: [network.state.expand(at: 0)], last: network.output.reshape(to: [1, model.points]))
    isForecast = true
  }

  /// A graph with one node that draws weights, which has these.
  private init(_ graph: NodeGraph, inputs: Int, outputs: Int, dtype: DType, _ unit: some GraphUnit) throws {
    try self.init(graph, inputs: inputs, outputs: outputs, dtype: dtype) { node, place, _, _ in
      node is Input
        ? try node.unit(
          at: NodePlace(inputs: place.inputs, fedBack: 0, dtype: dtype, draws: .keyed(seed: 0))) : unit
    }
  }

  /// Goes on from given states.
  private mutating func place(at states: [Tensor], last: Tensor) throws {
    let computed = try Tensor.evaluate(states + [last])
    sequences = last.shape[0]
    moved(to: Array(computed.dropLast()), last: computed.last)
  }
}
