import Configuration
import Optimizers
import TestSupport
import Testing

/// Several steps of each sharpness-aware rule beside its authors' formulas, on mini-batches of their own.
@Suite(.tags(.engine)) struct GradientRuleFixtureTests {
  /// What `Fixtures/generate_gradient_rules.py` writes.
  private struct Fixtures: Decodable {
    let parameters: [String: OptimizerFixtures.Array]
    let curvatures: [String: OptimizerFixtures.Array]
    let centers: [[String: OptimizerFixtures.Array]]
    let cases: [Case]

    struct Case: Decodable {
      let name: String
      let steps: [[String: [Double]]]
    }
  }

  private static let rows: [(fixture: String, rule: String, optimizer: String)] = [
    ("sam", "sam(rho: 0.1)", "sgd"), ("asam", "asam", "sgd"), ("gsam", "gsam(rho: 0.1)", "sgd"),
    ("friendlySAM", "friendlySAM(rho: 0.1)", "sgd"),
    ("friendlySAM-adaptive", "friendlySAM(rho: 0.2, sigma: 0.7, lambda: 0.6, adaptive: true)", "sgd"),
    ("wsam", "wsam(rho: 0.1)", "sgd"), ("wsam-less", "wsam(rho: 0.2, gamma: 0.3)", "sgd"),
    ("msam", "msam", "momentum"),
    // So many examples leave no noise.
    ("bsam", "bsam(rho: 0.05, examples: 1e60)", "sgd"),
    (
      "bsam-settings",
      "bsam(rho: 0.1, beta1: 0.8, beta2: 0.9, weightDecay: 0.01, damping: 0.2, precision: 2, examples: 1e60)", "sgd"
    ),
  ]

  @Test(arguments: rows.indices)
  func agreesWithItsAuthors(index: Int) throws {
    let row = Self.rows[index]
    let fixtures: Fixtures = try OptimizerFixtures.read("gradient_rules")
    let expected = try #require(fixtures.cases.first { $0.name == row.fixture }).steps
    let paths = fixtures.parameters.keys.sorted()
    let start = TensorTree(paths.compactMap { path in fixtures.parameters[path].map { (path, $0.tensor) } })
    let curvatures = TensorTree(paths.compactMap { path in fixtures.curvatures[path].map { (path, $0.tensor) } })
    let centers = start.map { path, _ in Tensor.stack(fixtures.centers.compactMap { $0[path]?.tensor }) }
    let rule = try Registry<any GradientRule>.all.build(MethodSpec(parsing: row.rule))
    let transform = try optimizer("\(row.optimizer)(learningRate: 0.05)").transform
    let (inner, outer) = (rule.initial(start), transform.initial(start))
    let carry = [Tensor(0, dtype: .int32)] + start.tensors + inner.tensors + outer.tensors
    let outputs = scan(carry: carry, over: centers.tensors) { carry, elements in
      let parameters = start.with(carry[1...start.count])
      let center = start.with(elements)
      let batch = EvaluableBatch(size: 4) { point, state, _ in
        let gradients = point.zip(center, -).zip(curvatures, *).zip(point) { $0 + $1 * $1.squared() / 3 }
        return Evaluation(loss: Tensor(0.0), gradients: gradients, state: state, metrics: TensorTree())
      }
      let progress = Progress(step: carry[0], stepsPerEpoch: 2, epochs: 4, batchSize: 4)
      let ruled = rule.evaluate(
        batch, state: inner.with(carry[(1 + start.count)...].prefix(inner.count)),
        context: GradientContext(
          parameters: parameters, modelState: TensorTree(), progress: progress, key: Key(seed: 0).folding(carry[0])))
      let updated = transform.update(
        ruled.evaluation.gradients, state: outer.with(carry.suffix(outer.count)),
        context: UpdateContext(parameters: parameters, progress: progress, key: Key(seed: 1), loss: Tensor(0)))
      let next = parameters.zip(updated.updates, +)
      return (
        [carry[0] + 1] + next.tensors + inner.zip(ruled.state) { $1 }.tensors
          + outer.zip(updated.state) { $1 }.tensors, next.tensors
      )
    }.outputs
    for (path, stacked) in start.with(try Tensor.evaluate(outputs)).pairs {
      let wanted = try expected.flatMap { try #require($0[path]) }
      #expect(scaledDistance(try stacked.values(as: Double.self), wanted) < 1e-12, "\(row.rule), \(path)")
    }
  }

  @Test func everyFixtureHasARow() throws {
    let fixtures: Fixtures = try OptimizerFixtures.read("gradient_rules")
    #expect(Set(fixtures.cases.map(\.name)) == Set(Self.rows.map(\.fixture)))
  }

  /// The noise of bSAM has the deviation that the precision and the number of examples say, and is another in each
  /// step.
  @Test func bayesianSAMDrawsItsPoint() throws {
    let parameters = TensorTree([("w", Tensor.zeros([4000], dtype: .float64))])
    let rule = BayesianSAM(rho: 0.0, weightDecay: 0, precision: 4, examples: 25)
    func point(_ step: Int) throws -> [Double] {
      var points: [TensorTree] = []
      let batch = EvaluableBatch(size: 5) { point, state, _ in
        points.append(point)
        return Evaluation(loss: Tensor(0.0), gradients: point, state: state, metrics: TensorTree())
      }
      let context = GradientContext(
        parameters: parameters, modelState: TensorTree(),
        progress: Progress(step: Tensor(Double(step), dtype: .int32), stepsPerEpoch: 5, epochs: 1),
        key: Key(seed: 3).folding(step))
      _ = rule.evaluate(batch, state: rule.initial(parameters), context: context)
      return try points[0].evaluate().tensors[0].values(as: Double.self)
    }
    let (one, other) = (try point(0), try point(1))
    let deviation = (one.reduce(0) { $0 + $1 * $1 } / 4000).squareRoot()
    // 1 / sqrt(4 * 25)
    #expect(abs(deviation - 0.1) < 0.005)
    #expect(one != other)
  }
}
