import TestSupport
import Testing

@testable import Tensors

@Suite(.tags(.engine)) struct MergedTracesTests {
  private let x = Tensor.iota([3]).cast(to: .float64)

  private func step(_ rate: Double, _ decay: Double) -> [Tensor] { [x * rate - x.exp() * decay, x + rate] }

  @Test func constantsThatDifferAreArguments() throws {
    let unification = try #require(Unification([step(0.1, 2), step(0.2, 2), step(0.3, 2)]))
    #expect(unification.constants.count == 2)
    for (index, rate) in [0.1, 0.2, 0.3].enumerated() {
      let results = unification(unification.constants.map { Tensor($0[index]) })
      for (result, expected) in zip(results, step(rate, 2)) {
        #expect(try result.values(as: Double.self) == expected.values(as: Double.self))
      }
    }
    let both = try #require(Unification([step(0.1, 2), step(0.2, 3)]))
    #expect(both.constants.count == 3)
  }

  @Test func equalTracesHaveNoArguments() throws {
    let unification = try #require(Unification([step(0.1, 2), step(0.1, 2)]))
    #expect(unification.constants.isEmpty)
    #expect(try unification([])[1].values(as: Double.self) == [0.1, 1.1, 2.1])
  }

  @Test func otherDifferencesCantBeArguments() throws {
    // An operation, an attribute, a shape, a constant that isn't a scalar, one in a loop's body, the way results share.
    #expect(Unification([[x + 1], [x * 1]]) == nil)
    #expect(Unification([[x.sum([0], keepDims: true)], [x.slice(0..<1)]]) == nil)
    #expect(Unification([[x.slice(0..<1)], [x.slice(1..<2)]]) == nil)
    #expect(Unification([[x], [x.expand(at: 0)]]) == nil)
    #expect(Unification([[x + Tensor([1.0, 2, 3])], [x + Tensor([1.0, 2, 4])]]) == nil)
    func loop(_ rate: Double) -> [Tensor] { scan(carry: [x], over: [x]) { carry, _ in ([carry[0] * rate], []) }.carry }
    #expect(Unification([loop(1), loop(2)]) == nil)
    #expect(Unification([loop(1), loop(1)]) != nil)
    let (one, two) = (x.exp(), x.exp())
    #expect(Unification([[one, one], [one, two]]) == nil)
    #expect(Unification([[x], []]) == nil)
    // Other arguments and other arrays, though their types are the same.
    let arguments = [0, 1].map { _ in Tensor(Placeholder(x.type), []) }
    #expect(Unification([[arguments[0] + 1], [arguments[1] + 1]]) == nil)
    #expect(Unification([[arguments[0] + 1], [arguments[0] + 1]]) != nil)
    let arrays = try [1.0, 2].map { try Tensor([$0, $0, $0]).evaluate() }
    #expect(Unification([[arrays[0] + 1], [arrays[1] + 1]]) == nil)
    #expect(Unification([]) == nil)
  }
}
