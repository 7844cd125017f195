import Foundation
import Reservoirs
import TestSupport
import Testing

/// Readouts against plain NumPy.
@Suite(.tags(.engine)) struct ReadoutTests {
  private func samples() throws -> (states: Tensor, targets: Tensor, fixture: NetworkFixture.Small) {
    let fixture = try NetworkFixture.load().small
    let range = SmallNetwork.washout..<SmallNetwork.steps
    return (
      Tensor(rows: Array(fixture.states[range])),
      Tensor(rows: Array(fixture.teacher[range.lowerBound + 1...range.upperBound])),
      fixture
    )
  }

  @Test func regressionsAreNumPys() throws {
    let (states, targets, fixture) = try samples()
    let rows: [(any ReadoutRule, [[Double]], Double)] = [
      (CholeskyReadout(lambda: 1e-3), fixture.readout_all, 1e-9),
      (CholeskyReadout(lambda: 1e-3, penalizesBias: false), fixture.readout_units, 1e-8),
      (QRReadout(lambda: 1e-3), fixture.readout_all, 1e-10),
      (QRReadout(lambda: 1e-3, penalizesBias: false), fixture.readout_units, 1e-9),
      (QRReadout(lambda: 1e-9), fixture.readout_qr, 1e-5),
      (PseudoInverseReadout(lambda: 1e-3), fixture.readout_all, 1e-9),
      (PseudoInverseReadout(lambda: 1e-3, cutoff: 1e-3), fixture.readout_pinv, 1e-8),
    ]
    for (rule, expected, tolerance) in rows {
      let found = try rule.weights(states, targets)
      #expect(try found.tensor.distance(from: expected) < tolerance, "\(rule)")
    }
  }

  @Test func crossValidationChoosesThePenaltyThatNumPyChooses() throws {
    let (states, targets, fixture) = try samples()
    let found = try CrossValidatedReadout(lambdas: [1e-6, 1e-3, 1e-1, 10], folds: 4).weights(states, targets)
    #expect(found.lambda == fixture.best)
    let same = try CholeskyReadout(lambda: fixture.best).weights(states, targets)
    let values: [Double] = try same.tensor.values()
    #expect(try found.tensor.reshape(to: [62]).distance(from: [values]) < 1e-8)
  }

  @Test func learningOnlineEndsWhereRidgeRegressionDoes() throws {
    let fixture = try NetworkFixture.load().small
    var network = try SmallNetwork.make()
    let outputs = try network.learn(
      inputs: Tensor(rows: Array(fixture.inputs.prefix(SmallNetwork.steps))),
      teacher: Tensor(rows: Array(fixture.teacher.prefix(SmallNetwork.steps + 1))),
      by: RecursiveLeastSquares(lambda: 1e-3))
    #expect(outputs.shape == [SmallNetwork.steps, 2])
    #expect(try #require(network.readout).distance(from: fixture.online) < 1e-7)
  }

  /// FORCE: the network's own output is fed back while it learns, and goes on by itself.
  @Test func forceLearnsASine() throws {
    var reservoir = Reservoir(units: 100, feedback: true)
    reservoir.scaling = .gain(1.2)
    reservoir.leakRate = 0.3
    var network = try EchoStateNetwork(reservoir)
    let signal = Tensor((0...2100).map { sin(0.1 * Double($0)) }, shape: [2101, 1])
    let outputs: [Double] = try network.learn(teacher: signal.slice(0..<2001), by: FORCE()).values()
    #expect((1900..<2000).allSatisfy { abs(outputs[$0] - sin(0.1 * Double($0 + 1))) < 0.02 })
    let free: [Double] = try network.generate(steps: 100).values()
    #expect(free.enumerated().allSatisfy { abs($0.element - sin(0.1 * Double($0.offset + 2001))) < 0.2 })
  }

  /// Rules that learn step by step are readouts as the others are.
  @Test func onlineRulesFitAsRegressionsDo() throws {
    let (states, targets, _) = try samples()
    let rows = try RecursiveLeastSquares(lambda: 1e-3).weights(states, targets).tensor
    let ridge = try CholeskyReadout(lambda: 1e-3).weights(states, targets).tensor
    let expected: [Double] = try ridge.values()
    #expect(try rows.reshape(to: [62]).distance(from: [expected]) < 1e-7)
    #expect(throws: ReservoirError.noOutputFedBack) { try FORCE().weights(states, targets) }

    var reservoir = Reservoir(units: 60, feedback: true)
    (reservoir.scaling, reservoir.leakRate) = (.gain(1.2), 0.5)
    let signal = Tensor((0...1500).map { sin(0.1 * Double($0)) }, shape: [1501, 1])
    var (one, other, forced) = (
      try EchoStateNetwork(reservoir), try EchoStateNetwork(reservoir), try EchoStateNetwork(reservoir)
    )
    let online = try one.fit(teacher: signal, washout: 100, readout: RecursiveLeastSquares(lambda: 1e-2))
    let whole = try other.fit(teacher: signal, washout: 100, readout: CholeskyReadout(lambda: 1e-2))
    #expect(online.lambda == 1e-2 && online.outputs.shape == [1400, 1] && abs(online.nrmse / whole.nrmse - 1) < 1e-3)
    #expect(try (one.state - other.state).abs().max().scalar() < 1e-9)
    let (found, same) = (try #require(one.readout), try #require(other.readout))
    #expect(try (found - same).abs().max().scalar() < 1e-6)
    let force = try forced.fit(teacher: signal, washout: 100, readout: FORCE())
    // While it learns, the first steps after the washout are still off.
    #expect(force.nrmse < 0.1)
    let free: [Double] = try forced.generate(steps: 60).values()
    #expect(free.enumerated().allSatisfy { abs($0.element - sin(0.1 * Double($0.offset + 1501))) < 0.2 })
    // What doesn't fit leaves the network as it is.
    let before = try forced.readout?.hostArray()
    #expect(throws: ReservoirError.self) {
      try forced.fit(teacher: signal.slice(0..<1500).reshape(to: [3, 500, 1]), readout: FORCE())
    }
    #expect(throws: ReservoirError.self) { try forced.fit(teacher: signal, washout: 1500, readout: FORCE()) }
    #expect(try forced.readout?.hostArray() == before)
    var driven = try EchoStateNetwork(Reservoir(units: 10, inputs: 1))
    #expect(throws: ReservoirError.noOutputFedBack) {
      try driven.fit(inputs: signal, teacher: signal, readout: FORCE())
    }
    var ensemble = try ReservoirEnsemble(reservoir, seeds: 0..<1)
    try ensemble.fit(teacher: signal, washout: 100, readout: RecursiveLeastSquares(lambda: 1e-2))
    #expect(try ensemble.readout?[0].hostArray() == one.readout?.hostArray())
  }

  /// Ridge regression is Cholesky's, or QR's where rounding leaves no positive definite matrix.
  @Test func ridgeFallsBackToQR() throws {
    let (states, targets, _) = try samples()
    #expect(
      try RidgeRegression(lambda: 1e-3).weights(states, targets).tensor.hostArray()
        == CholeskyReadout(lambda: 1e-3).weights(states, targets).tensor.hostArray())
    let alike = Tensor.concatenate([states, states], axis: 1)
    #expect(throws: ReservoirError.self) { try CholeskyReadout(lambda: 1e-18).weights(alike, targets) }
    #expect(
      try RidgeRegression(lambda: 1e-18).weights(alike, targets).tensor.hostArray()
        == QRReadout(lambda: 1e-18).weights(alike, targets).tensor.hostArray())
  }

  /// The normal equations hold for more rows than the kernel packs at a time and more columns than a tile has.
  @Test func largeRegressionsSolveTheirEquations() throws {
    let given = try Tensor.evaluate([
      Key(seed: 1).uniform([3300, 410], in: -1..<1, dtype: .float64),
      Key(seed: 2).uniform([3300, 3], dtype: .float64),
    ])
    let (states, targets) = (given[0], given[1])
    let weights = try CholeskyReadout(lambda: 0.5).weights(states, targets).tensor
    let rows = Tensor.concatenate([states, .ones([3300, 1], dtype: .float64)], axis: 1)
    let residual = rows.transpose().matmul(rows.matmul(weights) - targets) + 0.5 * weights
    #expect(try residual.abs().max().scalar() < 1e-9)
    // Of several members at once each is as it is alone.
    let both = vectorized { (all: [Tensor]) in [all[0].ridge(all[1], penalty: 0.5)] }(
      [Tensor.stack([states, 2 * states]), Tensor.stack([targets, targets])])
    #expect(
      try both[0][1].hostArray() == (2 * states).evaluate().ridge(targets, penalty: 0.5).hostArray())
  }

  @Test func radiusIsTheGreatestEigenvalues() throws {
    let fixture = try NetworkFixture.load().small
    let matrix = try SparseMatrix(dense: fixture.recurrent.flatMap(\.self), size: 30)
    #expect(abs(try matrix.spectralRadius() / fixture.radius - 1) < 1e-4)
    var reservoir = Reservoir(units: 40)
    reservoir.scaling = .spectralRadius(0.7)
    let scaled = try EchoStateNetwork(reservoir).weights.recurrent.spectralRadius()
    #expect(abs(scaled - 0.7) < 1e-4)
  }

  @Test func catalogHasTheReadouts() {
    #expect(
      Registry<any ReadoutRule>.all.names
        == [
          "cholesky", "crossValidated", "force", "leastMeanSquares", "logistic", "pinv", "qr", "recursiveLeastSquares",
          "ridge", "ridgePerOutput", "supportVector",
        ])
  }
}
