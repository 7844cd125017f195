import Foundation
import TestSupport
import Testing

@testable import Reservoirs

/// Networks against plain NumPy with the same draws.
@Suite(.tags(.engine, .slow)) struct NetworkTests {
  @Test(arguments: [Reservoir.Storage.sparse, .dense])
  func driveAndGenerationAreNumPys(storage: Reservoir.Storage) throws {
    let fixture = try NetworkFixture.load().small
    var network = try SmallNetwork.make(storage)
    #expect(try Tensor(network.weights.recurrent.dense, shape: [30, 30]).distance(from: fixture.recurrent) < 1e-14)
    let inputs = Tensor(rows: fixture.inputs)
    let teacher = Tensor(rows: Array(fixture.teacher.prefix(SmallNetwork.steps + 1)))
    var driven = network
    let states = try driven.drive(
      inputs: inputs.slice(0..<SmallNetwork.steps), teacher: teacher.slice(0..<SmallNetwork.steps))
    #expect(try states.distance(from: fixture.states) < 1e-12)
    let fit = try network.fit(
      inputs: inputs.slice(0..<SmallNetwork.steps), teacher: teacher, washout: SmallNetwork.washout,
      readout: CholeskyReadout(lambda: 1e-3))
    #expect(try #require(network.readout).distance(from: fixture.readout_all) < 1e-9)
    #expect(fit.outputs.shape == [SmallNetwork.steps - SmallNetwork.washout, 2])
    #expect(fit.nrmse < 0.1)
    let generated = try network.generate(
      steps: SmallNetwork.free, inputs: inputs.slice(SmallNetwork.steps..<SmallNetwork.steps + SmallNetwork.free))
    #expect(try generated.distance(from: fixture.generated) < 1e-9)
  }

  /// The run of the recipe `esn-sine`: the first 200 free steps.
  @Test func articleIsNumPys() throws {
    let fixture = try NetworkFixture.load().article
    var reservoir = Reservoir(units: 1000, feedback: true)
    reservoir.connectivity = 0.05
    reservoir.scaling = .gain(0.6)
    (reservoir.feedbackScale, reservoir.noise) = (0.3, 1e-8)
    var network = try EchoStateNetwork(reservoir, draws: .numPy(seed: 0))
    let signal = (0...5000).map { sin(2 * Double.pi / 240 * Double($0)) }
    try network.fit(
      teacher: Tensor(signal, shape: [5001, 1]), washout: 2000, readout: PseudoInverseReadout(lambda: 1e-5))
    #expect(try network.state.distance(from: [fixture.last]) < 1e-12)
    let generated = try network.generate(steps: 200)
    #expect(try generated.distance(from: fixture.generated.map { [$0] }) < 1e-6)
  }

  /// The output after a step belongs to the next value of the teacher.
  @Test func shiftIsOneStep() throws {
    var reservoir = Reservoir(units: 80, feedback: true)
    reservoir.scaling = .gain(0.8)
    var network = try EchoStateNetwork(reservoir)
    let signal = (0...600).map { sin(0.2 * Double($0)) }
    let fit = try network.fit(
      teacher: Tensor(Array(signal.prefix(501)), shape: [501, 1]), washout: 100, readout: QRReadout(lambda: 1e-10))
    // Step 100 saw values 0...100, and its output is value 101.
    let outputs: [Double] = try fit.outputs.values()
    #expect(zip(outputs, signal.dropFirst(101)).allSatisfy { abs($0 - $1) < 1e-3 })
    // The last output stands for value 500, so the first generated one is value 501.
    #expect(abs(try network.output.scalar() - signal[500]) < 1e-3)
    let free: [Double] = try network.generate(steps: 20).values()
    #expect(zip(free, signal.dropFirst(501)).allSatisfy { abs($0 - $1) < 1e-2 })
  }

  @Test func fixUpReplacesTheUntrainedOutput() throws {
    let signal = Tensor((0...300).map { sin(0.2 * Double($0)) }, shape: [301, 1])
    func output(fixes: Bool) throws -> Double {
      var reservoir = Reservoir(units: 50, feedback: true)
      reservoir.correctsLastOutput = fixes
      var network = try EchoStateNetwork(reservoir, draws: .numPy(seed: 1))
      try network.fit(teacher: signal, washout: 50)
      let own = try network.output.scalar()
      let state: [Double] = try network.state.values()
      let weights: [Double] = fixes ? try #require(network.readout).values() : network.weights.untrained + [0]
      #expect(abs(zip(state + [1], weights).reduce(0) { $0 + $1.0 * $1.1 } - own) < 1e-9)
      return own
    }
    #expect(abs(try output(fixes: true) - sin(60)) < 1e-2)
    #expect(abs(try output(fixes: false) - sin(60)) > 1e-2)
  }

  @Test func stateIsCarriedUntilReset() throws {
    var reservoir = Reservoir(units: 20, inputs: 1)
    reservoir.scaling = .spectralRadius(0.9)
    var whole = try EchoStateNetwork(reservoir)
    var parts = whole
    let inputs = Tensor((0..<30).map { cos(0.3 * Double($0)) }, shape: [30, 1])
    let all: [Double] = try whole.drive(inputs: inputs).values()
    try parts.drive(inputs: inputs.slice(0..<10))
    let rest: [Double] = try parts.drive(inputs: inputs.slice(10..<30)).values()
    #expect(zip(all.dropFirst(200), rest).allSatisfy { abs($0 - $1) < 1e-14 })
    try parts.reset()
    let again: [Double] = try parts.drive(inputs: inputs).values()
    #expect(zip(all, again).allSatisfy { abs($0 - $1) < 1e-14 })
  }

  /// Sequences side by side are what they are alone, and a regression over them is one over their steps.
  @Test func sequencesRunSideBySide() throws {
    var reservoir = Reservoir(units: 25, inputs: 1)
    reservoir.biasScale = 0.2
    let network = try EchoStateNetwork(reservoir)
    let inputs = Tensor((0..<60).map { sin(0.1 * Double($0 * $0 % 47)) }, shape: [3, 20, 1])
    var together = network
    let states = try together.drive(inputs: inputs)
    #expect(states.shape == [3, 20, 25])
    for index in 0..<3 {
      var alone = network
      let own: [Double] = try alone.drive(inputs: inputs[index]).values()
      let batch: [Double] = try states[index].values()
      #expect(zip(own, batch).allSatisfy { abs($0 - $1) < 1e-14 })
    }
    try together.reset(sequences: 3)
    let fit = try together.fit(
      inputs: inputs, teacher: inputs * 0.5, washout: 5, readout: CholeskyReadout(lambda: 1e-6))
    #expect(fit.outputs.shape == [3, 15, 1])
    #expect(fit.nrmse < 1e-2)
  }

  @Test func singlePrecisionIsSinglePrecision() throws {
    var reservoir = SmallNetwork.reservoir()
    reservoir.dtype = .float32
    var network = try EchoStateNetwork(reservoir, draws: .numPy(seed: 3))
    let fixture = try NetworkFixture.load().small
    let steps = SmallNetwork.steps
    let states = try network.drive(
      inputs: Tensor(rows: Array(fixture.inputs.prefix(steps))),
      teacher: Tensor(rows: Array(fixture.teacher.prefix(steps))))
    #expect(states.dtype == .float32)
    let distance = try states.distance(from: fixture.states)
    #expect(distance < 1e-5 && distance > 1e-9)
  }

  /// The kernel in single precision, with few weights and with many: what it gives in double precision, up to rounding.
  @Test(arguments: [0.02, 0.2]) func singlePrecisionRoundsDoublePrecision(connectivity: Double) throws {
    var reservoir = Reservoir(units: 700, inputs: 1, outputs: 2, feedback: true)
    (reservoir.connectivity, reservoir.scaling, reservoir.leakRate) = (connectivity, .gain(0.6), 0.7)
    let inputs = Tensor((0..<300).map { sin(0.3 * Double($0)) }, shape: [300, 1])
    let teacher = Tensor.concatenate([inputs * 0.5, inputs * inputs], axis: 1)
    var networks: [EchoStateNetwork] = []
    for dtype in [DType.float64, .float32] {
      reservoir.dtype = dtype
      networks.append(try EchoStateNetwork(reservoir, draws: .keyed(seed: 5)))
    }
    let states = try networks.indices.map { index in
      let driven = try networks[index].drive(inputs: inputs, teacher: teacher)
      #expect(driven.dtype == (index == 0 ? .float64 : .float32))
      return driven.cast(to: .float64)
    }
    let distance = try (states[0] - states[1]).abs().max().scalar()
    #expect(distance < 3e-6 && distance > 1e-9)
    // With a readout of small weights the loop stays contracting when it is closed.
    let readout = try (Key(seed: 1).uniform([701, 2], in: -1..<1, dtype: .float64) * 1e-3).evaluate()
    let outputs = try networks.map { network in
      var placed = network.placed(
        at: network.state, output: network.output, readout: readout.cast(to: network.reservoir.dtype),
        stream: network.stream)
      return try placed.generate(steps: 200, inputs: inputs.slice(0..<200)).cast(to: .float64).evaluate()
    }
    #expect(try (outputs[0] - outputs[1]).abs().max().scalar() < 3e-6)
    #expect(try outputs[0].abs().max().scalar() > 1e-3)
  }
}
