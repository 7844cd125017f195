import TestSupport
import Testing

@testable import Tensors

/// Functions of trees, pairs and types of one's own, against the same with arrays of tensors.
@Suite(.tags(.engine)) struct GroupTests {
  private struct Particle: TensorGroup {
    var position, velocity: Tensor
    var tensors: [Tensor] { [position, velocity] }
    func with(_ tensors: [Tensor]) -> Particle { Particle(position: tensors[0], velocity: tensors[1]) }
  }

  private let inputs = Tensor([1.0, 2, 3, 4])

  @Test func groupsComeApartAndTogether() {
    let tree = TensorTree([("a", Tensor(1)), ("b", Tensor(2))])
    let group = [[tree], [tree, tree]]
    #expect(group.tensors.count == 6)
    let numbers = (0..<6).map { Tensor(Double($0)) }
    let made = group.with(numbers)
    #expect(made.map(\.count) == [1, 2] && made.tensors.map(\.id) == numbers.map(\.id))
    #expect(made[1][0].paths == ["a", "b"])
    #expect(Key(seed: 1).with([numbers[0]]).state.id == numbers[0].id)
  }

  @Test func gradientsHaveTheStructureOfTheirInputs() throws {
    let (w, b) = (Tensor([1.0, 2]), Tensor(0.5, dtype: .float64))
    func loss(_ w: Tensor, _ b: Tensor) -> Tensor { (w * w * b).sum() }
    let expected = valueAndGradient(at: [w, b]) { loss($0[0], $0[1]) }
    let (value, (dw, db)) = valueAndGradient(at: w, b, of: loss)
    #expect(try value.matches(expected.value.values()))
    #expect(try dw.matches(expected.gradients[0].values()) && db.matches(expected.gradients[1].values()))

    let tree = TensorTree([("w", w), ("b", b)])
    let slopes = gradient(at: tree) { loss($0["w"] ?? b, $0["b"] ?? b) }
    #expect(slopes.paths == ["w", "b"])
    #expect(try slopes.tensors[0].matches(dw.values()))

    let (one, rest, last) = gradient(at: w, [b, b], tree) { w, list, tree in
      loss(w, list[0]) + list[1] * (tree["w"] ?? w).sum()
    }
    #expect(try one.matches([1, 2]) && rest[0].matches([5]) && rest[1].matches([3]))
    #expect(try last["w"]?.matches([0.5, 0.5]) == true && last["b"]?.matches([0]) == true)
    let failed = valueAndGradient(at: w, b) { w, _ in w }
    #expect(failed.gradients.1.diagnostic?.message.contains("floating-point scalar") == true)
  }

  @Test func loopsChangeTheirCarry() throws {
    let sum = scan(into: Tensor(0, dtype: .float64), over: inputs) { sum, x in sum += x }
    let (product, running) = scan(into: Tensor(1, dtype: .float64), over: inputs) { product, x in
      product *= x
      return product
    }
    let (last, outputs) = scan(
      into: (Tensor(0, dtype: .float64), Tensor(1, dtype: .float64)), over: inputs, reversed: true
    ) { carry, x in
      carry.0 += x
      carry.1 = carry.0 * x
      return (carry.1, x)
    }
    let start = Particle(position: Tensor(0, dtype: .float64), velocity: Tensor(1, dtype: .float64))
    let end = scan(into: start, over: [inputs, inputs]) { particle, forces in
      particle.velocity += forces[0] - forces[1] * 0.5
      particle.position += particle.velocity
    }
    let pair = scan(into: (start, Tensor(0)), over: Tensor.iota([3])) { carry, step in
      carry.0.position += carry.0.velocity
      carry.1 += step.cast(to: .float32)
      return carry.0.position
    }
    let counted = scan(into: Tensor(0), over: [Tensor](), length: 5) { count, _ in count = count + 2 }
    #expect(try sum.scalar() == 10 && product.scalar() == 24 && running.matches([1, 2, 6, 24]))
    #expect(try last.0.scalar() == 10 && last.1.scalar() == 10 && outputs.0.matches([10, 18, 21, 16]))
    #expect(try outputs.1.matches([1, 2, 3, 4]))
    #expect(try end.velocity.scalar() == 6 && end.position.scalar() == 1.5 + 2.5 + 4 + 6)
    #expect(try pair.carry.1.scalar() == 3 && pair.outputs.matches([1, 2, 3]) && counted.scalar() == 10)
  }

  @Test func loopsThatFailKeepTheirStructure() {
    let narrow = scan(into: Tensor(0), over: inputs) { sum, x in sum = x }
    #expect(narrow.diagnostic?.message.contains("a carry keeps its type") == true)
    let endless = scan(into: (Tensor(0), Tensor(1)), over: [Tensor]()) { _, _ in Tensor(3) }
    #expect(endless.outputs.diagnostic?.message.contains("needs a length") == true)
    #expect(endless.carry.1.diagnostic?.location?.contains("GroupTests.swift") == true)
    let failed = scan(into: Tensor.zeros([-1]), over: inputs) { sum, x in
      sum += x
      return (sum, x)
    }
    #expect(failed.carry.diagnostic != nil && failed.outputs.0.diagnostic != nil)
  }

  @Test func compiledFunctionsTakeGroups() throws {
    let weights = TensorTree([("w", Tensor([1.0, 2])), ("b", Tensor([0.5, 0.5]))])
    let step = try compiled(for: weights, Tensor([0.0, 0])) { weights, x in
      weights.mapValues { $0 - x }
    }
    var state = weights
    for _ in 0..<3 { state = try step(state, Tensor([1.0, 0])) }
    #expect(state.paths == ["w", "b"])
    #expect(try state["w"]?.matches([-2, 2]) == true && state["b"]?.matches([-2.5, 0.5]) == true)
    let both = try compiled(for: [inputs, inputs]) { list in (list[0] + list[1], weights) }
    let (sum, same) = try both([inputs, inputs * 2])
    #expect(try sum.matches([3, 6, 9, 12]) && same["w"]?.matches([1, 2]) == true)
    #expect(throws: Diagnostic.self) { try step(state, Tensor([1.0])) }
    #expect(throws: Diagnostic.self) { try compiled(for: inputs) { $0 + Tensor([1.0, 2]) } }
  }
}
