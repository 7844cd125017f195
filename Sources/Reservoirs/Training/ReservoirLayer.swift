import Layers

/// A network as a layer whose weights are all trained by backpropagation through its steps: the other way to learn
/// what ``NodeNetwork`` learns by regressions.
///
/// ```swift
/// let series = Tensor(Lorenz().series(1001), shape: [1001, 3])
/// var network = try NodeNetwork(
///   Input() >>> Reservoir(units: 50) >>> RidgeRegression(lambda: 1e-6), inputs: 3, outputs: 3)
/// try network.fit(inputs: series.slice(0..<1000), teacher: series.slice(1..<1001), washout: 100)
/// let model = try ReservoirLayer(network, washout: 20)
/// let data = try model.sequences(of: series.slice(0..<1000), targets: series.slice(1..<1001), length: 50)
/// print(data.inputs.shape, data.targets.shape)    // [19, 70, 3] [19, 50, 3]
/// let variables = try model.variables(for: data.inputs.type, key: Key(seed: 0))   // what a 'Trainer' trains
/// let trained = try model.trained(by: variables.parameters)                       // a network, which generates and is saved
/// ```
/// It takes sequences `[batch, time, inputs]`, each from a state of rest, to outputs `[batch, time, outputs]`. Where readouts are
/// fed back, further channels at the end may give what they put out in the step before, as a teacher does: `[batch, time,
/// inputs + outputs]`; without them each step feeds back its own output. Noise is left out.
///
/// Its parameters are what is added to the network's own weights, and start at zero: the untrained layer is the network, and
/// weight decay draws back to it. Recurrent weights that aren't there stay away. A readout is trained whatever its rule; one
/// that has learned nothing yet is drawn (Glorot uniform). Paths are those of the nodes: `reservoir/recurrent`, `ridge/readout`.
public struct ReservoirLayer: Layer {
  public let network: NodeNetwork
  /// Whether only the readouts are trained.
  public var keepsReservoir: Bool
  /// Steps at the start of each sequence whose outputs are left out.
  public var washout: Int
  /// Which outputs are returned.
  public var result: Recurrent.Result
  /// Whether paths begin with the nodes' names.
  private let namesNodes: Bool
  /// The node whose outputs are the layer's.
  private let end: Int

  /// - Throws: ``ReservoirError/undifferentiable(node:reason:)`` for a node whose steps have no derivative, such as spiking
  ///   units; ``ReservoirError/graph(_:)`` for a network with several outputs.
  public init(
    _ network: NodeNetwork, keepsReservoir: Bool = false, washout: Int = 0, result: Recurrent.Result = .sequence
  ) throws(ReservoirError) {
    try self.init(network, keepsReservoir, washout, result, namesNodes: true)
  }

  /// An echo state network: the ``NodeNetwork`` that it equals, with the readout that it has before it is fitted. Paths are the
  /// weights' alone: `recurrent`, `readout`.
  public init(
    _ network: EchoStateNetwork, keepsReservoir: Bool = false, washout: Int = 0, result: Recurrent.Result = .sequence
  ) throws {
    var nodes = try NodeNetwork(network)
    nodes.readouts[try nodes.end] = network.currentReadout
    try self.init(nodes, keepsReservoir, washout, result, namesNodes: false)
  }

  private init(
    _ network: NodeNetwork, _ keepsReservoir: Bool, _ washout: Int, _ result: Recurrent.Result, namesNodes: Bool
  ) throws(ReservoirError) {
    for part in network.parts {
      guard let error = part.unit?.undifferentiable else { continue }
      throw .undifferentiable(node: part.name, reason: error.description)
    }
    (self.network, self.keepsReservoir, self.washout, self.result) = (network, keepsReservoir, washout, result)
    (self.namesNodes, end) = (namesNodes, try network.end)
  }

  /// The channels of what readouts put out in the step before, after those of the inputs.
  private var teacherChannels: Int {
    network.fedBackReadouts.reduce(0) { $0 + network.parts[$1.readout].width }
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    let (inputs, all) = (network.inputs, network.inputs + teacherChannels)
    guard x.rank == 3, x.shape[2] == all || x.shape[2] == inputs && inputs > 0, x.dtype.isFloatingPoint else {
      let alone = inputs > 0 && all > inputs ? ", or [batch, time, \(inputs)] without what is fed back" : ""
      return failed("takes sequences [batch, time, \(all)]\(alone)", x)
    }
    let (sequences, steps) = (x.shape[0], x.shape[1])
    let first = result == .last ? steps - 1 : washout
    guard (0..<steps).contains(first) else {
      return failed("a washout of \(washout) steps leaves nothing of \(steps)", x)
    }
    let changed = ChangedWeights(of: network, dtype: x.dtype, keepsReservoir: keepsReservoir) {
      node, weight, shape, isThere in
      let own = namesNodes ? scope[node] : scope
      return own.parameter(weight, shape, isThere ? .zeros : .glorotUniform).cast(to: x.dtype)
    }
    var drive = NetworkDrive(
      sequences: sequences, steps: steps, inputs: inputs > 0 ? x.slice(0..<inputs, axis: 2) : nil)
    var channel = inputs
    for (readout, delays) in x.shape[2] == all ? network.fedBackReadouts : [] {
      let width = network.parts[readout].width
      let fedBack = x.slice(channel..<channel + width, axis: 2)
      for delay in delays { drive.forced[delay] = fedBack }
      channel += width
    }
    let outputs = network.with(changed, sequences: sequences, dtype: x.dtype).run(drive, wanted: [end]).outputs[0]
    guard outputs.diagnostic == nil, first > 0 else { return outputs }
    return result == .last ? outputs.lastStep : outputs.slice(first..<steps, axis: 1)
  }

  private func failed(_ message: String, _ x: Tensor) -> Tensor {
    .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
  }

  /// The network with the weights that training gave it, at rest: it generates, learns, is saved and loaded as any other.
  /// - Parameter parameters: this layer's, of a trainer's `variables`; those of a layer within a model are
  ///   `parameters[under: "reservoirLayer1"]`.
  /// - Throws: ``ReservoirError/graph(_:)`` for parameters of another network; the engine's errors.
  public func trained(by parameters: TensorTree) throws -> NodeNetwork {
    var missing: [String] = []
    let changed = ChangedWeights(of: network, dtype: network.dtype, keepsReservoir: keepsReservoir) {
      node, weight, shape, _ in
      let path = namesNodes ? "\(node)/\(weight)" : weight
      guard let found = parameters[path], found.shape == shape else {
        missing.append("'\(path)' \(shape)")
        return .zeros(shape, dtype: network.dtype)
      }
      return found.cast(to: network.dtype)
    }
    guard missing.isEmpty else {
      throw ReservoirError.graph(
        "the parameters are another network's: there is no \(missing.joined(separator: ", "))")
    }
    return try network.keeping(changed, keepsReservoir: keepsReservoir)
  }
}

extension ReservoirLayer {
  /// A series and its targets in sequences, for training: each begins at rest, ``washout`` steps before the first that is
  /// learned from.
  /// - Parameters:
  ///   - series: `[steps, channels]`, what drives the network; of one that feeds itself what it puts out in the step before.
  ///   - targets: after each step, `[steps, outputs]`.
  ///   - length: steps of a sequence that are learned from.
  /// - Returns: as many sequences as fit: inputs `[sequences, washout + length, …]`, with the targets before where they are fed
  ///   back, and targets `[sequences, length, outputs]`.
  /// - Throws: ``ReservoirError`` for series that don't fit the network, or are too short.
  public func sequences(of series: Tensor, targets: Tensor, length: Int) throws -> (inputs: Tensor, targets: Tensor) {
    let width = network.parts[end].width
    let channels = network.inputs > 0 ? network.inputs : width
    var given = try SequenceBatch(series, channels: channels, dtype: network.dtype, named: "inputs").tensor
    let wanted = try SequenceBatch(targets, channels: width, dtype: network.dtype, named: "targets").tensor
    let steps = given.shape[1]
    guard series.rank == 2, targets.rank == 2, wanted.shape[1] == steps else {
      throw ReservoirError.shape(series: "targets", found: Array(targets.shape), expected: "[\(steps), \(width)]")
    }
    guard length >= 1, washout >= 0, washout + length <= steps else {
      throw ReservoirError.washout(steps: washout, length: steps)
    }
    let fedBack = network.fedBackReadouts.map(\.readout)
    if let other = fedBack.first(where: { network.parts[$0].width != width }) {
      throw ReservoirError.graph(
        "its readout '\(network.parts[other].name)', which is fed back, has other targets than \(width) numbers")
    }
    let before =
      network.inputs > 0
      ? Tensor.concatenate(
        [.zeros([1, 1, width], dtype: network.dtype), wanted.slice(0..<steps - 1, axis: 1)], axis: 1) : given
    let parts = (network.inputs > 0 ? [given] : []) + fedBack.map { _ in before }
    given = Tensor.concatenate(parts, axis: 2)
    let starts = Array(stride(from: 0, through: steps - washout - length, by: length))
    func cut(_ tensor: Tensor, from first: Int) -> Tensor {
      Tensor.concatenate(starts.map { tensor.slice($0 + first..<$0 + washout + length, axis: 1) })
    }
    let cuts = try Tensor.evaluate([cut(given, from: 0), cut(wanted, from: washout)])
    return (cuts[0], cuts[1])
  }
}
