import TestSupport
import Testing

@testable import Tensors

/// Batches of batches, and gradients of members.
@Suite(.tags(.engine)) struct VectorizationTests {
  private let numbers = Tensor((0..<12).map { 0.1 + 0.37 * Double($0 * 5 % 12) }, shape: [2, 3, 2])

  /// A function of a vector, with an operation whose batching rule has most to do.
  static let functions: [(name: String, body: @Sendable (Tensor) -> Tensor)] = [
    ("take", { $0.take(Tensor([1, 0, 1] as [Int32])) }),
    ("takeAlongAxis", { $0.takeAlongAxis($0.argSort()) }),
    ("scatterAdd", { Tensor.zeros([3], dtype: .float64).scatterAdd($0, at: $0.argSort()) }),
    ("rows", { $0.rows(from: $0.argMax(), count: 1) }),
    ("dynamicUpdateSlice", { Tensor(DynamicUpdateSlice(), [$0, $0.slice(0..<1), $0.argMax()]) }),
    ("matmul", { ($0.expand(at: 1).matmul($0.expand(at: 0)) + Tensor.identity(2, dtype: .float64)).cholesky() }),
    ("solve", { ($0.expand(at: 1).matmul($0.expand(at: 0)) + Tensor.identity(2, dtype: .float64)).solve($0) }),
    (
      "convolution",
      { x in
        x.reshape(to: [1, 2, 1]).convolution(x.reshape(to: [2, 1, 1]), padding: .same)
      }
    ),
    ("conditional", { x in conditional(x.sum() .> 2, then: { x * x }, else: { x.exp() }) }),
    ("scan", { x in scan(carry: [x], length: 3) { carry, _ in ([carry[0] * x.sum()], []) }.carry[0] }),
    (
      "scan of elements",
      { x in
        scan(carry: [x[0]], over: [x]) { carry, elements in
          ([carry[0] * elements[0]], [carry[0]])
        }.outputs[0]
      }
    ),
    ("cumulativeSum", { $0.cumulativeSum(reversed: true) * $0.product() }),
    ("maxPool", { x in x.reshape(to: [1, 1, 2, 1]).maxPool2D((1, 2)) }),
    ("logSumExp", { $0.logSumExp() }),
  ]

  @Test(arguments: functions.map(\.name)) func membersOfMembers(_ name: String) throws {
    let body = try #require(Self.functions.first { $0.name == name }?.body)
    let loss = { (x: Tensor) in (body(x) * 1.5).squared().sum() }
    let slope = { (x: Tensor) in gradient(at: x, of: loss) }
    let curvature = { (x: Tensor) in gradient(at: x) { slope($0).squared().sum() } }
    // The gradient of a sum over members is each member's gradient.
    let whole = { (x: Tensor) in gradient(at: x) { vectorized(vectorized(loss))($0).sum() } }
    let program = try Program([numbers.type, TensorType(.float64, [2])]) { arguments in
      let batched = [body, slope, curvature].map { vectorized(vectorized($0))(arguments[0]) }
      return batched + [whole(arguments[0])] + [body, slope, curvature].map { $0(arguments[1]) }
    }
    let values: [Double] = try numbers.values()
    var found: [Tensor] = []
    var expected: [[Double]] = [[], [], []]
    for start in stride(from: 0, to: values.count, by: 2) {
      found = try program([numbers, Tensor(Array(values[start..<start + 2]))])
      for index in 0..<3 { expected[index] += try found[4 + index].values(as: Double.self) }
    }
    for (batched, expected) in zip(found.prefix(4), expected + [expected[1]]) {
      #expect(Array(batched.shape.prefix(2)) == [2, 3])
      #expect(try batched.matches(expected, within: 1e-11))
    }
  }

  @Test func emptyBatches() throws {
    let none = vectorized { x in (x.sort() * x.sum()).cumulativeSum() }(Tensor.zeros([0, 3]))
    #expect(try none.evaluate().shape == [0, 3])
    let draws = vectorized { Key(state: $0).uniform([2]) }(Tensor.zeros([0, 2], dtype: .uint64))
    #expect(try draws.evaluate().shape == [0, 2])
  }
}
