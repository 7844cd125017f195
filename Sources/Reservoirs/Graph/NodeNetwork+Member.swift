/// A network as a member of an ensemble.
extension NodeNetwork: EnsembleMember {
  /// The same with other weights of its nodes, in the order of the parts.
  func with(_ tensors: [Tensor]) -> NodeNetwork {
    var (other, rest) = (self, tensors.makeIterator())
    for (place, part) in parts.enumerated() {
      guard let unit = part.unit else { continue }
      other.parts[place].role = .unit(unit.with(unit.tensors.indices.compactMap { _ in rest.next() }))
    }
    return other
  }

  /// The readouts that there are, and the states.
  var standing: [Tensor] { readoutPlaces.compactMap { readouts[$0] } + states.flatMap(\.self) }

  /// The same with other readouts and states.
  func standing(at tensors: some Collection<Tensor>) -> NodeNetwork {
    var (other, rest) = (self, tensors.makeIterator())
    for place in readoutPlaces where readouts[place] != nil { other.readouts[place] = rest.next() }
    other.states = states.map { $0.indices.compactMap { _ in rest.next() } }
    return other
  }

  /// The nodes' weights of several networks along a leading axis.
  /// - Throws: ``ReservoirError/differentMembers(_:)`` for networks that can't be computed side by side.
  static func stacked(_ networks: [NodeNetwork]) throws -> [Tensor] {
    guard let first = networks.first else { throw ReservoirError.differentMembers("there are none") }
    for network in networks {
      if let difference = network.difference(from: first) { throw ReservoirError.differentMembers(difference) }
    }
    return try first.parts.indices.flatMap { place in
      try first.parts[place].unit?.stacked(with: networks.dropFirst().compactMap { $0.parts[place].unit }) ?? []
    }
  }

  /// Whether another network has the same nodes, weights and random numbers: it differs by its readouts and where it stands.
  func isDrawn(as other: NodeNetwork) -> Bool {
    difference(from: other) == nil
      && zip(parts, other.parts).allSatisfy { own, others in
        guard let unit = own.unit, let other = others.unit else { return own.unit == nil && others.unit == nil }
        return unit.isDrawn(as: other)
      }
  }

  /// What keeps networks from being computed side by side, besides their weights.
  private func difference(from other: NodeNetwork) -> String? {
    guard inputs == other.inputs, outputs == other.outputs, dtype == other.dtype else {
      return "'inputs', 'outputs' or 'dtype' isn't the same in all"
    }
    guard parts.count == other.parts.count else { return "they have other nodes" }
    for (place, (own, others)) in zip(parts, other.parts).enumerated() {
      guard own.name == others.name, own.reads == others.reads, own.fedBack == others.fedBack,
        own.adds == others.adds, own.width == others.width, own.patches == others.patches,
        own.unit?.tensors.count == others.unit?.tensors.count,
        graph.isAlike(other.graph, at: place)
      else { return "'\(own.name)' isn't the same node in all" }
    }
    return nil
  }
}

extension NodeGraph {
  /// Whether two graphs have nodes in a place that differ at most by their weights or, of readouts, by their rules.
  fileprivate func isAlike(_ other: NodeGraph, at place: Int) -> Bool {
    guard entries.indices.contains(place), other.entries.indices.contains(place) else {
      return entries.count == other.entries.count
    }
    let (own, others) = (entries[place].node, other.entries[place].node)
    if own === others { return true }
    switch (own.content, others.content) {
    case (is any ReadoutRule, is any ReadoutRule), (is ReservoirNode, is ReservoirNode): return true
    case let (one as PatchReservoirs, two as PatchReservoirs): return one.overlap == two.overlap
    default:
      guard let one = try? own.content.spec(), let two = try? others.content.spec() else { return false }
      return one == two
    }
  }
}
