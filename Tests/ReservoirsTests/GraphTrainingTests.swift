import Datasets
import Foundation
import Layers
import Reservoirs
import TestSupport
import Testing
import Training

/// Networks of nodes as layers, whose weights are trained by backpropagation.
@Suite(.tags(.engine, .slow)) struct GraphTrainingTests {
  private static let graphs = [
    "[input, reservoir(units: 6, biasScale: 0.2), cholesky(lambda: 0.01)]",
    "[input, reservoir(units: 5), reservoir(units: 4), node(ridge(lambda: 0.01), reads: [reservoir1, reservoir2])]",
    "[input, [reservoir(units: 5, storage: dense), nvar(delays: 2)], node(qr(lambda: 0.01), adds: input)]",
    "[input, reservoir(units: 5, unit: orthogonal, activation: sigmoid, squares: true), delay(steps: 2), tanh, ridge(lambda: 0.01)]",
    "[input, node(reservoir(units: 5), as: a, feedback: [b]), node(reservoir(units: 4, leak: 0.5), as: b), ridge(lambda: 0.01)]",
    "[input, node(reservoir(units: 6, gain: 0.7), as: a, feedback: [out]), node(recursiveLeastSquares(lambda: 0.01), as: out)]",
    "[input, reservoir(units: 5), node(ridge(lambda: 0.01), as: middle), reservoir(units: 4), pinv(lambda: 0.01)]",
    "[input, localReservoirs(units: 4, patches: 2, overlap: 0), cholesky(lambda: 0.01)]",
    "[node(reservoir(units: 6, gain: 0.7), as: a, feedback: [out], reads: []), node(leastMeanSquares, as: out)]",
  ]

  private static let wave = Tensor(
    (0...120).flatMap { [sin(0.3 * Double($0)), cos(0.2 * Double($0)) * 0.5] }, shape: [121, 2])

  private static func drawn(_ text: String, dtype: DType = .float64) throws -> NodeNetwork {
    let graph = try NodeGraph(parsing: text)
    return try NodeNetwork(graph, inputs: graph.hasInput ? 2 : 0, outputs: 2, dtype: dtype)
  }

  private static func fitted(_ text: String, dtype: DType = .float64) throws -> NodeNetwork {
    var network = try drawn(text, dtype: dtype)
    try network.fit(
      inputs: network.inputs > 0 ? wave.slice(0..<120) : nil, teacher: wave.slice(1..<121), washout: 10)
    return network
  }

  /// The gradient by each parameter against central differences, with a teacher's values fed back, and with the network's own.
  @Test(arguments: graphs, [true, false]) func gradientsAreDifferenceQuotients(_ text: String, _ isTaught: Bool) throws
  {
    let network = try Self.drawn(text)
    let isFedBack = text.contains("feedback: [out]")
    guard isTaught || isFedBack && network.inputs > 0 else { return }
    let model = try ReservoirLayer(network, washout: 1)
    let channels = isFedBack && isTaught && network.inputs > 0 ? 4 : 2
    let x = try Key(seed: 5).uniform([2, 6, channels], in: -1..<1, dtype: .float64).evaluate()
    let variables = try model.variables(for: x.type, key: Key(seed: 3), precision: .float64)
    let names = Set(variables.parameters.paths.map { String($0.prefix { $0 != "/" }) })
    #expect(names.isSubset(of: network.graph.names) && variables.parameters.paths.contains { $0.hasSuffix("/readout") })
    func loss(_ parameters: TensorTree) -> Tensor {
      model.apply(ModelVariables(parameters: parameters), to: x, precision: .float64).output.squared().sum()
    }
    let point = variables.parameters.tensors
    let gradients = try Tensor.evaluate(valueAndGradient(at: point) { loss(variables.parameters.with($0)) }.1)
    let shifted = try Program(variables.parameters.types) { [loss(variables.parameters.with($0))] }
    for (place, gradient) in gradients.enumerated() {
      let (values, path): ([Double], String) = (try gradient.values(), variables.parameters.paths[place])
      var differs = path.hasSuffix("feedback") || path.hasSuffix("recurrent")
      for index in Set([0, values.count / 2, values.count - 1]) {
        func loss(after step: Double) throws -> Double {
          var all: [Double] = try point[place].values()
          all[index] += step
          var tensors = point
          tensors[place] = Tensor(all, shape: point[place].shape)
          return try shifted(tensors)[0].scalar()
        }
        let quotient = (try loss(after: 1e-5) - loss(after: -1e-5)) / 2e-5
        #expect(abs(quotient - values[index]) < 1e-7 * max(1, abs(quotient)), "\(text): \(path)[\(index)]")
        differs = differs || quotient != 0
      }
      #expect(differs, "\(text): \(path)")
    }
  }

  /// The untrained layer is the network, with what a teacher feeds back and with its own outputs.
  @Test(arguments: graphs, [DType.float64, .float32])
  func theUntrainedLayerIsTheNetwork(_ text: String, _ dtype: DType) throws {
    let network = try Self.fitted(text, dtype: dtype)
    let model = try ReservoirLayer(network)
    let (isDriven, isFedBack) = (network.inputs > 0, text.contains("feedback: [out]"))
    let (series, targets) = (Self.wave.slice(0..<40), Self.wave.slice(1..<41))
    // At rest nothing is fed back.
    let before = Tensor.concatenate([.zeros([1, 2], dtype: .float64), targets.slice(0..<39)])
    let given = (isDriven ? [series] : []) + (isFedBack ? [before] : [])
    func outputs(of x: Tensor) throws -> Tensor {
      let (x, precision) = (x.cast(to: dtype).expand(at: 0), Precision(dtype))
      let variables = try model.variables(for: x.type, key: Key(seed: 0), precision: precision)
      #expect(try variables.parameters.tensors.allSatisfy { try $0.abs().max().scalar() == 0 })
      return model.apply(variables, to: x, precision: precision).output.squeeze(0)
    }
    let tolerance = dtype == .float64 ? 1e-10 : 2e-4
    if isFedBack {
      var own = network
      try own.reset()
      let end = try #require(network.graph.names.last)
      let expected = try own.run(inputs: isDriven ? series : nil, teacher: targets, nodes: [end])[end]
      let found = try outputs(of: Tensor.concatenate(given, axis: 1))
      #expect(try distance(found, #require(expected)) < tolerance, "\(text)")
    }
    if isDriven {
      var own = network
      try own.reset()
      #expect(try distance(outputs(of: series), own.predict(inputs: series)) < tolerance, "\(text)")
    }
  }

  /// Sequences overlap by their washout, and have their targets before where these are fed back.
  @Test func sequencesAreCut() throws {
    let (series, targets) = (Self.wave.slice(0..<120), Self.wave.slice(1..<121))
    let data = try ReservoirLayer(Self.fitted(Self.graphs[5]), washout: 10).sequences(
      of: series, targets: targets, length: 30)
    #expect(data.inputs.shape == [3, 40, 4] && data.targets.shape == [3, 30, 2])
    #expect(try distance(data.inputs[1].slice(0..<2, axis: 1), series.slice(30..<70)) == 0)
    #expect(try distance(data.inputs[1].slice(2..<4, axis: 1), targets.slice(29..<69)) == 0)
    #expect(try distance(data.targets[1], targets.slice(40..<70)) == 0)
    let fed = try ReservoirLayer(Self.fitted(Self.graphs[8])).sequences(of: series, targets: targets, length: 60)
    #expect(try distance(fed.inputs.reshape(to: [120, 2]), series) == 0)
    #expect(try distance(fed.targets.reshape(to: [120, 2]), targets) == 0)
  }

  /// Trained with the whole method, in either precision: the loss falls, and the network that comes back puts out what the layer
  /// does, generates, and is saved and loaded bit for bit.
  @Test(arguments: zip(graphs, graphs.indices.map { $0 % 2 == 0 ? DType.float64 : .float32 }))
  func trainedNetworksComeBack(_ text: String, _ dtype: DType) throws {
    let folder = try TemporaryFolder()
    let model = try ReservoirLayer(Self.drawn(text, dtype: dtype), washout: 4)
    let data = try model.sequences(of: Self.wave.slice(0..<120), targets: Self.wave.slice(1..<121), length: 28)
    let arrays = try LabeledArrays(inputs: data.inputs.hostArray(), targets: data.targets.hostArray())
    let method = Method(loss: MeanSquaredError(), optimizer: Adam(learningRate: 0.01)) {
      $0.gradientRule = SAM(rho: 0.01)
      $0.averaging = ExponentialAverage(decay: 0.9)
      $0.metrics = []
    }
    let trainer = try Trainer(
      model: model, method: method, inputs: arrays.inputs, precision: Precision(dtype), seed: 1)
    let before = try #require(trainer.evaluate(arrays)["loss"])
    try trainer.fit(arrays, epochs: 40, batchSize: 4)
    let after = try #require(trainer.evaluate(arrays)["loss"])
    #expect(after < 0.5 * before, "\(text): \(before), then \(after)")
    var network = try model.trained(by: trainer.variables.parameters)
    #expect(network.dtype == dtype)
    // The layer of the network that came back is the trained layer.
    let again = try ReservoirLayer(network, washout: 4)
    let precision = Precision(dtype)
    let variables = try again.variables(for: data.inputs.type, key: Key(seed: 0), precision: precision)
    let outputs = again.apply(variables, to: data.inputs, precision: precision).output
    let expected = try Tensor(trainer.predict(arrays.inputs))
    #expect(try distance(outputs, expected) < (dtype == .float64 ? 1e-10 : 1e-4), "\(text)")
    try network.save(to: folder("trained.safetensors"))
    var loaded = try NodeNetwork(contentsOf: folder("trained.safetensors"))
    let isDriven = network.inputs > 0
    let (x, y) = (isDriven ? Self.wave : nil, isDriven ? nil : Self.wave)
    let (one, other) = (
      try network.predict(inputs: x, teacher: y), try loaded.predict(inputs: x, teacher: y)
    )
    #expect(try one.hostArray() == other.hostArray(), "\(text)")
    #expect(try network.generate(steps: 5).hostArray() == loaded.generate(steps: 5).hostArray(), "\(text)")
    // What it has learned goes on being learned by its rules.
    try network.reset()
    try network.fit(inputs: isDriven ? Self.wave.slice(0..<120) : nil, teacher: Self.wave.slice(1..<121), washout: 10)
  }

  @Test func onlyTheReadoutIsTrainedWhereTheReservoirIsKept() throws {
    let network = try Self.fitted(Self.graphs[1])
    let model = try ReservoirLayer(network, keepsReservoir: true, result: .last)
    let type = TensorType(.float64, [2, 6, 2])
    let variables = try model.variables(for: type, key: Key(seed: 0), precision: .float64)
    #expect(variables.parameters.paths == ["ridge/readout"])
    #expect(
      model.apply(variables, to: .zeros(type.shape, dtype: .float64), precision: .float64).output.shape == [2, 2])
    let trained = try model.trained(by: variables.parameters.mapValues { $0 + 1 })
    let (own, other) = (try network.arrays(), try trained.arrays())
    for (name, array) in own where name.contains("reservoir") && !name.contains("state") {
      #expect(other[name] == array, "\(name)")
    }
    #expect(own["ridge/readout"] != other["ridge/readout"])
  }

  @Test func whatCannotBeTrainedIsAnError() throws {
    let spiking = try Self.drawn(
      "[input, node(reservoir(units: 4, unit: spiking, leak: 0.2), as: spikes), cholesky(lambda: 1)]")
    let error = #expect(throws: ReservoirError.self) { try ReservoirLayer(spiking) }
    guard case .undifferentiable("spikes", let reason) = try #require(error) else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.contains("spiking"))
    let open = try Self.drawn("[input, [reservoir(units: 4), reservoir(units: 3)]]")
    #expect(throws: ReservoirError.self) { try ReservoirLayer(open) }
    let model = try ReservoirLayer(Self.fitted(Self.graphs[5]), washout: 3)
    let missing = #expect(throws: ReservoirError.self) { try model.trained(by: TensorTree()) }
    #expect("\(try #require(missing))".contains("'a/recurrent'"))
    for (shape, part): (Shape, String) in [
      ([2, 6, 3], "[batch, time, 4], or [batch, time, 2]"), ([2, 3, 4], "a washout of 3 steps leaves nothing of 3"),
    ] {
      let diagnostic = #expect(throws: Diagnostic.self) {
        try model.variables(for: TensorType(.float64, shape), key: Key(seed: 0), precision: .float64)
      }
      #expect("\(try #require(diagnostic))".contains(part))
    }
    #expect(throws: ReservoirError.washout(steps: 3, length: 5)) {
      try model.sequences(of: Self.wave.slice(0..<5), targets: Self.wave.slice(0..<5), length: 3)
    }
    #expect(throws: ReservoirError.self) {
      try model.sequences(of: Self.wave.slice(0..<50), targets: Self.wave.slice(0..<40), length: 3)
    }
  }
}
