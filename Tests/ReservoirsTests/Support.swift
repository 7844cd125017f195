import Foundation
import Reservoirs
import TestSupport
import Testing

/// What plain NumPy computed; see Fixtures/generate_networks.py.
struct NetworkFixture: Decodable {
  struct Small: Decodable {
    let recurrent: [[Double]]
    let radius: Double
    let inputs: [[Double]]
    let teacher: [[Double]]
    let states: [[Double]]
    let generated: [[Double]]
    let best: Double
    let online: [[Double]]
    let readout_all: [[Double]]
    let readout_units: [[Double]]
    let readout_pinv: [[Double]]
    let readout_qr: [[Double]]
  }

  struct Article: Decodable {
    let generated: [Double]
    let last: [Double]
  }

  let small: Small
  let article: Article

  static func load() throws -> NetworkFixture {
    try Bundle.module.decodeFixture("networks")
  }
}

extension Tensor {
  /// A matrix of rows.
  init(rows: [[Double]]) { self.init(rows.flatMap(\.self), shape: [rows.count, rows.first?.count ?? 0]) }

  /// The greatest difference from `rows`.
  func distance(from rows: [[Double]]) throws -> Double {
    let own: [Double] = try cast(to: .float64).values()
    let other = rows.flatMap(\.self)
    guard own.count == other.count else { return .infinity }
    return zip(own, other).map { ($0 - $1).magnitude }.max() ?? 0
  }
}

/// The network that the fixture's small part is of.
enum SmallNetwork {
  static let steps = 60
  static let washout = 10
  static let free = 8

  static func reservoir(_ storage: Reservoir.Storage = .automatic) -> Reservoir {
    var reservoir = Reservoir(units: 30, inputs: 2, outputs: 2, feedback: true)
    reservoir.connectivity = 0.2
    reservoir.scaling = .gain(0.8)
    (reservoir.inputScale, reservoir.feedbackScale, reservoir.biasScale) = (0.4, 0.7, 0.1)
    reservoir.leakRate = 0.6
    (reservoir.noise, reservoir.noiseRange) = (1e-3, .centred)
    reservoir.storage = storage
    return reservoir
  }

  static func make(_ storage: Reservoir.Storage = .automatic) throws -> EchoStateNetwork {
    try EchoStateNetwork(reservoir(storage), draws: .numPy(seed: 3))
  }
}

/// The greatest difference between the numbers of two tensors.
func distance(_ one: Tensor, _ other: Tensor) throws -> Double {
  #expect(one.shape == other.shape)
  let (a, b): ([Double], [Double]) = (
    try one.cast(to: .float64).values(), try other.cast(to: .float64).values()
  )
  return zip(a, b).map { ($0 - $1).magnitude }.max() ?? .infinity
}
