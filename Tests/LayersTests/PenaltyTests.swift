import ArrayFixtures
import Configuration
import Layers
import TestSupport
import Testing

@Suite(.tags(.engine)) struct PenaltyTests {
  static let parameters = TensorTree([
    (path: "dense1/kernel", tensor: Tensor([1.0, -2], shape: [1, 2])),
    (path: "dense1/bias", tensor: Tensor([10.0])),
    (path: "dense2/kernel", tensor: Tensor([3.0], shape: [1, 1])),
  ])

  @Test(arguments: [
    ("l1l2(l1: 0.5)", 3.0), ("l1l2(l2: 0.5)", 7), ("l1l2(l1: 1, l2: 1)", 20),
    ("l1l2(l1: 1, pattern: bias)", 10), ("l1l2(l1: 1, pattern: dense1)", 13), ("l1l2(l1: 1, pattern: nothing)", 0),
  ])
  func sums(_ text: String, _ expected: Double) throws {
    let penalty = try Registry<any Penalty>.all.build(MethodSpec(parsing: text))
    #expect(try penalty(Self.parameters).scalar() == expected)
  }

  @Test func weightDecaysGradientIsTheWeightTimesLambda() throws {
    let found = gradient(at: Tensor([3.0, -1])) { L1L2.weightDecay(0.1)(TensorTree([(path: "kernel", tensor: $0)])) }
    #expect(agree(try found.doubles(), [0.3, -0.1], within: 1e-15))
  }

  @Test func brokenPatternsAreErrors() throws {
    let options = Options(["pattern": .text("(")])
    #expect(throws: ConfigurationError.self) { try Registry<any Penalty>.all.build(MethodSpec("l1l2", options)) }
    #expect(throws: Diagnostic.self) { try L1L2(l1: 1, pattern: "(")(Self.parameters).evaluate() }
    #expect(throws: ConfigurationError.self) {
      try Registry<any Penalty>.all.build(MethodSpec(parsing: "l1l2(l2: -1)"))
    }
  }
}
