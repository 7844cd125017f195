import Layers

/// What units make of what reaches them, and what the readout sees of them.
struct UnitDynamics: Sendable {
  let unit: Reservoir.Unit
  let activation: any Activation
  let squares: Bool
  /// What a step retains of a state, which decides whether a spiking unit fires.
  let retained: Double

  init(_ reservoir: Reservoir) {
    (unit, activation, squares) = (reservoir.unit, reservoir.activation, reservoir.squares)
    retained = reservoir.leak.retained
  }

  /// Whether ``ReservoirLoop`` computes such units.
  var areLoops: Bool { unit == .leaky && activation is Tanh }

  /// 1 where a spiking unit fires in the next step, 0 elsewhere.
  private func spikes(_ states: Tensor) -> Tensor { (states * retained .> 1).cast(to: states.dtype) }

  /// What a step sends from unit to unit.
  func sent(_ states: Tensor) -> Tensor { unit == .spiking ? spikes(states) : states }

  /// States one step on.
  /// - Parameters:
  ///   - sums: what reaches the units.
  ///   - rotated: the states times the orthogonal matrix, of ``Reservoir/Unit/orthogonal`` units.
  func next(_ states: Tensor, _ sums: Tensor, leak: Tensor, rotated: Tensor?) -> Tensor {
    guard unit != .spiking else { return leak[0] * states * (1 - spikes(states)) + sums }
    return leak[0] * (rotated ?? states) + leak[1] * activation(sums)
  }

  /// What the readout sees of states `[…, units]`.
  func observed(_ states: Tensor) -> Tensor {
    let sent = sent(states)
    return squares ? sent.replaced(where: Self.isSecond(sent), by: sent.squared()) : sent
  }

  /// A readout of ``observed(_:)`` as ``ReservoirLoop`` takes it: with weights for the states and, where some are squared, for
  /// their squares.
  func readoutOfStates(_ readout: Tensor) -> Tensor {
    guard squares else { return readout }
    let units = readout.shape[0] - 1
    let weights = readout.slice(0..<units)
    let isSecond = Tensor((0..<units).map { $0 % 2 == 1 }, shape: [units, 1])
    return Tensor.concatenate([
      weights.replaced(where: isSecond, by: 0), weights.replaced(where: .!isSecond, by: 0),
      readout.slice(units..<units + 1),
    ])
  }

  private static func isSecond(_ states: Tensor) -> Tensor {
    let units = states.shape.last
    return Tensor((0..<units).map { $0 % 2 == 1 }, shape: [units])
  }
}

extension Reservoir {
  var dynamics: UnitDynamics { UnitDynamics(self) }

  /// What the readout makes of states `[rows, units]`.
  func readOut(_ states: Tensor, by readout: Tensor) -> Tensor { dynamics.observed(states).readOut(readout) }
}
