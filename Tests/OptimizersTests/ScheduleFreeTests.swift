import Configuration
import Optimizers
import TestSupport
import Testing

/// Schedule-free learning beside its authors' code.
@Suite(.tags(.engine)) struct ScheduleFreeTests {
  private static let warmup = "piecewise(values: [0.0025, 0.005, 0.0075, 0.01], boundaries: [1, 2, 3])"

  /// An optimizer and an average that are a fixture's optimizer.
  private static let rows: [(fixture: String, optimizer: String, averaging: String)] = [
    ("scheduleFree-sgd", "sgd(learningRate: 0.1)", "scheduleFree"),
    (
      "scheduleFree-sgd-decay", "sgd(learningRate: 0.1, l2: 0.01)",
      "scheduleFree(beta: 0.7, power: 0.5, learningRatePower: 1)"
    ),
    ("scheduleFree-adamW", "adamW(learningRate: 0.01, beta1: 0, weightDecay: 0.1)", "scheduleFree"),
    (
      "scheduleFree-adamW-warmup",
      "adamW(learningRate: \(warmup), beta1: 0, weightDecay: 0)",
      "scheduleFree"
    ),
  ]

  @Test(arguments: rows.indices)
  func agreesWithItsAuthors(index: Int) throws {
    let (row, fixtures) = (Self.rows[index], try OptimizerFixtures.read())
    let expected = try #require(fixtures.averages?.first { $0.name == row.fixture })
    let problem = try #require(fixtures.problems[expected.problem])
    let averaging = try Registry<any Averaging>.all.build(MethodSpec(parsing: row.averaging))
    let found = run(
      try optimizer(row.optimizer).transform, averaging, from: problem.parameterTree, gradients: problem.gradientTree)
    let values = try Tensor.evaluate(found.parameters.tensors + found.averaged.tensors)
    for (tree, steps) in [
      (found.parameters.with(values), expected.steps),
      (found.averaged.with(values.suffix(found.averaged.count)), try #require(expected.averaged)),
    ] {
      #expect(steps.count == 10)
      for (path, stacked) in tree.pairs {
        let wanted = try steps.flatMap { try #require($0[path]) }
        #expect(scaledDistance(try stacked.values(as: Double.self), wanted) < 1e-12, "\(row.fixture), \(path)")
      }
    }
  }

  @Test func everyFixtureHasARow() throws {
    #expect(Set(try OptimizerFixtures.read().averages?.map(\.name) ?? []) == Set(Self.rows.map(\.fixture)))
  }

  /// Its AdamW needs no mean of gradients.
  @Test func momentsWithoutABetaHaveNoMean() {
    let parameters = TensorTree([("w", Tensor([1.0]))])
    #expect(AdamW(beta1: 0.0).transform.initial(parameters).paths == ["0/second/w"])
    #expect(AdamW(beta1: 0.1).transform.initial(parameters).paths == ["0/first/w", "0/second/w"])
  }

  /// Rates of 0 move nothing, and count nothing.
  @Test func aWarmupFromZeroIsFinite() throws {
    let parameters = TensorTree([("w", Tensor([1.0]))])
    let found = run(
      try optimizer("sgd(learningRate: piecewise(values: [0, 0.5], boundaries: [2]))").transform, ScheduleFree(),
      from: parameters, gradients: TensorTree([("w", Tensor([1.0, 1, 1], shape: [3, 1]))]))
    #expect(try found.averaged.evaluate().tensors[0].values(as: Double.self) == [1, 1, 0.5])
  }
}
