import Configuration
import Optimizers
import TestSupport
import Testing

/// Optimizers that change what another one does.
@Suite(.tags(.engine)) struct WrapperTests {
  struct Fixture: Decodable {
    struct Constraint: Decodable {
      let choice: String
      let parameter: OptimizerFixtures.Array
      let gradients: [OptimizerFixtures.Array]
      let steps: [[Double]]
    }
    struct Plateau: Decodable {
      let choice: String
      let losses: [Double]
      let scales: [Double]
    }

    let constraints: [Constraint]
    let plateaus: [Plateau]
  }

  @Test func constraintsAreThoseOfKeras() throws {
    let rows = (try OptimizerFixtures.read("wrappers") as Fixture).constraints
    #expect(rows.count == 4)
    for row in rows {
      let parameters = TensorTree([("dense/kernel", row.parameter.tensor)])
      let gradients = TensorTree([("dense/kernel", Tensor.stack(row.gradients.map(\.tensor)))])
      let steps = run(try optimizer(row.choice).transform, from: parameters, gradients: gradients)
      let found = try #require(steps["dense/kernel"]).values(as: Double.self)
      // Keras multiplies by 0 and 1 of single precision.
      let tolerance = row.choice.contains("nonNegative") ? 1e-6 : 1e-14
      #expect(scaledDistance(found, row.steps.flatMap(\.self)) < tolerance, "\(row.choice)")
    }
    let tested = Set(
      try rows.map { row in
        let text = row.choice.dropFirst("constrained(by: ".count).prefix { $0.isLetter }
        return try MethodSpec(parsing: String(text)).name
      })
    #expect(Set(Registry<any WeightConstraint>.all.names) == tested)
  }

  /// Paths that don't match are left alone, and half precision stays what it is.
  @Test func patternsChooseParameters() throws {
    let parameters = TensorTree([
      ("dense/kernel", Tensor([3.0, -4]).cast(to: .bfloat16)), ("dense/bias", Tensor([-5.0]).cast(to: .bfloat16)),
    ])
    func after(_ choice: String) throws -> [Double] {
      let gradients = parameters.mapValues { $0.zerosLike().expand(at: 0) }
      return try run(optimizer(choice).transform, from: parameters, gradients: gradients).evaluate().tensors
        .flatMap { try $0.cast(to: .float64).values(as: Double.self) }
    }
    #expect(try after("constrained(by: nonNegative, optimizer: sgd)") == [3, 0, -5])
    #expect(try after("constrained(by: nonNegative(pattern: bias), optimizer: adam)") == [3, -4, 0])
    #expect(try after("constrained(by: [nonNegative, maxNorm(limit: 1)], optimizer: sgd)") == [1, 0, -5])
    let error = #expect(throws: ConfigurationError.self) {
      try optimizer("constrained(by: maxNorm(pattern: '('), optimizer: sgd)")
    }
    #expect(error?.description.contains("pattern") == true)
  }

  @Test func plateausAreThoseOfOptax() throws {
    let rows = (try OptimizerFixtures.read("wrappers") as Fixture).plateaus
    #expect(rows.count == 3)
    for row in rows {
      let transform = try optimizer(row.choice.dropLast() + ", optimizer: sgd(learningRate: 1))").transform
      let parameters = TensorTree([("w", Tensor([0.0]))])
      let state = transform.initial(parameters)
      let updates = scan(carry: state.tensors, over: [Tensor(row.losses)]) { carry, losses in
        let context = UpdateContext(
          parameters: parameters, progress: Progress(step: Tensor(0, dtype: .int32), stepsPerEpoch: 1, epochs: 1),
          key: Key(seed: 0), loss: losses[0])
        let result = transform.update(
          TensorTree([("w", Tensor([-1.0]))]), state: state.with(carry), context: context)
        return (result.state.tensors, result.updates.tensors)
      }.outputs[0]
      let found = try updates.values(as: Double.self)
      #expect(scaledDistance(found, row.scales) < 1e-6, "\(row.choice): \(found), not \(row.scales)")
      #expect(Set(row.scales).count > 2)
    }
  }
}
