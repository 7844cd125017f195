import Foundation
import Layers
import Reservoirs
import TestSupport
import Testing

/// Every node with every readout learns, goes on by itself, is saved, loaded, and goes on as it was.
@Suite(.tags(.engine, .slow)) struct GraphTableTests {
  /// A network around each kind of node; `ridge` stands for each readout.
  private static let networks: [String: [String]] = [
    "input": ["[input(channels: [1, 0]), reservoir(units: 8), ridge]"],
    "delay": ["[input, reservoir(units: 8), [delay(steps: 3), delay(steps: 1)], ridge]"],
    "reservoir": [
      "[input, reservoir(units: 8, squares: true, biasScale: 0.2), ridge]",
      "[input, reservoir(units: 8, unit: spiking, leak: 0.2, inputWeights: uniform), ridge]",
      "[input, reservoir(units: 8, unit: orthogonal, activation: sigmoid, noise: 0.001), ridge]",
      "[input, reservoir(units: 8), reservoir(units: 6), node(ridge, reads: [reservoir1, reservoir2])]",
      "[input, [[reservoir(units: 8), reservoir(units: 5)], reservoir(units: 6, storage: dense)], ridge]",
      "[input, node(reservoir(units: 8), as: a, feedback: [out]), node(ridge, as: out)]",
      "[node(reservoir(units: 8), as: a, feedback: [out], reads: []), node(ridge, as: out)]",
    ],
    "nvar": ["[input, nvar(delays: 2, stride: 2), node(ridge, adds: input)]"],
    "localReservoirs": ["[input, localReservoirs(units: 8, patches: 2, overlap: 0), ridge]"],
    "tanh": ["[input, reservoir(units: 8, activation: relu, gain: 0.3), tanh, ridge]"],
  ]

  private static let readouts = [
    "ridge(lambda: 0.001)", "cholesky(lambda: 0.001)", "qr(lambda: 0.001)", "pinv(lambda: 0.001)",
    "crossValidated(lambdas: [0.001, 0.01], folds: 2)", "recursiveLeastSquares", "leastMeanSquares",
    "ridgePerOutput(lambdas: [0.001, 0.01])", "force",
  ]
  /// Those whose targets are classes.
  private static let classReadouts = ["logistic(lambda: 0.1)", "supportVector(lambda: 0.1)"]

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func theTablesHaveEveryKind() throws {
    // A known model of three numbers; see ConceptorTests.
    #expect(Set(Registry<any GraphNode>.all.names).subtracting(["lorenzModel"]).isSubset(of: Self.networks.keys))
    let kinds = try Set((Self.readouts + Self.classReadouts).map { try MethodSpec(parsing: $0).name })
    #expect(kinds == Set(Registry<any ReadoutRule>.all.names))
  }

  @Test(arguments: networks.values.flatMap(\.self).sorted(), [DType.float64, .float32])
  func everyNodeTakesEveryReadout(_ network: String, _ dtype: DType) throws {
    let wave = Tensor((0...80).flatMap { [sin(0.3 * Double($0)), cos(0.2 * Double($0))] }, shape: [81, 2])
    // The greater of the two is the class.
    let isFirst = (wave.slice(0..<1, axis: 1) .> wave.slice(1..<2, axis: 1)).cast(to: .float64)
    let classes = Tensor.concatenate([isFirst, 1 - isFirst], axis: 1)
    for readout in Self.readouts + Self.classReadouts {
      let isClasses = Self.classReadouts.contains(readout)
      // A difference from the input is no class.
      if isClasses, network.contains("adds") { continue }
      let text = network.replacing("ridge", with: readout)
      let teacher = isClasses ? classes : wave
      // One readout of all patches has one output each.
      if text.contains("localReservoirs"), readout.contains("PerOutput") || readout.contains("force") || isClasses {
        continue
      }
      let graph = try NodeGraph(parsing: text)
      var own = try NodeNetwork(graph, inputs: graph.hasInput ? 2 : 0, outputs: 2, dtype: dtype)
      try own.fit(
        inputs: graph.hasInput ? wave.slice(0..<80) : nil, teacher: teacher.slice(1..<81), washout: 10)
      let path = folder("network.safetensors")
      try own.save(to: path)
      var loaded = try NodeNetwork(contentsOf: path)
      let (first, second) = (try own.generate(steps: 4), try loaded.generate(steps: 4))
      #expect(try first.hostArray() == second.hostArray(), "\(text)")
      #expect(first.shape == [4, 2] && first.dtype == dtype)
      let (inputs, forced) = graph.hasInput ? (wave, nil) : (nil, teacher)
      let (one, other) = (
        try own.predict(inputs: inputs, teacher: forced), try loaded.predict(inputs: inputs, teacher: forced)
      )
      #expect(try one.hostArray() == other.hostArray(), "\(text)")
      if own.graph.names.count == 3, readout.contains("recursive"), !text.contains("local") {
        _ = try own.learn(inputs: graph.hasInput ? wave.slice(0..<80) : nil, teacher: wave.slice(1..<81))
      }
    }
  }

  /// A graph is written as one chain, which reads back as the same graph.
  @Test(arguments: networks.values.flatMap(\.self).sorted()) func notationIsReadBack(_ text: String) throws {
    let graph = try NodeGraph(parsing: text)
    let written = try graph.text
    let again = try NodeGraph(parsing: written)
    #expect(try again.text == written)
    #expect(again.names == graph.names)
    // The same numbers, whatever the notation.
    let wave = Tensor((0...40).flatMap { [sin(0.3 * Double($0)), cos(0.2 * Double($0))] }, shape: [41, 2])
    func generated(_ graph: NodeGraph) throws -> HostArray {
      var network = try NodeNetwork(graph, inputs: graph.hasInput ? 2 : 0, outputs: 2)
      try network.fit(inputs: graph.hasInput ? wave.slice(0..<40) : nil, teacher: wave.slice(1..<41), washout: 5)
      return try network.generate(steps: 3).hostArray()
    }
    #expect(try generated(graph) == generated(again))
  }

  @Test func whatDoesNotFitIsAnError() throws {
    func error(_ text: String, inputs: Int = 2, outputs: Int = 2) -> String {
      do {
        _ = try NodeNetwork(NodeGraph(parsing: text), inputs: inputs, outputs: outputs)
        return "none"
      } catch { return "\(error)" }
    }
    // A cycle needs a delay.
    let cycle =
      "[input, node(reservoir(units: 3), as: a, reads: [input, b]), node(reservoir(units: 3), as: b, reads: [a])]"
    #expect(error(cycle).contains("a, b read each other in the same step"))
    #expect(throws: ReservoirError.cycle(nodes: ["a", "b"])) {
      try NodeNetwork(NodeGraph(parsing: cycle), inputs: 2, outputs: 2)
    }
    let mended = cycle.replacing("reads: [a]", with: "reads: [d]").replacing(
      "])]", with: "]), node(delay, as: d, reads: [a])]")
    #expect(error(mended) == "none", "\(error(mended))")
    #expect(error("[input, tanh, node(relu, as: r, reads: [r])]").contains("depend on themselves"))
    #expect(error("[]").contains("is empty"))
    #expect(error("[input, resevoir, ridge]").contains("reservoir"))
    #expect(error("[input, reservoir(units: 3), node(ridge, reads: [resevoir])]").contains("reservoir"))
    #expect(error("[input, reservoir(unit: 3)]").contains("unit"))
    #expect(error("[input, node(ridge, as: a), node(ridge, as: a)]").contains("two nodes have the name 'a'"))
    #expect(error("[reservoir(units: 3), ridge]", inputs: 0).contains("'reservoir' reads nothing"))
    #expect(error("[input, reservoir(units: 3), ridge]", inputs: 0).contains("give 1 output or more, and inputs"))
    #expect(error("[input(channels: [2]), ridge]").contains("takes the channels [2], but there are 2"))
    #expect(error("[input, reservoir(units: 3), node(ridge, adds: reservoir)]").contains("only a readout can be"))
    #expect(
      error("[input, localReservoirs(units: 3, patches: 3, overlap: 0), ridge]").contains("a divisor of 2 points"))
    #expect(
      error("[input, [reservoir(units: 3), localReservoirs(units: 3, patches: 2, overlap: 0)], ridge]").contains(
        "patches"))
    #expect(error("[input, nvar(delays: 9, orders: [6])]").contains("50000 monomials at most"))
  }

  @Test func whatCannotRunIsAnError() throws {
    let wave = Tensor((0..<60).map { sin(0.3 * Double($0)) }, shape: [60, 1])
    func network(_ text: String, outputs: Int = 1) throws -> NodeNetwork {
      let graph = try NodeGraph(parsing: text)
      return try NodeNetwork(graph, inputs: graph.hasInput ? 1 : 0, outputs: outputs)
    }
    var plain = try network("[input, reservoir(units: 4), ridge]")
    #expect(throws: ReservoirError.notFitted) { try plain.predict(inputs: wave) }
    #expect(throws: ReservoirError.notFitted) { try plain.generate(steps: 2) }
    #expect(throws: ReservoirError.missingInputs(count: 1)) { try plain.fit(teacher: wave) }
    #expect(throws: ReservoirError.washout(steps: 60, length: 60)) {
      try plain.fit(inputs: wave, teacher: wave, washout: 60)
    }
    #expect(throws: ReservoirError.self) { try plain.fit(inputs: wave, teacher: wave.slice(0..<50)) }
    #expect(throws: ReservoirError.self) { try plain.fit(inputs: wave, teachers: ["other": wave]) }
    #expect(throws: ReservoirError.self) { try plain.run(inputs: wave, nodes: ["other"]) }
    #expect(throws: ReservoirError.self) { try plain.learn(inputs: wave, teacher: wave) }
    #expect(try plain.run(inputs: wave, nodes: ["reservoir"])["reservoir"]?.shape == [60, 4])
    // What has moved takes as many sequences as before.
    #expect(throws: ReservoirError.self) {
      try plain.fit(inputs: wave.reshape(to: [2, 30, 1]), teacher: wave.reshape(to: [2, 30, 1]))
    }
    try plain.reset()
    try plain.fit(inputs: wave.reshape(to: [2, 30, 1]), teacher: wave.reshape(to: [2, 30, 1]), washout: 5)
    #expect(try plain.generate(steps: 3).shape == [2, 3, 1])
    var wide = try network("[input, reservoir(units: 4), ridge]", outputs: 2)
    let two = Tensor.concatenate([wave, wave], axis: 1)
    try wide.fit(inputs: wave, teacher: two, washout: 5)
    #expect(throws: ReservoirError.openLoop(inputs: 1, outputs: 2)) { try wide.generate(steps: 2) }
    #expect(try wide.generate(steps: 60, inputs: wave).shape == [60, 2])
    var short = try network("[input, nvar(delays: 5, stride: 20), ridge]")
    #expect(throws: ReservoirError.washout(steps: 80, length: 60)) { try short.fit(inputs: wave, teacher: wave) }
    var open = try network("[input, [reservoir(units: 4), reservoir(units: 3)]]")
    #expect(throws: ReservoirError.self) { try open.predict(inputs: wave) }
    #expect(throws: ReservoirError.self) { try open.fit(inputs: wave, teacher: wave) }
    // Cubes of cubes overflow, at a step that is named.
    var wild = try network("[input, nvar(delays: 1, orders: [1, 3]), ridge(lambda: 0)]")
    try wild.fit(inputs: wave, teacher: wave * wave * wave * 30)
    let diverged = #expect(throws: ReservoirError.self) { try wild.generate(steps: 500) }
    #expect("\(try #require(diverged))".contains("isn't finite any more at step"))
    // Files that aren't networks of nodes.
    try plain.save(to: folder("plain.safetensors"))
    let esn = try EchoStateNetwork(Reservoir(units: 4, inputs: 1))
    try esn.save(to: folder("esn.safetensors"))
    #expect(throws: ReservoirError.self) { try NodeNetwork(contentsOf: folder("esn.safetensors")) }
    for name in try plain.arrays().keys
    where name != "last" && !name.hasSuffix("readout") && !name.contains("untrained") {
      var arrays = try plain.arrays()
      arrays[name] = try HostArray([Float(3)])
      #expect(throws: (any Error).self, "\(name)") { try NodeNetwork(arrays: arrays) }
    }
  }
}
