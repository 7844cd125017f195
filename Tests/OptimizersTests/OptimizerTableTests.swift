import Configuration
import Optimizers
import TestSupport
import Testing

@Suite(.tags(.engine)) struct OptimizerTableTests {
  /// Every row's parameters along ten steps, from one program.
  private static let runs = Result { try evaluateAll() }

  private static func evaluateAll() throws -> [[String: [[Double]]]] {
    let fixtures = try OptimizerFixtures.read()
    let cases = Dictionary(uniqueKeysWithValues: fixtures.cases.map { ($0.name, $0) })
    let trees = try OptimizerRow.all.map { row in
      let name = try #require(cases[row.fixture], "there is no fixture '\(row.fixture)'").problem
      return run(try optimizer(row.choice).transform, on: try #require(fixtures.problems[name]))
    }
    var computed = try Tensor.evaluate(trees.flatMap(\.tensors))[...]
    return try trees.map { tree in
      let steps = try Dictionary(
        uniqueKeysWithValues: tree.with(computed.prefix(tree.count)).pairs.map { path, stacked in
          let values = try stacked.values(as: Double.self)
          let size = values.count / stacked.shape[0]
          return (path, (0..<stacked.shape[0]).map { Array(values[($0 * size)..<(($0 + 1) * size)]) })
        })
      computed = computed.dropFirst(tree.count)
      return steps
    }
  }

  @Test(arguments: OptimizerRow.all.indices)
  func agreesWithItsSource(index: Int) throws {
    let row = OptimizerRow.all[index]
    let steps = try Self.runs.get()[index]
    let expected = try #require(OptimizerFixtures.read().cases.first { $0.name == row.fixture }).steps
    #expect(expected.count == 10)
    for (step, parameters) in expected.enumerated() {
      for (path, values) in parameters {
        let actual = try #require(steps[path]?[step])
        #expect(
          scaledDistance(actual, values) <= row.tolerance,
          "\(row.choice) and \(row.fixture) part at \(path), step \(step + 1): \(actual), not \(values)")
      }
    }
  }

  @Test func everyOptimizerHasARow() throws {
    let tested = Set(try OptimizerRow.all.map { try MethodSpec(parsing: $0.choice).name })
    // These change what another optimizer does, and have tests of their own.
    let wrappers: Set = ["constrained", "onPlateau"]
    #expect(Set(Registry<any Optimizer>.all.names).subtracting(tested).subtracting(wrappers) == [])
  }

  @Test func everyFixtureHasARow() throws {
    let tested = Set(OptimizerRow.all.map(\.fixture))
    #expect(Set(try OptimizerFixtures.read().cases.map(\.name)).subtracting(tested) == [])
  }
}
