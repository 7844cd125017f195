import Foundation
import Tensors
import TestSupport
import Testing

/// What `Fixtures/generate_optimizers.py` writes, and `generate_recent_optimizers.py` and `generate_author_methods.py` add.
struct OptimizerFixtures: Decodable {
  struct Array: Decodable {
    let shape: [Int]
    let values: [Double]
    var tensor: Tensor { Tensor(values, shape: Shape(shape)) }
  }

  struct Problem: Decodable {
    let parameters: [String: Array]
    let gradients: [[String: Array]]
  }

  struct Case: Decodable {
    let name: String
    let source: String
    let problem: String
    let steps: [[String: [Double]]]
    /// What is evaluated in place of the parameters, if it is something else.
    let averaged: [[String: [Double]]]?
  }

  private struct Recent: Decodable {
    let cases: [Case]
    let averages: [Case]?
  }

  let problems: [String: Problem]
  private(set) var cases: [Case]
  private(set) var averages: [Case]?

  static func read() throws -> OptimizerFixtures {
    var fixtures: OptimizerFixtures = try read("optimizers")
    let recent: Recent = try read("recent_optimizers")
    let authors: Recent = try read("author_optimizers")
    fixtures.cases += recent.cases + authors.cases
    fixtures.averages = recent.averages
    return fixtures
  }

  static func read<Fixture: Decodable>(_ name: String) throws -> Fixture {
    try Bundle.module.decodeFixture(name)
  }
}

extension OptimizerFixtures.Problem {
  /// In the order a model would have them.
  var paths: [String] { ["dense/kernel", "dense/bias"] }

  var parameterTree: TensorTree { TensorTree(paths.compactMap { path in parameters[path].map { (path, $0.tensor) } }) }

  /// Each parameter's gradients, stacked along the steps.
  var gradientTree: TensorTree {
    TensorTree(paths.map { path in (path, Tensor.stack(gradients.compactMap { $0[path]?.tensor })) })
  }
}
