import Foundation
import Layers
import Reservoirs
import TestSupport
import Testing

/// Units, readouts and plasticity with given matrices against reservoirpy's; see Fixtures/generate_nodes.py.
@Suite(.tags(.engine)) struct NodeTests {
  private let fixture: [String: [[Double]]]
  private let bias: [Double]

  init() throws {
    let decoded: [String: Nested] = try Bundle.module.decodeFixture("nodes")
    fixture = decoded.compactMapValues(\.rows)
    bias = decoded["bias"]?.row ?? []
  }

  /// A list of numbers, or of such lists.
  private enum Nested: Decodable {
    case row([Double])
    case rows([[Double]])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let rows = try? container.decode([[Double]].self) {
        self = .rows(rows)
      } else {
        self = .row(try container.decode([Double].self))
      }
    }

    var row: [Double]? { if case .row(let row) = self { row } else { nil } }
    var rows: [[Double]]? { if case .rows(let rows) = self { rows } else { nil } }
  }

  private func matrix(_ name: String) throws -> [[Double]] { try #require(fixture[name]) }

  private func network(
    scale: Double = 1, absolute: Bool = false, _ change: (inout Reservoir) -> Void
  ) throws -> EchoStateNetwork {
    var reservoir = Reservoir(units: 12, inputs: 2, outputs: 2)
    reservoir.leakRate = 0.3
    change(&reservoir)
    func values(_ name: String) throws -> [Double] {
      try matrix(name).flatMap(\.self).map { absolute ? abs($0) : $0 }
    }
    let weights = ReservoirWeights(
      recurrent: try SparseMatrix(dense: values("recurrent").map { scale * $0 }, size: 12),
      input: try values("input"), bias: absolute ? [] : bias,
      rotation: reservoir.unit == .orthogonal ? try values("rotation") : [])
    return try EchoStateNetwork(reservoir, weights: weights)
  }

  private var inputs: Tensor { get throws { Tensor(rows: try matrix("inputs")) } }
  private var targets: Tensor { get throws { Tensor(rows: try matrix("targets")) } }

  @Test(arguments: [Reservoir.Storage.sparse, .dense])
  func unitsAreReservoirpys(_ storage: Reservoir.Storage) throws {
    let activations: [(String, any Activation, Double)] = [
      ("tanh", Tanh(), 1), ("sigmoid", Sigmoid(), 1), ("relu", ReLU(), 0.3), ("identity", LeakyReLU(slope: 1), 0.3),
      ("softplus", Softplus(), 0.3),
    ]
    for (name, activation, scale) in activations {
      var network = try network(scale: scale) { ($0.activation, $0.storage) = (activation, storage) }
      #expect(try network.drive(inputs: inputs).distance(from: matrix(name)) < 1e-12, "\(name)")
    }
    var edge = try network { ($0.unit, $0.leakRate, $0.storage) = (.orthogonal, 0.2, storage) }
    #expect(try edge.drive(inputs: inputs).distance(from: matrix("es2n")) < 1e-12)
  }

  /// reservoirpy puts out the spikes that a step begins with, Tanren's readout sees those that the next one does.
  @Test func spikingUnitsAreReservoirpys() throws {
    var network = try network(absolute: true) { ($0.unit, $0.leakRate) = (.spiking, 0.1) }
    let states: [Double] = try network.drive(inputs: inputs).values()
    let expected = try matrix("lif").flatMap(\.self)
    let spikes = states.map { 0.9 * $0 > 1 ? 1.0 : 0 }
    #expect(Array(spikes.dropLast(12)) == Array(expected.dropFirst(12)))
    #expect(spikes.contains(1) && spikes.contains(0))
    let steps = try inputs.shape[0]
    try network.reset()
    try network.fit(inputs: inputs, teacher: targets, readout: CholeskyReadout(lambda: 1e-3))
    try network.reset()
    let weights: [Double] = try #require(network.readout).values()
    let outputs: [Double] = try network.predict(inputs: inputs).values()
    var own: [Double] = []
    for step in 0..<steps {
      for output in 0..<2 {
        var sum = weights[24 + output]
        for unit in 0..<12 { sum += spikes[step * 12 + unit] * weights[unit * 2 + output] }
        own.append(sum)
      }
    }
    #expect(distance(outputs, own) < 1e-12)
  }

  @Test func plasticityIsReservoirpys() throws {
    let rules: [(String, any Activation, IntrinsicPlasticity.Distribution)] = [
      ("ip_normal", Tanh(), .normal(mean: 0.1, deviation: 0.3)), ("ip_exponential", Sigmoid(), .exponential(mean: 0.2)),
    ]
    for (name, activation, distribution) in rules {
      let before = try network { ($0.leakRate, $0.activation) = (1, activation) }
      var adapted = try before.adapted(
        to: inputs, by: IntrinsicPlasticity(distribution, learningRate: 1e-2, epochs: 2))
      #expect(try adapted.drive(inputs: inputs).distance(from: matrix(name)) < 1e-10, "\(name)")
    }
    for (name, normalizes) in [("oja", false), ("oja_normalized", true)] {
      let before = try network { $0.leakRate = 1 }
      let after = try before.adapted(
        to: inputs, by: LocalPlasticity(.oja, learningRate: 0.05, normalizes: normalizes))
      #expect(distance(after.weights.recurrent.dense, try matrix(name).flatMap(\.self)) < 1e-12, "\(name)")
      #expect(after.weights.recurrent.count == before.weights.recurrent.count)
    }
    let small = try network { $0.leakRate = 1 }
    for rule in LocalPlasticity.Rule.allCases {
      let other = try small.adapted(to: inputs, by: LocalPlasticity(rule, learningRate: 1e-3, threshold: 0.1))
      #expect(other.weights.recurrent != small.weights.recurrent, "\(rule)")
    }
    #expect(throws: ReservoirError.self) {
      try small.adapted(to: inputs, by: LocalPlasticity(.hebbian, learningRate: 1e308, epochs: 20))
    }
    #expect(throws: ReservoirError.self) { try small.adapted(to: inputs, by: LocalPlasticity(), washout: 40) }
  }

  @Test func readoutsAreReservoirpys() throws {
    var network = try network { _ in }
    let states = try network.drive(inputs: inputs)
    let ridge = CholeskyReadout(lambda: 1e-3, penalizesBias: false)
    #expect(try ridge.weights(states, targets).tensor.distance(from: matrix("ridge")) < 1e-9)
    let rules: [(String, any ReadoutRule, Double)] = [
      ("lms", LeastMeanSquares(learningRate: 0.05), 1e-12), ("rls", RecursiveLeastSquares(lambda: 1e-2), 1e-9),
    ]
    for (name, rule, tolerance) in rules {
      #expect(try rule.weights(states, targets).tensor.distance(from: matrix(name)) < tolerance, "\(name)")
      // The same step by step while the network runs.
      try network.reset()
      try network.fit(inputs: inputs, teacher: targets, readout: rule)
      #expect(try #require(network.readout).distance(from: matrix(name)) < tolerance, "\(name)")
    }
    // Each output as by its own penalty.
    let both = try PerOutputReadout(lambdas: [1e-3, 1]).weights(states, targets).tensor
    for (output, lambda) in [(0, 1e-3), (1, 1.0)] {
      let own = try CholeskyReadout(lambda: lambda).weights(states, targets).tensor
      let expected: [Double] = try own.slice(output..<output + 1, axis: 1).values()
      #expect(distance(try both.slice(output..<output + 1, axis: 1).values(), expected) < 1e-9)
    }
    #expect(throws: ReservoirError.self) { try PerOutputReadout(lambdas: [1]).weights(states, targets) }
    #expect(throws: ReservoirError.self) { try LeastMeanSquares(learningRate: 0).weights(states, targets) }
  }

  /// reservoirpy begins with zeros for what is before the series, Tanren with the first step that has all its past.
  @Test func monomialsAreReservoirpys() throws {
    let features = DelayFeatures(channels: 2, delays: 3, stride: 2, orders: [1, 2])
    var model = try NVAR(features, outputs: 27, predictsChange: false)
    let expected = try matrix("nvar")
    #expect(features.count == 27 && expected[0].count == 27)
    // A regression of the features on themselves gives them back.
    let teacher = Tensor(rows: expected)
    let fit = try model.fit(inputs: inputs, teacher: teacher, readout: QRReadout(lambda: 1e-12))
    #expect(try fit.outputs.distance(from: Array(expected.dropFirst(4))) < 1e-6)
  }

  /// Every unit with every readout learns, is saved, loaded, and goes on as it was.
  @Test func everyUnitTakesEveryReadout() throws {
    let rules: [any ReadoutRule] = [
      RidgeRegression(lambda: 1e-3), CholeskyReadout(lambda: 1e-3), QRReadout(lambda: 1e-3),
      PseudoInverseReadout(lambda: 1e-3), CrossValidatedReadout(lambdas: [1e-3, 1e-2], folds: 2),
      RecursiveLeastSquares(), LeastMeanSquares(), PerOutputReadout(lambdas: [1e-3, 1e-2]), FORCE(),
    ]
    // And two whose targets are classes; see GraphTableTests.
    #expect(rules.count + 2 == Registry<any ReadoutRule>.all.types.count)
    let teacher = Tensor((0...60).flatMap { [sin(0.3 * Double($0)), cos(0.2 * Double($0))] }, shape: [61, 2])
    for unit in Reservoir.Unit.allCases {
      for rule in rules {
        var reservoir = Reservoir(units: 10, outputs: 2, feedback: true)
        (reservoir.unit, reservoir.leakRate, reservoir.connectivity, reservoir.squares) = (unit, 0.3, 0.3, true)
        reservoir.activation = Sigmoid()
        var network = try EchoStateNetwork(reservoir)
        try network.fit(teacher: teacher, washout: 5, readout: rule)
        var loaded = try EchoStateNetwork(arrays: network.arrays())
        #expect(loaded.reservoir == reservoir)
        let (own, other) = (try network.generate(steps: 5), try loaded.generate(steps: 5))
        #expect(try own.values(as: Double.self) == other.values(), "\(unit), \(rule)")
      }
    }
  }
}
