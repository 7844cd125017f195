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
      by: RecursiveLeastSquares(lambda: 1e-3, feedback: .teacher))
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
    let outputs: [Double] = try network.learn(teacher: signal.slice(0..<2001), by: RecursiveLeastSquares(lambda: 1))
      .values()
    #expect((1900..<2000).allSatisfy { abs(outputs[$0] - sin(0.1 * Double($0 + 1))) < 0.02 })
    let free: [Double] = try network.generate(steps: 100).values()
    #expect(free.enumerated().allSatisfy { abs($0.element - sin(0.1 * Double($0.offset + 2001))) < 0.2 })
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
    #expect(Registry<any ReadoutRule>.all.names == ["cholesky", "crossValidated", "pinv", "qr"])
  }
}
