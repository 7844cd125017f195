import Datasets
import Foundation
import Layers
import Reservoirs
import TestSupport
import Testing

/// Graphs of nodes with given matrices against reservoirpy's models; see Fixtures/generate_graphs.py.
@Suite(.tags(.engine)) struct GraphTests {
  private struct Matrices: Decodable {
    let recurrent: [[Double]]
    let input: [[Double]]
    let bias: [Double]
  }

  private struct Fixture: Decodable {
    let inputs: [[Double]]
    let targets: [[Double]]
    let fit: Int
    let warmup: Int
    let a: Matrices
    let b: Matrices
    let c: Matrices
    let d: Matrices
    let f: Matrices
    let deep: [[Double]]
    let deep_readout: [[Double]]
    let layers: [[Double]]
    let wide: [[Double]]
    let feedback: [[Double]]
    let feedback_readout: [[Double]]
    let loop: [[Double]]
    let delay: [[Double]]
    let two_readouts: [[Double]]
    let nvar: [[Double]]
  }

  private let fixture: Fixture

  init() throws { fixture = try Bundle.module.decodeFixture("graphs") }

  /// A reservoir of given matrices, the last rows of whose input weights are those of what is fed back.
  private func node(_ matrices: Matrices, _ rate: Double, inputs: Int = 2, name: String? = nil) throws -> Node {
    let units = matrices.bias.count
    var reservoir = Reservoir(units: units)
    reservoir.leakRate = rate
    let weights = ReservoirWeights(
      recurrent: try SparseMatrix(dense: matrices.recurrent.flatMap(\.self), size: units),
      input: matrices.input.prefix(inputs).flatMap(\.self),
      feedback: matrices.input.dropFirst(inputs).flatMap(\.self), bias: matrices.bias)
    return Node(ReservoirNode(reservoir, weights: weights), name: name)
  }

  private var inputs: Tensor { Tensor(rows: fixture.inputs) }
  private var targets: Tensor { Tensor(rows: fixture.targets) }
  private var ridge: CholeskyReadout { CholeskyReadout(lambda: 1e-3, penalizesBias: false) }

  /// Fits on the first steps and gives the outputs on the others.
  private func fitted(_ graph: NodeGraph) throws -> (network: NodeNetwork, outputs: Tensor) {
    var network = try NodeNetwork(graph, inputs: 2, outputs: 2)
    let first = 0..<fixture.fit
    try network.fit(inputs: inputs.slice(first), teacher: targets.slice(first), washout: fixture.warmup)
    return (network, try network.predict(inputs: inputs.slice(fixture.fit..<fixture.inputs.count)))
  }

  @Test func modelsAreReservoirpys() throws {
    let a = try node(fixture.a, 0.3)
    let (b, d) = (try node(fixture.b, 0.6, inputs: 12), try node(fixture.d, 0.6))
    let deep = try fitted(Input() >>> a >>> b >>> ridge)
    #expect(try deep.outputs.distance(from: fixture.deep) < 1e-9)
    #expect(try #require(deep.network.readout("cholesky")).distance(from: fixture.deep_readout) < 1e-9)
    let layers = (Input() >>> a >>> b).merged(with: [a, b] >>> ridge)
    #expect(try fitted(layers).outputs.distance(from: fixture.layers) < 1e-9)
    #expect(try fitted(Input() >>> [a, d] >>> ridge).outputs.distance(from: fixture.wide) < 1e-9)
    let nvar = Input() >>> Monomials(delays: 3, stride: 2) >>> ridge
    #expect(try fitted(nvar).outputs.distance(from: fixture.nvar) < 1e-8)
  }

  @Test func feedbackIsReservoirpys() throws {
    let (c, readout) = (try node(fixture.c, 0.3), Node(ridge))
    let fed = try fitted((Input() >>> c >>> readout).feedingBack(readout, to: c))
    #expect(try fed.outputs.distance(from: fixture.feedback) < 1e-9)
    #expect(try #require(fed.network.readout("cholesky")).distance(from: fixture.feedback_readout) < 1e-9)
    // Reservoirs in a circle, which no teacher opens.
    let (f, b) = (try node(fixture.f, 0.3), try node(fixture.b, 0.6, inputs: 12, name: "b"))
    var loop = try NodeNetwork((Input() >>> f >>> b).feedingBack(b, to: f), inputs: 2, outputs: 1)
    #expect(try loop.predict(inputs: inputs).distance(from: fixture.loop) < 1e-12)
    // The same in two stretches.
    try loop.reset()
    let parts = [try loop.predict(inputs: inputs.slice(0..<40)), try loop.predict(inputs: inputs.slice(40..<90))]
    #expect(try Tensor.concatenate(parts).distance(from: fixture.loop) < 1e-12)
    var delayed = try NodeNetwork(
      Input() >>> node(fixture.a, 0.3) >>> Delay(3) >>> node(fixture.b, 0.6, inputs: 12), inputs: 2, outputs: 1)
    #expect(try delayed.predict(inputs: inputs).distance(from: fixture.delay) < 1e-12)
  }

  /// What reads a readout learns from the teacher's values.
  @Test func readoutsInARowAreReservoirpys() throws {
    let (first, last) = (Node(ridge, name: "first"), Node(ridge, name: "last"))
    let graph = try Input() >>> node(fixture.a, 0.3) >>> first >>> node(fixture.d, 0.6) >>> last
    var network = try NodeNetwork(graph, inputs: 2, outputs: 2)
    let (x, y) = (inputs.slice(0..<fixture.fit), targets.slice(0..<fixture.fit))
    let fits = try network.fit(inputs: x, teachers: ["first": y, "last": x], washout: fixture.warmup)
    #expect(fits.keys == ["first", "last"])
    #expect(try network.predict(inputs: inputs.slice(fixture.fit..<90)).distance(from: fixture.two_readouts) < 1e-9)
  }

  private static let wave = Tensor(
    (0...300).flatMap { [sin(0.2 * Double($0)), cos(0.31 * Double($0))] }, shape: [301, 2])

  /// One reservoir with one readout computes what an echo state network does, and goes on as it does.
  @Test func oneReservoirIsAnEchoStateNetwork() throws {
    let (x, y) = (Self.wave.slice(0..<300), Self.wave.slice(1..<301))
    var reservoir = Reservoir(units: 40, inputs: 2, outputs: 2)
    reservoir.biasScale = 0.2
    var plain = try EchoStateNetwork(reservoir)
    var graph = try NodeNetwork(Input() >>> reservoir >>> RidgeRegression(lambda: 1e-4), inputs: 2, outputs: 2)
    let fit = try plain.fit(inputs: x, teacher: y, washout: 20, readout: RidgeRegression(lambda: 1e-4))
    let own = try #require(try graph.fit(inputs: x, teacher: y, washout: 20)["ridge"])
    #expect(try graph.readout("ridge")?.hostArray() == plain.readout?.hostArray())
    #expect(abs(own.nrmse - fit.nrmse) < 1e-12 && own.lambda == fit.lambda)
    #expect(try graph.predict(inputs: y).hostArray() == plain.predict(inputs: y).hostArray())
    var other = try NodeNetwork(plain)
    #expect(try other.predict(inputs: x).hostArray() == graph.predict(inputs: x).hostArray())
    // What comes after a series, in one go and in two.
    let ahead: [Double] = try graph.forecast(steps: 6, after: y).values()
    try graph.reset()
    let last: [Double] = try graph.predict(inputs: y).slice(299..<300).values()
    let parts = [try graph.generate(steps: 1), try graph.generate(steps: 5)]
    #expect(try distance(Tensor.concatenate(parts).values(), ahead) < 1e-12 && Array(ahead.prefix(2)) == last)
    // With feedback: a step's target is what the next one is fed.
    reservoir = Reservoir(units: 40, outputs: 2, feedback: true)
    var fed = try EchoStateNetwork(reservoir)
    let readout = Node(CholeskyReadout(lambda: 1e-4))
    let node = Node(ReservoirNode(reservoir))
    var loop = try NodeNetwork((node >>> readout).feedingBack(readout, to: node), inputs: 0, outputs: 2)
    let teacher = Tensor.concatenate([.zeros([1, 2], dtype: .float64), x])
    try fed.fit(teacher: teacher, washout: 20, readout: CholeskyReadout(lambda: 1e-4))
    try loop.fit(teacher: x, washout: 20)
    #expect(try loop.readout("cholesky")?.hostArray() == fed.readout?.hostArray())
    try fed.start(from: fed.state, output: x.slice(299..<300))
    let generated: [Double] = try fed.generate(steps: 30).values()
    #expect(distance(generated, try loop.generate(steps: 30).values()) < 1e-8)
    var same = try NodeNetwork(fed)
    let further: [Double] = try fed.generate(steps: 10).values()
    #expect(distance(further, try same.generate(steps: 10).values()) < 1e-6)
  }

  /// Other models as graphs go on as they do.
  @Test func modelsOfOneKindAreGraphs() throws {
    let series = Tensor(Lorenz().series(801), shape: [801, 3])
    for predictsChange in [true, false] {
      var model = try NVAR(DelayFeatures(channels: 3, delays: 2, stride: 2), predictsChange: predictsChange)
      var graph = NodeNetwork(model)
      let (x, y) = (series.slice(0..<800), series.slice(1..<801))
      try model.fit(inputs: x, teacher: y, readout: RidgeRegression(lambda: 0.3))
      var converted = NodeNetwork(model)
      let expected: [Double] = try model.generate(steps: 20).values()
      #expect(distance(try converted.generate(steps: 20).values(), expected) < 1e-9)
      // The same by its own regression.
      let (input, readout) = (Node(Input()), Node(RidgeRegression(lambda: 0.3)))
      let plain = input >>> Monomials(delays: 2, stride: 2) >>> readout
      graph = try NodeNetwork(predictsChange ? plain.adding(input, to: readout) : plain, inputs: 3, outputs: 3)
      try graph.fit(inputs: x, teacher: y)
      #expect(distance(try graph.generate(steps: 20).values(), expected) < 1e-6)
    }
    let field = Tensor(KuramotoSivashinsky(length: 22, points: 32).series(401), shape: [401, 32])
    var local = try LocalReservoirs(Reservoir(units: 60), points: 32, patches: 4, overlap: 3)
    try local.fit(field: field, washout: 50, readout: CholeskyReadout(lambda: 1e-4))
    var converted = NodeNetwork(local)
    var graph = try NodeNetwork(
      Input() >>> PatchReservoirs(Reservoir(units: 60), patches: 4, overlap: 3) >>> CholeskyReadout(lambda: 1e-4),
      inputs: 32, outputs: 32)
    try graph.fit(inputs: field.slice(0..<400), teacher: field.slice(1..<401), washout: 50)
    let expected: [Double] = try local.generate(steps: 20).values()
    #expect(distance(try converted.generate(steps: 20).values(), expected) < 1e-6)
    let first: [Double] = try graph.generate(steps: 5).values()
    #expect(distance(first, Array(expected.prefix(5 * 32))) < 1e-4)
  }
}
