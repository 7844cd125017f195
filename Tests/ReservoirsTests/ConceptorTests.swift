import Datasets
import Foundation
import Layers
import Reservoirs
import TestSupport
import Testing

/// Conceptors and readouts of classes against plain NumPy and SciPy, and hybrids; see Fixtures/generate_conceptors.py.
@Suite(.tags(.engine)) struct ConceptorTests {
  private struct Fixture: Decodable {
    let recurrent: [[Double]]
    let input: [[Double]]
    let bias: [Double]
    let patterns: [[[Double]]]
    let conceptors: [[[Double]]]
    let readout: [[Double]]
    let loaded: [[Double]]
    let first: [[Double]]
    let second: [[Double]]
    let between: [[Double]]
    let widened: [[Double]]
    let low: [[Double]]
    let and: [[Double]]
    let or: [[Double]]
    let and_low: [[Double]]
    let rows: [[Double]]
    let one_hot: [[Double]]
    let lambda: Double
    let logistic: [[Double]]
    let logistic_bias: [[Double]]
    let binary: [[Double]]
    let hinge: [[Double]]
  }

  private let fixture: Fixture

  init() throws { fixture = try Bundle.module.decodeFixture("conceptors") }

  private func memory() throws -> ConceptorMemory {
    let weights = ReservoirWeights(
      recurrent: try SparseMatrix(dense: fixture.recurrent.flatMap(\.self), size: 20),
      input: fixture.input.flatMap(\.self), bias: fixture.bias)
    return try ConceptorMemory(
      EchoStateNetwork(Reservoir(units: 20, inputs: 1), weights: weights),
      patterns: fixture.patterns.map { Tensor(rows: $0) }, washout: 40, aperture: 4, loading: 1e-3,
      readout: CholeskyReadout(lambda: 1e-3))
  }

  @Test func memoriesAreNumPys() throws {
    let memory = try memory()
    for (own, other) in zip(memory.conceptors, fixture.conceptors) {
      #expect(try own.matrix.distance(from: other) < 1e-9)
      #expect(try (0...1).contains(own.quota()))
    }
    #expect(try memory.recurrent.distance(from: fixture.loaded) < 1e-8)
    #expect(try memory.readout.distance(from: fixture.readout) < 1e-8)
    let (first, second) = (memory.conceptors[0], memory.conceptors[1])
    for (conceptor, expected) in [
      (first, fixture.first), (second, fixture.second), (try .mix([(0.4, first), (0.6, second)]), fixture.between),
    ] { #expect(try memory.recall(conceptor, steps: 40).distance(from: expected) < 1e-6) }
    // Each pattern's states are its conceptor's.
    #expect(throws: ReservoirError.self) { try memory.recall(first, steps: 0) }
    #expect(throws: ReservoirError.self) { try memory.recall(first, steps: 3, from: Tensor([1.0])) }
  }

  @Test func conceptorsAreCombinedAsNumPyDoes() throws {
    let (first, second) = (
      Conceptor(matrix: Tensor(rows: fixture.conceptors[0])), Conceptor(matrix: Tensor(rows: fixture.conceptors[1]))
    )
    #expect(try first.widened(by: 3).matrix.distance(from: fixture.widened) < 1e-9)
    #expect(try (first && second).matrix.distance(from: fixture.and) < 1e-6)
    #expect(try (first || second).matrix.distance(from: fixture.or) < 1e-6)
    let low = Conceptor(matrix: Tensor(rows: fixture.low))
    #expect(try (first && low).matrix.distance(from: fixture.and_low) < 1e-6)
    #expect(try (!(!first)).matrix.distance(from: fixture.conceptors[0]) < 1e-12)
    // What a conceptor and nothing let through is nothing; with everything it is the conceptor.
    let all = Conceptor(matrix: .identity(20, dtype: .float64))
    #expect(try (first && all).matrix.distance(from: fixture.conceptors[0]) < 1e-6)
    #expect(try (first && !all).quota() == 0)
    let states = Tensor.identity(20, dtype: .float64)
    #expect(try abs(first.evidence(of: states).mean().scalar() - first.quota()) < 1e-12)
    for bad in [0, -1, Double.infinity] {
      #expect(throws: ReservoirError.self) { try Conceptor(states: states, aperture: bad) }
      #expect(throws: ReservoirError.self) { try first.widened(by: bad) }
    }
    #expect(throws: ReservoirError.self) { try Conceptor(states: Tensor([1.0]), aperture: 1) }
    #expect(throws: ReservoirError.self) { try Conceptor.mix([]) }
    #expect(throws: ReservoirError.self) { try first && Conceptor(matrix: .identity(3, dtype: .float64)) }
    var fed = Reservoir(units: 4, inputs: 1, feedback: true)
    #expect(throws: ReservoirError.self) { try ConceptorMemory(EchoStateNetwork(fed), patterns: [states]) }
    fed.feedback = false
    #expect(throws: ReservoirError.self) { try ConceptorMemory(EchoStateNetwork(fed), patterns: []) }
    #expect(throws: ReservoirError.self) {
      try ConceptorMemory(EchoStateNetwork(fed), patterns: [.zeros([3, 1], dtype: .float64)], washout: 2)
    }
  }

  @Test(arguments: [DType.float64, .float32]) func readoutsOfClassesAreSciPys(_ dtype: DType) throws {
    let (rows, targets) = (Tensor(rows: fixture.rows).cast(to: dtype), Tensor(rows: fixture.one_hot).cast(to: dtype))
    let tolerance = dtype == .float64 ? 1e-7 : 1e-5
    let (lambda, one) = (fixture.lambda, targets.slice(0..<1, axis: 1))
    let cases: [(any ReadoutRule, Tensor, [[Double]])] = [
      (LogisticReadout(lambda: lambda), targets, fixture.logistic),
      (LogisticReadout(lambda: lambda, penalizesBias: true), targets, fixture.logistic_bias),
      (LogisticReadout(lambda: lambda), one, fixture.binary),
      (SupportVectorReadout(lambda: lambda), targets, fixture.hinge),
      (SupportVectorReadout(lambda: lambda), 2 * targets - 1, fixture.hinge),
    ]
    for (rule, targets, expected) in cases {
      let found = try rule.weights(rows, targets)
      #expect(try found.tensor.distance(from: expected) < tolerance, "\(rule)")
      #expect(found.tensor.dtype == dtype && found.lambda == lambda)
    }
    #expect(throws: ReservoirError.self) { try LogisticReadout().weights(rows, 2 * targets) }
    #expect(throws: ReservoirError.self) { try LogisticReadout().weights(rows, 0.5 * targets) }
    #expect(throws: ReservoirError.self) { try SupportVectorReadout().weights(rows, 3 * targets) }
    #expect(throws: ReservoirError.self) { try SupportVectorReadout(lambda: 0).weights(rows, targets) }
  }

  /// Classes that are far apart, of correlated states: the steps still find the minimum.
  @Test func separableClassesConverge() throws {
    let values: [Double] = (0..<400).flatMap { row -> [Double] in
      let x = Double(row % 2) * 6 - 3 + sin(Double(row))
      return [x, x + 1e-4 * cos(3 * Double(row)), 2 * x]
    }
    let rows = Tensor(values, shape: [400, 3])
    let labels = Tensor((0..<400).map { Double($0 % 2) }, shape: [400, 1])
    for rule in [LogisticReadout(lambda: 1e-4), SupportVectorReadout(lambda: 1e-4)] as [any ReadoutRule] {
      let outputs: [Double] = try rule.weights(rows, labels).tensor.read(rows).values()
      #expect(outputs.indices.allSatisfy { (outputs[$0] > 0) == ($0 % 2 == 1) }, "\(rule)")
    }
  }

  /// A known model with a wrong number, alone, a small reservoir alone, and both together.
  @Test func hybridsPredictFurther() throws {
    var system = Lorenz()
    system.step = 0.05
    let series = Tensor(system.series(1400), shape: [1400, 3])
    // The same step as the system's.
    var truth = try NodeNetwork(Input() >>> LorenzModel(step: 0.05), inputs: 3, outputs: 3)
    let stepped: [Double] = try truth.predict(inputs: series.slice(0..<50)).values()
    #expect(distance(stepped, try series.slice(1..<51).values()) < 1e-11)
    func validSteps(_ graph: NodeGraph) throws -> Int {
      var network = try NodeNetwork(graph, inputs: 3, outputs: 3)
      if graph.names.contains("ridge") {
        try network.fit(inputs: series.slice(0..<1000), teacher: series.slice(1..<1001), washout: 100)
      }
      let predicted: [Double] = try network.forecast(steps: 300, after: series.slice(900..<1100)).values()
      return SeriesComparison(predicted, truth: try series.slice(1100..<1400).values(), channels: 3).validSteps()
    }
    let input = Node(Input())
    let model = Node(LorenzModel(rho: 28.8, step: 0.05))
    var small = Reservoir(units: 60)
    (small.inputScale, small.squares) = (0.05, true)
    let reservoir = Node(ReservoirNode(small))
    let hybrid = (input >>> model).merged(with: [input, model] >>> reservoir)
      .merged(with: [reservoir, model] >>> RidgeRegression(lambda: 1e-6))
    let alone = try validSteps(Input() >>> small >>> RidgeRegression(lambda: 1e-6))
    let both = try validSteps(hybrid)
    let known = try validSteps(Input() >>> LorenzModel(rho: 28.8, step: 0.05))
    #expect(both > alone && both > known, "\(both), \(alone), \(known)")
    // A function of one's own is the same, but can't be saved.
    let own = Node("halves", outputs: 3) { $0 / 2 }
    var halves = try NodeNetwork(Input() >>> own, inputs: 3, outputs: 3)
    #expect(try halves.predict(inputs: series).distance(from: (series / 2).rows) == 0)
    #expect(throws: ConfigurationError.self) { try halves.arrays() }
    #expect(throws: ReservoirError.self) { try NodeNetwork(Input() >>> LorenzModel(), inputs: 2, outputs: 3) }
  }
}

extension Tensor {
  fileprivate var rows: [[Double]] {
    get throws {
      let all: [Double] = try values()
      return (0..<shape[0]).map { Array(all[$0 * shape[1]..<($0 + 1) * shape[1]]) }
    }
  }

  /// What a readout makes of rows.
  fileprivate func read(_ rows: Tensor) -> Tensor {
    rows.matmul(slice(0..<shape[0] - 1)) + self[shape[0] - 1]
  }
}
