import Configuration
import Optimizers
import TestSupport
import Testing

/// Several steps of each rule beside formulas, its authors' code and other libraries, on mini-batches of their own.
@Suite(.tags(.engine)) struct GradientRuleFixtureTests {
  @Test(arguments: RuleRow.all.indices)
  func agreesWithItsSource(index: Int) throws {
    let row = RuleRow.all[index]
    let fixtures = try RuleFixtures.read()
    let examples = try #require(fixtures.examples)
    let expected = try #require(fixtures.cases.first { $0.name == row.fixture }).steps
    let paths = fixtures.parameters.keys.sorted()
    let start = TensorTree(paths.compactMap { path in fixtures.parameters[path].map { (path, $0.tensor) } })
    let curvatures = TensorTree(paths.compactMap { path in fixtures.curvatures[path].map { (path, $0.tensor) } })
    let centers = start.map { path, _ in Tensor.stack(fixtures.centers.compactMap { $0[path]?.tensor }) }
    let rule = try Registry<any GradientRule>.all.build(MethodSpec(parsing: row.rule))
    let transform = try optimizer("\(row.optimizer)(learningRate: 0.05)").transform
    let outputs = ruledSteps(rule, transform, from: start, over: centers, stepsPerEpoch: 2, epochs: 4) {
      point, center, state, part in
      let (quadratic, quartic) = (part.rows(of: Tensor(examples.quadratic)), part.rows(of: Tensor(examples.quartic)))
      let distances = point.zip(center, -)
      let gradients = distances.zip(curvatures) { $0 * $1 * quadratic.mean() }
        .zip(point) { $0 + $1 * $1.squared() * (quartic.mean() / 3) }
      let losses =
        distances.zip(curvatures) { ($0.squared() * $1).sum() / 2 }.tensors.reduce(Tensor(0, dtype: .float64), +)
        * quadratic
        + point.mapValues { ($0.squared().squared() / 12).sum() }.tensors.reduce(Tensor(0, dtype: .float64), +)
        * quartic
      return Evaluation(
        loss: losses.mean(), gradients: gradients, state: state, metrics: TensorTree(), losses: losses)
    }
    for (path, stacked) in start.with(try Tensor.evaluate(outputs)).pairs {
      let wanted = try expected.flatMap { try #require($0[path]) }
      #expect(scaledDistance(try stacked.values(as: Double.self), wanted) <= row.tolerance, "\(row.rule), \(path)")
    }
  }

  @Test func everyFixtureHasARow() throws {
    #expect(try Set(RuleFixtures.read().cases.map(\.name)) == Set(RuleRow.all.map(\.fixture)))
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

  /// Of `sum 3 w^2 / 2` the mean of `u H u` is 3, and an estimate is new every few steps only.
  @Test func hutchinsonEstimatesTheDiagonal() throws {
    let parameters = TensorTree([("w", Tensor.ones([4000], dtype: .float64))])
    let rule = CurvatureEstimate(.hutchinson, every: 3)
    let batch = EvaluableBatch(size: 5) { point, state, _ in
      Evaluation(loss: Tensor(0.0), gradients: point.mapValues { $0 * 3 }, state: state, metrics: TensorTree())
    }
    for (step, expected) in [(0, 3.0), (1, 0), (3, 3)] {
      let context = GradientContext(
        parameters: parameters, modelState: TensorTree(),
        progress: Progress(step: Tensor(Double(step), dtype: .int32), stepsPerEpoch: 5, epochs: 1),
        key: Key(seed: 3).folding(step))
      let curvature = try #require(
        rule.evaluate(batch, state: rule.initial(parameters), context: context).evaluation.curvature)
      #expect(try abs(curvature.diagonal.tensors[0].mean().scalar() - expected) < 0.3)
      #expect(try curvature.isNew.cast(to: .float64).scalar() == (expected > 0 ? 1 : 0))
    }
  }
}
