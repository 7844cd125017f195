import Datasets
import Foundation
import Reservoirs
import TestSupport
import Testing

/// Long series and Lyapunov exponents of networks of nodes.
@Suite(.tags(.engine)) struct GraphDynamicsTests {
  private static let wave = NodeEnsembleTests.wave

  private static func network(_ text: String, dtype: DType = .float64) throws -> NodeNetwork {
    let graph = try NodeGraph(parsing: text)
    return try NodeNetwork(graph, inputs: graph.hasInput ? 2 : 0, outputs: 2, dtype: dtype)
  }

  /// A fit in the memory of a few steps is the one on the whole series.
  @Test(
    arguments: [
      "[input, [reservoir(units: 15), nvar(delays: 3)], node(READOUT, adds: input)]",
      "[node(reservoir(units: 15), as: a, feedback: [out], reads: []), node(READOUT, as: out)]",
      "[input, localReservoirs(units: 8, patches: 2, overlap: 0), READOUT]",
      "[input, reservoir(units: 8), node(READOUT, as: one), reservoir(units: 6), READOUT]",
    ],
    [
      "ridge(lambda: 0.01)", "pinv(lambda: 0.01)", "ridgePerOutput(lambdas: [0.01, 0.1])",
      "cholesky(lambda: 0.01, bias: false)",
    ])
  func memoryMakesNoDifference(_ text: String, _ readout: String) throws {
    guard !(text.contains("local") && readout.contains("PerOutput")) else { return }
    for dtype in [DType.float64, .float32] {
      var whole = try Self.network(text.replacing("READOUT", with: readout), dtype: dtype)
      var (parts, short, summed) = (whole, whole, whole)
      let isDriven = whole.inputs > 0
      let (x, y) = (isDriven ? Self.wave.slice(0..<160) : nil, Self.wave.slice(1..<161))
      let tolerance = dtype == .float64 ? 1e-8 : 2e-2
      let all = try whole.fit(inputs: x, teacher: y, washout: 20)
      let own = try parts.fit(inputs: x, teacher: y, washout: 20, memory: 40 * 30 * dtype.byteCount)
      #expect(own.keys == all.keys)
      for (name, fit) in own {
        let other = try #require(all[name])
        #expect(abs(fit.nrmse - other.nrmse) < (dtype == .float64 ? 1e-10 : 2e-3) && fit.lambda == other.lambda)
        #expect(fit.outputs.shape == other.outputs.shape)
        #expect(try distance(fit.outputs, other.outputs) < tolerance)
      }
      #expect(try distance(parts.generate(steps: 5), whole.generate(steps: 5)) < tolerance * 10)
      // The washout lies in the first stretch, and a stretch is a step at least.
      _ = try short.fit(inputs: x, teacher: y, washout: 20, memory: 1)
      // By hand.
      var sums: [String: ReadoutSums] = [:]
      for range in [0..<70, 70..<71, 71..<160] {
        try summed.accumulate(
          inputs: x?.slice(range), teacher: y.slice(range), washout: range.lowerBound == 0 ? 20 : 0, into: &sums)
      }
      let errors = try summed.fit(sums)
      #expect(errors.keys.sorted() == all.keys.sorted())
      #expect(try distance(summed.generate(steps: 5), short.generate(steps: 5)) < tolerance * 10)
    }
  }

  /// An echo state network learns in stretches what it learns from all states, with feedback, inputs and a state of its own.
  @Test(
    arguments: [true, false],
    ["ridge(lambda: 0.01)", "pinv(lambda: 0.01)", "cholesky(lambda: 0.01, bias: false)", "qr(lambda: 0.01)"])
  func memoryMakesNoDifferenceToAnEchoStateNetwork(_ feedback: Bool, _ readout: String) throws {
    let rule = try Registry<any ReadoutRule>.all.build(MethodSpec(parsing: readout))
    for (dtype, corrects) in [(DType.float64, true), (.float64, false), (.float32, true)] {
      var reservoir = Reservoir(units: 20, inputs: 2, outputs: 2, feedback: feedback)
      (reservoir.dtype, reservoir.squares, reservoir.correctsLastOutput) = (dtype, true, corrects)
      (reservoir.feedbackScale, reservoir.scaling) = (0.3, .gain(0.5))
      var whole = try EchoStateNetwork(reservoir)
      try whole.drive(inputs: Self.wave.slice(0..<7), teacher: feedback ? Self.wave.slice(0..<7) : nil)
      var parts = whole
      let (x, y) = (Self.wave.slice(0..<150), Self.wave.slice((feedback ? 0 : 1)..<151))
      let all = try whole.fit(inputs: x, teacher: y, washout: 20, readout: rule)
      let own = try parts.fit(
        inputs: x, teacher: y, washout: 20, readout: rule, memory: 33 * 20 * dtype.byteCount)
      let tolerance = dtype == .float64 ? 1e-10 : 2e-3
      #expect(abs(own.nrmse - all.nrmse) < tolerance && own.lambda == all.lambda)
      #expect(own.outputs.shape == all.outputs.shape)
      #expect(try distance(own.outputs, all.outputs) < tolerance)
      #expect(try distance(#require(parts.readout), #require(whole.readout)) < tolerance * 100)
      #expect(try distance(parts.state, whole.state) < 1e-12 && distance(parts.output, whole.output) < tolerance * 10)
      if feedback {
        let next = Self.wave.slice(150..<155)
        #expect(
          try distance(parts.generate(steps: 5, inputs: next), whole.generate(steps: 5, inputs: next)) < tolerance * 100
        )
      }
      // Several sequences from rest.
      try whole.reset()
      try parts.reset()
      let several = Tensor.stack([Self.wave.slice(0..<60), Self.wave.slice(70..<130)])
      let two = try whole.fit(
        inputs: feedback ? several.slice(0..<59, axis: 1) : several, teacher: several, readout: rule)
      let same = try parts.fit(
        inputs: feedback ? several.slice(0..<59, axis: 1) : several, teacher: several, readout: rule, memory: 1000)
      #expect(try distance(same.outputs, two.outputs) < tolerance)
      #expect(throws: ReservoirError.self) {
        try parts.fit(inputs: several, teacher: several.slice(0..<40, axis: 1), readout: rule, memory: 1000)
      }
    }
  }

  @Test func notAllLearnFromSums() throws {
    var network = try Self.network("[input, reservoir(units: 5), qr(lambda: 0.01)]")
    var sums: [String: ReadoutSums] = [:]
    let (x, y) = (Self.wave.slice(0..<100), Self.wave.slice(1..<101))
    try network.accumulate(inputs: x, teacher: y, into: &sums)
    #expect { try network.fit(sums) } throws: { "\($0)".contains("can't learn from sums") }
    // It keeps what it learns from, whatever the memory.
    try network.fit(inputs: x, teacher: y, memory: 1)
    var ridge = try Self.network("[input, reservoir(units: 6), ridge(lambda: 0.01)]")
    #expect(throws: ReservoirError.washout(steps: 0, length: 0)) { try ridge.fit([:]) }
    try ridge.accumulate(inputs: x, teacher: y, into: &sums)
    var other = try Self.network("[input, reservoir(units: 7), ridge(lambda: 0.01)]")
    #expect(throws: ReservoirError.self) { try other.accumulate(inputs: x, teacher: y, into: &sums) }
    #expect(throws: ReservoirError.self) { try other.fit(sums) }
    #expect(throws: ReservoirError.washout(steps: 100, length: 100)) {
      try ridge.fit(inputs: x, teacher: y, washout: 100, memory: 1)
    }
  }

  private static func lorenz(_ steps: Int) -> Tensor {
    Tensor(Lorenz().series(steps).map { $0 * 0.02 }, shape: [steps, 3])
  }

  /// The tangent vectors of a network that runs freely are what finite differences of its steps give.
  @Test(arguments: [
    "[input, [reservoir(units: 30, inputScale: 5, biasScale: 0.5), nvar(delays: 2)], ridge(lambda: 0.0001)]",
    "[input, reservoir(units: 30, inputScale: 5, squares: true), reservoir(units: 20, unit: orthogonal, leak: 0.5), node(ridge(lambda: 0.0001), reads: [reservoir1, reservoir2], adds: input)]",
    "[node(reservoir(units: 30, feedbackScale: 5, squares: true, storage: dense), as: a, feedback: [out], reads: []), node(ridge(lambda: 0.0001), as: out)]",
  ]) func exponentsAreThoseOfTheSteps(_ text: String) throws {
    let (series, graph) = (Self.lorenz(1201), try NodeGraph(parsing: text))
    var base = try NodeNetwork(graph, inputs: graph.hasInput ? 3 : 0, outputs: 3)
    try base.fit(inputs: graph.hasInput ? series.slice(0..<1200) : nil, teacher: series.slice(1..<1201), washout: 100)
    let steps = 300
    let exponents = try base.lyapunovExponents(2, steps: steps, skipped: 0)
    #expect(exponents[0] > exponents[1])
    let (size, names) = (1e-7, try base.arrays().keys.filter { $0.contains("/state") || $0 == "last" })
    func numbers(_ network: NodeNetwork) throws -> [[Double]] {
      let arrays = try network.arrays()
      return try names.map { try #require(arrays[$0]).values() }
    }
    var (growth, difference) = (0.0, try numbers(base).map { $0.indices.map { sin(Double($0) + 1) } })
    func length() -> Double { difference.joined().reduce(0) { $0 + $1 * $1 }.squareRoot() }
    for _ in 0..<steps {
      let before = length()
      var arrays = try base.arrays()
      for (place, name) in names.enumerated() {
        let array = try #require(arrays[name])
        let moved: [Double] = try zip(array.values(as: Double.self), difference[place]).map { $0 + $1 / before * size }
        arrays[name] = try HostArray(moved, shape: array.shape)
      }
      var moved = try #require(try NodeNetwork(arrays: arrays))
      _ = try base.generate(steps: 1)
      _ = try moved.generate(steps: 1)
      difference = try zip(numbers(moved), numbers(base)).map { zip($0, $1).map { $0 - $1 } }
      growth += log(length() / size)
    }
    #expect(abs(growth / Double(steps) - exponents[0]) < 0.03)
  }

  /// The network of one reservoir is the echo state network that takes its outputs for inputs.
  @Test func exponentsAreThoseOfTheEchoStateNetwork() throws {
    let series = Self.lorenz(1201)
    var reservoir = Reservoir(units: 40, inputs: 3, outputs: 3)
    (reservoir.inputScale, reservoir.squares) = (5, true)
    var network = try EchoStateNetwork(reservoir)
    try network.fit(inputs: series.slice(0..<1200), teacher: series.slice(1..<1201), washout: 100)
    let closed = try network.closingLoop().lyapunovExponents(3, steps: 400)
    let graph = try NodeNetwork(network).lyapunovExponents(3, steps: 400)
    #expect(distance(closed, graph) < 1e-3)
  }

  @Test func notAllHaveExponents() throws {
    let (x, y) = (Self.wave.slice(0..<100), Self.wave.slice(1..<101))
    func fitted(_ text: String) throws -> NodeNetwork {
      var network = try Self.network(text)
      try network.fit(inputs: x, teacher: y, washout: 10)
      return network
    }
    #expect(throws: ReservoirError.notFitted) {
      try Self.network("[input, reservoir(units: 5), ridge]").lyapunovExponents(1, steps: 3)
    }
    for node in ["reservoir", "localReservoirs"] {
      let patches = node == "reservoir" ? "" : ", patches: 2, overlap: 0"
      let spiking = try fitted("[input, \(node)(units: 5, unit: spiking, leak: 0.2\(patches)), ridge(lambda: 0.1)]")
      #expect("\(node)") { try spiking.lyapunovExponents(1, steps: 3) } throws: { "\($0)".contains("spiking") }
    }
    let plain = try fitted("[input, reservoir(units: 5), ridge(lambda: 0.1)]")
    #expect(throws: ReservoirError.self) { try plain.lyapunovExponents(8, steps: 3) }
    #expect(throws: ReservoirError.self) { try plain.lyapunovExponents(1, steps: 0) }
    #expect(try plain.lyapunovExponents(7, steps: 3, skipped: 0).count == 7)
  }
}
