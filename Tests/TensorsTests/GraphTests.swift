import TestSupport
import Testing

@testable import Tensors

@Suite(.tags(.engine)) struct GraphTests {
  @Test func expressionsEvaluate() throws {
    let x = Tensor([1.0, 2, 3])
    let y = (x * 2 + 1).sum()
    #expect(try y.scalar() == 15)
    #expect(try x.matches([1, 2, 3]))
  }

  @Test func aFailedOperationNamesItsCallerAndFailsWhatFollows() throws {
    let x = Tensor.zeros([2, 3])
    let line = #line + 1
    let bad = x.matmul(Tensor.zeros([4, 5]))
    let later = (bad + 1).sum()
    let diagnostic = #expect(throws: Diagnostic.self) { try later.evaluate() }
    #expect(diagnostic?.operation == "matmul")
    #expect(diagnostic?.line == line)
    #expect(diagnostic?.file?.hasSuffix("GraphTests.swift") == true)
    #expect("\(diagnostic!)".contains("3 columns"))
  }

  @Test func gradientOfAGradient() throws {
    // f = x^3: f' = 3 x^2, f'' = 6 x
    let x = Tensor([2.0, -1.5])
    let second = gradient(at: x) { x in gradient(at: x) { ($0 * $0 * $0).sum() }.sum() }
    #expect(try second.matches([12, -9]))
  }

  @Test func gradientThroughALoop() throws {
    // x_{t+1} = a x_t + u_t from x_0; loss is the sum of squares of all x_t.
    let a = Tensor(0.5, dtype: .float64), start = Tensor(2.0, dtype: .float64)
    let inputs = Tensor([1.0, -1, 0.5])
    func loss(_ arguments: [Tensor]) -> Tensor {
      let result = scan(carry: [arguments[1]], over: [arguments[2]]) { carry, elements in
        let next = carry[0] * arguments[0] + elements[0]
        return ([next], [next])
      }
      return result.outputs[0].squared().sum()
    }
    func unrolled(_ arguments: [Tensor]) -> Tensor {
      var (x, sum) = (arguments[1], Tensor(0, dtype: .float64))
      for step in 0..<3 {
        x = x * arguments[0] + arguments[2][step]
        sum = sum + x * x
      }
      return sum
    }
    let looped = valueAndGradient(at: [a, start, inputs], of: loss)
    let expected = valueAndGradient(at: [a, start, inputs], of: unrolled)
    #expect(try looped.value.matches(expected.value.values()))
    for (found, wanted) in zip(looped.gradients, expected.gradients) {
      #expect(try found.matches(wanted.values(), within: 1e-14))
    }
    // And the gradient of a gradient's norm.
    func norm(_ loss: @escaping ([Tensor]) -> Tensor) -> Tensor {
      valueAndGradient(at: [a, start, inputs]) { point in
        valueAndGradient(at: point, of: loss).gradients.map { $0.squared().sum() }.reduce(Tensor(0, dtype: .float64), +)
      }.gradients[0]
    }
    #expect(try norm(loss).matches(norm(unrolled).values(), within: 1e-12))
  }

  @Test func vectorizedLoopEqualsTheMembers() throws {
    let starts = Tensor([1.0, 2, 3])
    let inputs = Tensor([1.0, -1, 0.5, 2])
    func final(_ start: Tensor) -> Tensor {
      scan(carry: [start], over: [inputs]) { carry, elements in
        ([carry[0] * 0.5 + elements[0]], [])
      }.carry[0]
    }
    let batched = vectorized(final)(starts)
    for index in 0..<3 {
      #expect(try batched[index].matches(final(starts[index]).values()))
    }
  }

  @Test func keysAreReproducibleAndNamed() throws {
    let key = Key(seed: 7)
    let first: [Float] = try key.derived("a").uniform([4]).values()
    let again: [Float] = try Key(seed: 7).derived("a").uniform([4]).values()
    let other: [Float] = try key.derived("b").uniform([4]).values()
    #expect(first == again)
    #expect(first != other)
    let normal: [Double] = try key.normal([20000], dtype: .float64).values()
    let mean = normal.reduce(0, +) / 20000
    #expect(abs(mean) < 0.03)
    let square = normal.reduce(0.0) { $0 + $1 * $1 } / 20000
    #expect(abs(square - 1) < 0.04)
  }

  @Test func longChainsAreReleasedWithoutRecursion() {
    var x = Tensor([1.0])
    for _ in 0..<200_000 { x = x + 1 }
    #expect(x.shape == [1])
  }

  @Test func programsRunManyTimesAndTakeOverMemory() throws {
    let type = TensorType(.float32, [3])
    let program = try Program([type], aliases: [0: 0]) { [$0[0] * 2] }
    let start = try Tensor([1, 2, 3] as [Float]).evaluate()
    var x = start
    for _ in 0..<3 { x = try program([x])[0] }
    #expect(try x.values(as: Float.self) == [8, 16, 24])
    #expect(throws: (any Error).self) { try program([start])[0].values(as: Float.self) }
    #expect(throws: Diagnostic.self) { try program([Tensor([1.0])]) }
  }
}

extension Tensor {
  func matches(_ expected: [Double], within tolerance: Double = 0) throws -> Bool {
    let found: [Double] = try values()
    return found.count == expected.count
      && zip(found, expected).allSatisfy { ($0 - $1).magnitude <= tolerance * Swift.max(1, $1.magnitude) }
  }
}
