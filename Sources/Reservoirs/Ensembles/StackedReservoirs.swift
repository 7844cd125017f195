/// Reservoirs whose weights are computed with side by side.
extension ReservoirTensors: EnsembleMember {
  /// The weights of networks along a leading axis.
  /// - Throws: ``ReservoirError/differentMembers(_:)`` if their shapes differ.
  static func stacked(_ networks: [EchoStateNetwork]) throws -> [Tensor] {
    guard let first = networks.first else { throw ReservoirError.differentMembers("there are none") }
    for network in networks { try check(network.reservoir, like: first.reservoir) }
    let width = networks.map(\.weights.recurrent.width).max()
    let members = try networks.map { try ReservoirTensors($0.weights, $0.reservoir, width: width).all }
    guard Set(members.map(\.count)).count == 1 else {
      throw ReservoirError.differentMembers("some are sparse and some dense: set 'storage'")
    }
    return members[0].indices.map { place in Tensor.stack(members.map { $0[place] }) }
  }

  private static func check(_ own: Reservoir, like other: Reservoir) throws(ReservoirError) {
    let differences: [(String, Bool)] = [
      ("units", own.units != other.units), ("inputs", own.inputs != other.inputs),
      ("outputs", own.outputs != other.outputs),
      ("feedback", own.feedback != other.feedback), ("dtype", own.dtype != other.dtype),
      ("storage", own.storage != other.storage),
      ("correctsLastOutput", own.correctsLastOutput != other.correctsLastOutput),
      ("unit", own.unit != other.unit), ("squares", own.squares != other.squares),
      ("activation", own.activationText != other.activationText),
      ("leak of spiking units", own.unit == .spiking && own.leakRate != other.leakRate),
      ("whether there is noise", (own.noise > 0) != (other.noise > 0)),
    ]
    if let difference = differences.first(where: \.1) {
      throw .differentMembers("'\(difference.0)' isn't the same in all")
    }
  }
}
