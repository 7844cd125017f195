/// The weights of a network with something added to them.
struct ChangedWeights {
  /// Those of nodes, as `GraphUnit/with(_:)` takes them, and the readouts, by parts.
  var nodes: [Int: [Tensor]] = [:]
  var readouts: [Int: Tensor] = [:]

  /// - Parameters:
  ///   - dtype: the type in which they are computed.
  ///   - keepsReservoir: whether only readouts change.
  ///   - change: what is added to a weight of a node; where nothing has been learned yet, the readout itself.
  init(
    of network: NodeNetwork, dtype: DType, keepsReservoir: Bool,
    by change: (_ node: String, _ weight: String, _ shape: Shape, _ isThere: Bool) -> Tensor
  ) {
    for (place, part) in network.parts.enumerated() {
      switch part.role {
      case .input, .delay: break
      case .unit(let unit):
        let drawn = unit.tensors
        var tensors = drawn.map { $0.dtype.isFloatingPoint ? $0.cast(to: dtype) : $0 }
        let trained = keepsReservoir ? [] : unit.trainedWeights.filter { drawn[$0.place].shape.elementCount > 0 }
        for weight in trained {
          let own = drawn[weight.place]
          let changed = tensors[weight.place] + change(part.name, weight.name, own.shape, true)
          tensors[weight.place] = weight.keepsZeros ? changed * (own .!= 0).cast(to: dtype) : changed
        }
        nodes[place] = tensors
      case .readout:
        let readout = network.readouts[place]
        let added = change(part.name, "readout", network.readoutShape(at: place), readout != nil)
        readouts[place] = readout.map { $0.cast(to: dtype) + added } ?? added
      }
    }
  }
}

extension NodeNetwork {
  /// The shape of a readout's weights.
  func readoutShape(at place: Int) -> Shape {
    let patches = parts[place].patches
    return [numbersRead(by: place) / patches + 1, parts[place].width / patches]
  }

  /// The network in a trace, with weights that changed, at rest.
  func with(_ changed: ChangedWeights, sequences: Int, dtype: DType) -> NodeNetwork {
    var other = self
    for (place, part) in parts.enumerated() {
      if let unit = part.unit, let tensors = changed.nodes[place] {
        other.parts[place].role = .unit(unit.with(tensors))
      }
      other.states[place] = part.rest(sequences, dtype: self.dtype).map { $0.cast(to: dtype) }
    }
    other.readouts = changed.readouts
    return other
  }

  /// The network with weights that changed, for good, at rest.
  func keeping(_ changed: ChangedWeights, keepsReservoir: Bool) throws -> NodeNetwork {
    var other = self
    for (place, part) in parts.enumerated() where !keepsReservoir {
      guard let unit = part.unit, let tensors = changed.nodes[place], !unit.trainedWeights.isEmpty else { continue }
      other.parts[place].role = .unit(try unit.keeping(Tensor.evaluate(tensors)))
    }
    for (place, readout) in changed.readouts { other.readouts[place] = try readout.evaluate() }
    try other.reset()
    return other
  }

  /// Readouts whose outputs of the step before nodes take, with the delays that carry them there.
  var fedBackReadouts: [(readout: Int, delays: [Int])] {
    let feeding = Set(parts.flatMap(\.fedBack))
    return readoutPlaces.compactMap { place in
      let delays = parts.indices.filter { feeding.contains($0) && parts[$0].reads == [place] }
      return delays.isEmpty ? nil : (place, delays)
    }
  }
}
