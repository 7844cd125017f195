import Reservoirs
import TestSupport
import Testing

/// Every mistake is an error that says what and how to mend it.
@Suite(.tags(.engine)) struct BadInputTests {
  private func network(feedback: Bool = true, inputs: Int = 0) throws -> EchoStateNetwork {
    try EchoStateNetwork(Reservoir(units: 10, inputs: inputs, feedback: feedback))
  }

  private func series(_ steps: Int, channels: Int = 1) -> Tensor {
    Tensor((0..<steps * channels).map { 0.01 * Double($0) }, shape: [steps, channels])
  }

  @Test func seriesWithNaN() throws {
    var values = (0..<20).map(Double.init)
    values[13] = .nan
    var network = try network()
    let error = #expect(throws: ReservoirError.self) { try network.fit(teacher: Tensor(values, shape: [10, 2])) }
    #expect("\(try #require(error))".contains("[steps, 1]"))
    let bad = #expect(throws: ReservoirError.self) { try network.fit(teacher: Tensor(values, shape: [20, 1])) }
    #expect("\(try #require(bad))".contains("nan at step 13"))
    var driven = try self.network(feedback: false, inputs: 2)
    values[13] = .infinity
    let infinite = #expect(throws: ReservoirError.self) { try driven.drive(inputs: Tensor(values, shape: [10, 2])) }
    #expect("\(try #require(infinite))".contains("inf at step 6, channel 1"))
  }

  @Test func washoutLongerThanTheSeries() throws {
    var network = try network()
    #expect(throws: ReservoirError.washout(steps: 19, length: 19)) { try network.fit(teacher: series(20), washout: 19) }
    #expect(throws: ReservoirError.washout(steps: -1, length: 19)) { try network.fit(teacher: series(20), washout: -1) }
    #expect(throws: ReservoirError.washout(steps: 0, length: 0)) { try network.fit(teacher: series(1)) }
  }

  @Test func teacherMissingOrUnused() throws {
    var fed = try network(inputs: 1)
    #expect(throws: ReservoirError.missingTeacher) { try fed.drive(inputs: series(5)) }
    #expect(throws: ReservoirError.missingInputs(count: 1)) { try fed.drive(teacher: series(5)) }
    var plain = try network(feedback: false, inputs: 1)
    #expect(throws: ReservoirError.unusedTeacher) { try plain.drive(inputs: series(5), teacher: series(5)) }
    #expect(throws: ReservoirError.noFeedback) { try plain.generate(steps: 5) }
    #expect(throws: ReservoirError.notFitted) { try fed.generate(steps: 5, inputs: series(5)) }
    #expect(throws: ReservoirError.notFitted) { try plain.predict(inputs: series(5)) }
  }

  @Test func shapesThatDoNotFit() throws {
    var plain = try network(feedback: false, inputs: 2)
    for inputs in [series(5), Tensor([1.0, 2]), Tensor.zeros([0, 5, 2], dtype: .float64)] {
      #expect(throws: ReservoirError.self) { try plain.drive(inputs: inputs) }
    }
    #expect(throws: ReservoirError.self) { try plain.fit(inputs: series(5, channels: 2), teacher: series(6)) }
    var fed = try network(inputs: 1)
    #expect(throws: ReservoirError.self) { try fed.drive(inputs: series(5), teacher: series(6)) }
    // A state that has moved stays of as many sequences as it is.
    try fed.drive(inputs: series(5), teacher: series(5))
    #expect(throws: ReservoirError.self) {
      try fed.drive(inputs: series(6).reshape(to: [2, 3, 1]), teacher: series(6).reshape(to: [2, 3, 1]))
    }
    #expect(throws: ReservoirError.self) { try SparseMatrix(dense: [1, 2, 3], size: 2) }
  }

  /// Rules that are called by themselves.
  @Test func statesAndTargetsThatDoNotFit() throws {
    let rules: [any ReadoutRule] = [CholeskyReadout(), QRReadout(), PseudoInverseReadout(), CrossValidatedReadout()]
    let states = Tensor.zeros([10, 4], dtype: .float64)
    for rule in rules {
      for (states, targets) in [
        (Tensor([1.0, 2]), series(2)), (states, series(9)), (states, Tensor([1.0, 2])), (states[0], series(4)),
        (Tensor.zeros([0, 4], dtype: .float64), Tensor.zeros([0, 1], dtype: .float64)),
      ] {
        #expect(throws: ReservoirError.self, "\(rule)") { try rule.weights(states, targets) }
      }
      #expect(throws: Diagnostic.self, "\(rule)") { try rule.weights(states.matmul(states), series(10)) }
    }
  }

  @Test func singularGramMatrix() throws {
    let states = Tensor((0..<40).map { Double($0 % 4) }, shape: [10, 4])
    for rule in [CholeskyReadout(lambda: 0), QRReadout(lambda: 0)] as [any ReadoutRule] {
      let error = #expect(throws: ReservoirError.self) { try rule.weights(states, series(10)) }
      #expect("\(try #require(error))".contains("raise lambda"), "\(rule)")
    }
    _ = try PseudoInverseReadout(lambda: 0).weights(states, series(10))
    #expect(throws: ReservoirError.folds(count: 6, steps: 10)) {
      try CrossValidatedReadout(folds: 6).weights(states, series(10))
    }
  }

  @Test func radiusOfAZeroMatrix() throws {
    #expect(throws: ReservoirError.self) { try SparseMatrix(dense: [0, 0, 0, 0], size: 2).spectralRadius() }
    // Not zero, but without a cycle.
    let nilpotent = try SparseMatrix(dense: [0, 1, 0, 0], size: 2)
    #expect(throws: ReservoirError.zeroRadius(units: 2, connectivity: 0.25)) { try nilpotent.spectralRadius() }
    var reservoir = Reservoir(units: 5)
    (reservoir.connectivity, reservoir.scaling) = (1e-9, .spectralRadius(0.9))
    let error = #expect(throws: ReservoirError.self) { try EchoStateNetwork(reservoir) }
    #expect("\(try #require(error))".contains("raise the connectivity"))
  }

  @Test func settingsOutOfRange() throws {
    func check(_ name: String, _ change: (inout Reservoir) -> Void) {
      var reservoir = Reservoir(units: 5, inputs: 1)
      change(&reservoir)
      let error = #expect(throws: ReservoirError.self) { try EchoStateNetwork(reservoir) }
      #expect(error.map { "\($0)".contains("'\(name)'") } == true)
    }
    check("units") { $0.units = 0 }
    check("inputs") { $0.inputs = -1 }
    check("outputs") { $0.outputs = 0 }
    check("connectivity") { $0.connectivity = 0 }
    check("connectivity") { $0.connectivity = .nan }
    check("gain") { $0.scaling = .gain(-1) }
    check("radius") { $0.scaling = .spectralRadius(.infinity) }
    check("leakRate") { $0.leakRate = 1.5 }
    check("noise") { $0.noise = -1 }
    check("dtype") { $0.dtype = .int32 }
    var network = try network()
    #expect(throws: ReservoirError.self) { try network.reset(sequences: 0) }
    #expect(throws: ReservoirError.self) {
      _ = try network.learn(teacher: series(5), by: RecursiveLeastSquares(lambda: 0))
    }
  }
}
