import Foundation
import Reservoirs
import TestSupport
import Testing

/// Free runs, their states and where they begin, against loops over plain arrays.
@Suite(.tags(.engine)) struct FreeRunTests {
  /// The steps of a free run, one sum after the other, of a network whose readout is known.
  private struct Loop {
    let reservoir: Reservoir
    let weights: ReservoirWeights
    let recurrent: [Double]
    let readout: [Double]
    var state: [Double]
    var output: [Double]

    init(_ network: EchoStateNetwork, from state: [Double], output: [Double]? = nil) throws {
      (reservoir, weights, recurrent) = (network.reservoir, network.weights, network.weights.recurrent.dense)
      readout = try #require(network.readout).cast(to: .float64).values()
      self.state = state
      self.output = []
      self.output = output ?? readOut()
    }

    private func readOut() -> [Double] {
      let (units, outputs) = (reservoir.units, reservoir.outputs)
      let seen = state.enumerated().map { reservoir.squares && $0 % 2 == 1 ? $1 * $1 : $1 }
      return (0..<outputs).map { o in
        (0..<units).reduce(readout[units * outputs + o]) { $0 + seen[$1] * readout[$1 * outputs + o] }
      }
    }

    mutating func step(_ input: [Double]) {
      let units = reservoir.units
      state = (0..<units).map { unit in
        var sum = weights.bias.isEmpty ? 0 : weights.bias[unit]
        for other in 0..<units { sum += recurrent[unit * units + other] * state[other] }
        for (place, value) in input.enumerated() { sum += weights.input[place * units + unit] * value }
        for (place, value) in output.enumerated() { sum += weights.feedback[place * units + unit] * value }
        return (1 - reservoir.leakRate) * state[unit] + (reservoir.activationScale ?? reservoir.leakRate) * tanh(sum)
      }
      output = readOut()
    }
  }

  private let steps = 40

  private func network(
    _ storage: Reservoir.Storage, _ dtype: DType, squares: Bool = false
  ) throws -> EchoStateNetwork {
    var reservoir = SmallNetwork.reservoir(storage)
    (reservoir.noise, reservoir.dtype, reservoir.squares) = (0, dtype, squares)
    var network = try EchoStateNetwork(reservoir, draws: .numPy(seed: 3))
    let fixture = try NetworkFixture.load().small
    try network.fit(
      inputs: Tensor(rows: Array(fixture.inputs.prefix(60))), teacher: Tensor(rows: Array(fixture.teacher.prefix(61))),
      washout: 10, readout: CholeskyReadout(lambda: 1e-3))
    return network
  }

  private func inputs(_ sequence: Int) -> [[Double]] {
    (0..<steps).map { step in
      let place = Double(step + sequence)
      return [sin(0.3 * place), cos(0.7 * place)]
    }
  }

  private let starts: [[Double]] = (0..<2).map { sequence in (0..<30).map { 0.4 * cos(Double(3 * $0 + sequence)) } }

  private func distance(_ tensor: Tensor, _ expected: [[Double]]) throws -> Double {
    try tensor.distance(from: expected)
  }

  @Test(
    arguments: [
      (Reservoir.Storage.sparse, DType.float64, 1e-12), (.dense, .float64, 1e-12), (.sparse, .float32, 1e-4),
      (.dense, .float32, 1e-4),
    ], [false, true])
  func statesAndOutputsAreThoseOfALoop(
    _ network: (storage: Reservoir.Storage, dtype: DType, tolerance: Double), squares: Bool
  ) throws {
    let (dtype, tolerance) = (network.dtype, network.tolerance)
    var network = try self.network(network.storage, dtype, squares: squares)
    // From where the network stands.
    var loop = try Loop(
      network, from: network.state.cast(to: .float64).values(), output: network.output.cast(to: .float64).values())
    var (states, outputs): ([[Double]], [[Double]]) = ([], [])
    for input in inputs(0) {
      loop.step(input)
      states.append(loop.state)
      outputs.append(loop.output)
    }
    var other = network
    let run = try network.freeRun(steps: steps, inputs: Tensor(rows: inputs(0)))
    #expect(run.states.shape == [steps, 30] && run.outputs.shape == [steps, 2] && run.states.dtype == dtype)
    #expect(try distance(run.states, states) < tolerance)
    #expect(try distance(run.outputs, outputs) < tolerance)
    #expect(try distance(network.state, [loop.state]) < tolerance)
    // The outputs alone are the same, bit for bit.
    let generated = try other.generate(steps: steps, inputs: Tensor(rows: inputs(0)))
    #expect(try generated.distance(from: run.outputs.cast(to: .float64).rows()) == 0)
    // It goes on where the run ended.
    loop.step([0.5, -0.5])
    #expect(try distance(network.generate(steps: 1, inputs: Tensor(rows: [[0.5, -0.5]])), [loop.output]) < tolerance)
  }

  @Test(arguments: [Reservoir.Storage.sparse, .dense])
  func runsBeginAtAGivenState(storage: Reservoir.Storage) throws {
    var network = try network(storage, .float64)
    var loops = try starts.map { try Loop(network, from: $0) }
    var (states, outputs): ([[Double]], [[Double]]) = ([], [])
    for sequence in 0..<2 {
      for input in inputs(sequence) {
        loops[sequence].step(input)
        states.append(loops[sequence].state)
        outputs.append(loops[sequence].output)
      }
    }
    var alone = network
    let one = try alone.freeRun(
      steps: steps, inputs: Tensor(rows: inputs(1)), from: Tensor(rows: [starts[1]]).squeeze(0))
    #expect(one.outputs.shape == [steps, 2])
    #expect(try distance(one.states, Array(states.suffix(steps))) < 1e-12)
    #expect(try distance(one.outputs, Array(outputs.suffix(steps))) < 1e-12)
    // Two sequences side by side, from a network that stood at one.
    let both = Tensor(rows: inputs(0) + inputs(1)).reshape(to: [2, steps, 2])
    let run = try network.freeRun(steps: steps, inputs: both, from: Tensor(rows: starts))
    #expect(run.states.shape == [2, steps, 30] && run.outputs.shape == [2, steps, 2])
    #expect(try distance(run.states.reshape(to: [2 * steps, 30]), states) < 1e-12)
    #expect(try distance(run.outputs.reshape(to: [2 * steps, 2]), outputs) < 1e-12)
    #expect(try distance(network.state, loops.map(\.state)) < 1e-12)
  }

  /// With an output of its own to begin with, and for driven runs.
  @Test func aNetworkIsPutIntoAState() throws {
    var network = try network(.sparse, .float64)
    let (before, output) = (Tensor(rows: [starts[0]]), [0.3, -0.7])
    var loop = try Loop(network, from: starts[0], output: output)
    try network.start(from: before, output: Tensor(rows: [output]))
    var driven = network
    let input = inputs(0)[3]
    loop.step(input)
    let run = try network.freeRun(steps: 1, inputs: Tensor(rows: [input]))
    #expect(try distance(run.states, [loop.state]) < 1e-12)
    #expect(
      try distance(driven.drive(inputs: Tensor(rows: [input]), teacher: Tensor(rows: [output])), [loop.state]) < 1e-12)
  }

  @Test func membersGiveTheirStatesToo() throws {
    var reservoir = Reservoir(units: 30, feedback: true)
    reservoir.scaling = .gain(0.8)
    reservoir.noise = 1e-4
    let signal = Tensor((0...200).map { sin(0.2 * Double($0)) }, shape: [201, 1])
    var ensemble = try ReservoirEnsemble(reservoir, seeds: 0..<3)
    try ensemble.fit(teacher: signal, washout: 50, readout: CholeskyReadout(lambda: 1e-6))
    let begin = Tensor(rows: starts + [starts[0]])
    var members = (0..<3).map { ensemble[$0] }
    let run = try ensemble.freeRun(steps: steps, from: begin)
    #expect(run.states.shape == [3, steps, 30] && run.outputs.shape == [3, steps, 1])
    for index in members.indices {
      let alone = try members[index].freeRun(steps: steps, from: begin[index])
      #expect(try run.states[index].distance(from: alone.states.rows()) < 1e-12)
      #expect(try run.outputs[index].distance(from: alone.outputs.rows()) < 1e-12)
      #expect(try ensemble[index].state.distance(from: members[index].state.rows()) < 1e-12)
    }
    #expect(throws: ReservoirError.self) { try ensemble.freeRun(steps: 5, from: begin[0]) }
  }

  @Test func startsThatDoNotFitAreErrors() throws {
    var network = try network(.sparse, .float64)
    let (state, input) = (try network.state.rows(), Tensor(rows: [[0.0, 0]]))
    for start in [
      Tensor(rows: [[1.0, 2]]), Tensor(rows: starts).expand(at: 0), Tensor.zeros([0, 30], dtype: .float64),
    ] {
      let error = #expect(throws: ReservoirError.self) { try network.generate(steps: 1, inputs: input, from: start) }
      #expect("\(try #require(error))".contains("initial states"))
    }
    var broken = starts[0]
    broken[4] = .nan
    let error = #expect(throws: ReservoirError.self) { try network.start(from: Tensor(rows: [broken])) }
    #expect("\(try #require(error))".contains("nan at step 0, channel 4"))
    #expect(throws: ReservoirError.self) {
      try network.start(from: Tensor(rows: starts), output: Tensor(rows: [[0, 0]]))
    }
    // Nothing has moved.
    #expect(try network.state.distance(from: state) == 0)
  }
}

extension Tensor {
  /// The rows of a matrix.
  fileprivate func rows() throws -> [[Double]] {
    let all: [Double] = try values()
    return stride(from: 0, to: all.count, by: shape[1]).map { Array(all[$0..<$0 + shape[1]]) }
  }
}
