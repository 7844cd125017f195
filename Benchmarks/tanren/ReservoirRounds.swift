import Foundation
import Tanren

/// Reservoirs of 1,000 units with 5 % of the recurrent weights, in float64 unless it is said otherwise, on a series of 5,001 values.
enum BenchReservoir {
  static let steps = 5000

  static func reservoir(feedback: Bool) -> Reservoir {
    var reservoir = Reservoir(units: 1000, inputs: feedback ? 0 : 1, feedback: feedback)
    (reservoir.connectivity, reservoir.scaling) = (0.05, .gain(0.9))
    reservoir.feedbackScale = 0.5
    return reservoir
  }

  static func series() -> Tensor {
    Tensor((0...steps).map { sin(0.1 * Double($0)) + 0.3 * sin(0.0713 * Double($0)) }, shape: [steps + 1, 1])
  }
}

/// `esn-drive` and `esn-generate`: 5,000 steps with given inputs, or with the network's own output fed back, whose
/// states aren't kept.
final class ReservoirRounds: BenchRounds {
  private var network: EchoStateNetwork
  private let inputs: Tensor?

  init(isFree: Bool) throws {
    network = try EchoStateNetwork(BenchReservoir.reservoir(feedback: isFree))
    let series = BenchReservoir.series()
    inputs = isFree ? nil : try series.slice(0..<BenchReservoir.steps).evaluate()
    if isFree { try network.fit(teacher: series, washout: 2000, readout: QRReadout(lambda: 1e-6)) }
  }

  func round() throws -> (units: Int, loss: Double) {
    let results =
      try inputs.map { try network.drive(inputs: $0) } ?? network.generate(steps: BenchReservoir.steps)
    return (1, try results[BenchReservoir.steps - 1][0].scalar())
  }
}

/// `esn-fit`: a ridge regression of 3,000 rows of 1,000 states and a bias.
struct ReadoutRounds: BenchRounds {
  private let states: Tensor
  private let targets: Tensor

  init() throws {
    let given = try Tensor.evaluate([
      Key(seed: 1).uniform([3000, 1000], in: -1..<1, dtype: .float64),
      Key(seed: 2).uniform([3000, 1], dtype: .float64),
    ])
    (states, targets) = (given[0], given[1])
  }

  func round() throws -> (units: Int, loss: Double) {
    (1, try CholeskyReadout(lambda: 1e-6).weights(states, targets).tensor[0][0].scalar())
  }
}

/// `esn-ensemble`: networks driven through 5,000 steps, fitted to the last 3,000, and run freely for 5,000, all of them
/// in one program each.
final class EnsembleRounds: BenchRounds {
  private let first: ReservoirEnsemble
  private let readouts: [CholeskyReadout]
  private let series: Tensor

  init(networks: Int, penalties: Int, dtype: DType) throws {
    var reservoir = BenchReservoir.reservoir(feedback: true)
    reservoir.dtype = dtype
    let drawn = try (0..<networks).map { try EchoStateNetwork(reservoir, draws: .keyed(seed: UInt64($0))) }
    first = try ReservoirEnsemble(drawn.flatMap { [EchoStateNetwork](repeating: $0, count: penalties) })
    // Single precision doesn't resolve smaller penalties.
    let least = dtype == .float64 ? 1e-6 : 1e-1
    readouts = (0..<networks * penalties).map { CholeskyReadout(lambda: least * Double(1 + $0 % penalties)) }
    series = try BenchReservoir.series().evaluate()
  }

  func round() throws -> (units: Int, loss: Double) {
    var ensemble = first
    let fits = try ensemble.fit(teacher: series, washout: 2000, readouts: readouts)
    _ = try ensemble.generate(steps: BenchReservoir.steps)
    return (1, fits[0].nrmse)
  }
}

/// `esn-curve`: steps of a reservoir of any size and density, of one or more series side by side, whose states are kept.
final class ReservoirCurveRounds: BenchRounds {
  private var network: EchoStateNetwork
  private let inputs: Tensor
  private let steps: Int

  /// - Parameter steps: of a round.
  init(units: Int, density: Double, sequences: Int, steps: Int) throws {
    var reservoir = Reservoir(units: units, inputs: 1)
    (reservoir.connectivity, reservoir.scaling) = (density, .gain(0.9))
    network = try EchoStateNetwork(reservoir)
    let values = (0..<sequences * steps).map { sin(0.1 * Double($0)) }
    inputs = try Tensor(values, shape: [sequences, steps, 1]).evaluate()
    self.steps = steps
    try network.reset(sequences: sequences)
  }

  func round() throws -> (units: Int, loss: Double) {
    let states = try network.drive(inputs: inputs)
    return (steps, try states[0][steps - 1][0].scalar())
  }
}
