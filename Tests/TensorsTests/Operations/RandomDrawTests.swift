import TestSupport
import Testing

@testable import Tensors

@Suite(.tags(.engine)) struct RandomDrawTests {
  @Test func permutationsHoldEachNumberOnce() throws {
    let key = Key(seed: 3)
    for count in [0, 1, 2, 64, 65, 1000] {
      let found = try key.permutation(count).values(as: Int32.self)
      #expect(found.sorted() == (0..<Int32(count)).map { $0 })
    }
    let found = try Tensor.evaluate([key.permutation(100), key.permutation(100), key.derived("other").permutation(100)])
      .map { try $0.values(as: Int32.self) }
    #expect(found[0] == found[1])
    #expect(found[0] != found[2])
  }

  /// All orders of three numbers are equally likely: chi-squared with 5 degrees of freedom.
  @Test func permutationsAreUniform() throws {
    let count = 6000
    let bits = Key(seed: 11).bits([count, 2]).cast(to: .uint64)
    let orders: [Int32] = try vectorized { Key(state: $0).permutation(3) }(bits).values()
    var seen: [Int32: Double] = [:]
    for index in 0..<count { seen[orders[3 * index] * 10 + orders[3 * index + 1], default: 0] += 1 }
    let expected = Double(count) / 6
    #expect(seen.count == 6)
    #expect(seen.values.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected } < 20.5)
  }

  /// Mean and deviation of the normal distribution cut at two deviations: 0 and 0.879626.
  @Test(arguments: [DType.float32, .float64]) func truncatedNormalNumbers(_ dtype: DType) throws {
    let draws = Key(seed: 5).truncatedNormal([40000], mean: 1, deviation: 0.5, dtype: dtype).cast(to: .float64)
    let found = try Tensor.evaluate([draws.mean(), draws.variance().sqrt(), draws.min(), draws.max()])
      .map { try $0.scalar() }
    #expect((found[0] - 1).magnitude < 0.01)
    #expect((found[1] - 0.5 * 0.8796256610342398).magnitude < 0.005)
    #expect(found[2] >= 0 && found[2] < 0.01 && found[3] <= 2 && found[3] > 1.99)
  }

  @Test func categoriesComeAsOftenAsTheyShould() throws {
    let probabilities = [0.1, 0.6, 0.3, 0]
    let logits = Tensor(probabilities).log().broadcast(to: [20000, 4])
    let counts = Key(seed: 8).categorical(logits).oneHot(4, dtype: .float64).mean([0])
    #expect(try agree(counts.values(), probabilities, within: 0.012))
  }
}
