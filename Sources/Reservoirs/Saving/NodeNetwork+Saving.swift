import OrderedCollections

/// Saving and loading.
extension NodeNetwork {
  /// Reads a file of ``save(to:)``.
  /// - Throws: `SafetensorsError` for a file that can't be read; ``ReservoirError/malformedFile(path:reason:)`` for one
  ///   that holds no such network.
  public init(contentsOf path: String) throws {
    self = try SavedArrays.read(path) { arrays in
      guard let network = try NodeNetwork(arrays: arrays) else {
        throw ReservoirError.malformedFile(
          path: nil, reason: "there is no array '\(Self.graphName)', so this is no network of nodes")
      }
      return network
    }
  }

  /// All that the network is, by name: the nodes as plans write them, as JSON in the bytes of `graph`; under each
  /// node's name its weights, as `readout` those of a readout, and what it carries as `state0`, …; and `last`.
  public func arrays() throws -> OrderedDictionary<String, HostArray> {
    let description = Description(
      network: try graph.text, inputs: inputs, outputs: outputs, dtype: dtype, isForecast: isForecast)
    var arrays: OrderedDictionary = [Self.graphName: try description.array()]
    for (place, part) in parts.enumerated() {
      for (name, array) in try part.unit?.arrays() ?? [:] { arrays["\(part.name)/\(name)"] = array }
      arrays["\(part.name)/readout"] = try readouts[place]?.hostArray()
      for (index, state) in states[place].enumerated() {
        arrays["\(part.name)/state\(index)"] = try state.hostArray()
      }
    }
    arrays["last"] = try last?.hostArray()
    return arrays
  }

  /// The network of ``arrays()``; nil for arrays of another kind of model.
  /// - Throws: ``ReservoirError/malformedFile(path:reason:)`` for arrays that are missing or don't fit each other;
  ///   `ConfigurationError` for nodes that this program doesn't know.
  public init?(arrays: OrderedDictionary<String, HostArray>) throws {
    guard arrays[Self.graphName] != nil else { return nil }
    let saved = SavedArrays(arrays)
    let own = try saved.description(Description.self, of: "network of nodes", in: Self.graphName)
    let graph = try NodeGraph(parsing: own.network)
    try self.init(graph, inputs: own.inputs, outputs: own.outputs, dtype: own.dtype) { node, place, name, _ in
      let prefix = "\(name)/"
      let weights = OrderedDictionary(
        uniqueKeysWithValues: arrays.filter { $0.key.hasPrefix(prefix) }
          .map { (String($0.key.dropFirst(prefix.count)), $0.value) })
      return try node.unit(
        at: NodePlace(inputs: place.inputs, fedBack: place.fedBack, dtype: own.dtype, draws: .keyed(seed: 0)),
        arrays: weights)
    }
    var (found, count) = ([Tensor](), 1)
    for (place, part) in parts.enumerated() {
      for (index, rest) in states[place].enumerated() {
        let name = "\(part.name)/state\(index)"
        count = Swift.max(1, try saved.array(name).shape.first ?? 1)
        try saved.check(name, rest.dtype, [count] + rest.shape.dropFirst())
        found.append(Tensor(try Tensor(saved.array(name)).buffer()))
      }
      if let readout = arrays["\(part.name)/readout"], part.rule != nil {
        let numbers = numbersRead(by: place) / part.patches
        try saved.check("\(part.name)/readout", dtype, [numbers + 1, part.width / part.patches])
        readouts[place] = Tensor(try Tensor(readout).buffer())
      }
    }
    guard found.allSatisfy({ $0.shape[0] == count }) else {
      throw ReservoirError.malformedFile(path: nil, reason: "its states are of several numbers of sequences")
    }
    var output: Tensor?
    if let array = arrays["last"] {
      try saved.check("last", dtype, [count, try parts[end].width])
      output = Tensor(try Tensor(array).buffer())
    }
    sequences = count
    moved(to: found, last: output)
    isForecast = own.isForecast
  }

  private static let graphName = "graph"

  private struct Description: SavedDescription {
    var version = 1
    let network: String
    let inputs: Int
    let outputs: Int
    let dtype: DType
    let isForecast: Bool

    private enum CodingKeys: CodingKey { case version, network, inputs, outputs, dtype, isForecast }
  }
}
