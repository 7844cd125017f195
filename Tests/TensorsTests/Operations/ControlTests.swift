import TestSupport
import Testing

@testable import Tensors

/// Branches, loops, custom gradients and checkpoints in one another.
@Suite(.tags(.engine)) struct ControlTests {
  private let x = Tensor([0.3, -1.2, 2.0])
  private let scale = Tensor(0.7, dtype: .float64)

  /// A step in a loop may branch, and capture from outside both; all of it has a gradient.
  @Test func branchInsideALoop() throws {
    func loss(_ arguments: [Tensor], step: (Tensor, Tensor) -> Tensor) -> Tensor {
      scan(carry: [Tensor(0, dtype: .float64)], over: [arguments[0]]) { carry, elements in
        ([carry[0] + step(elements[0], arguments[1])], [])
      }.carry[0]
    }
    let branching = valueAndGradient(at: [x, scale]) { arguments in
      loss(arguments) { element, scale in
        conditional(element .> 0, then: { (element * scale).exp() }, else: { element * element * scale })
      }
    }
    let selecting = valueAndGradient(at: [x, scale]) { arguments in
      loss(arguments) { element, scale in
        Tensor.select(element .> 0, (element * scale).exp(), element * element * scale)
      }
    }
    let found = try Tensor.evaluate([branching.value] + branching.gradients + [selecting.value] + selecting.gradients)
    for (branching, selecting) in zip(found.prefix(3), found.suffix(3)) {
      #expect(try branching.matches(selecting.values(), within: 1e-14))
    }
  }

  /// Steps before the one that an argument names don't run; members of a group begin together.
  @Test func aLoopMayBeginLater() throws {
    func run(_ arguments: [Tensor]) -> [Tensor] {
      let looped = scan(carry: [arguments[0]], over: [arguments[1]], from: arguments[2]) { carry, elements in
        let next = (carry[0] * elements[0]).sin()
        return ([next], [next.exp().sum()])
      }
      return looped.carry + looped.outputs
    }
    let types = [TensorType(.float64, [2, 3]), TensorType(.float64, [3]), TensorType(.int32, [])]
    let program = try Program(types, vectorized(over: [0, nil, nil], run))
    let carry = Tensor.stack([x, x * 2])
    func results(_ elements: [Double], from start: Int32) throws -> [[Double]] {
      try program([carry, Tensor(elements), Tensor([start], shape: [])]).map { try $0.values(as: Double.self) }
    }
    let later = try results([9, 9, 0.7], from: 2)
    let carried = (carry * 0.7).sin()
    #expect(try Tensor(later[0]).matches(carried.values(), within: 1e-14))
    let sums = try carried.exp().sum([1]).values(as: Double.self)
    #expect(later[1].count == 6 && later[1][0] == 0 && later[1][1] == 0 && later[1][4] == 0)
    #expect(abs(later[1][2] - sums[0]) < 1e-13 && abs(later[1][5] - sums[1]) < 1e-13)
    #expect(try results([0.3, 0.5, 0.7], from: 0)[1].allSatisfy { $0 > 0 })
    #expect(try results([0.3, 0.5, 0.7], from: 3)[0] == carry.values(as: Double.self))
    let start = Tensor([1 as Int32], shape: [])
    let failed = gradient(at: x) { run([$0, Tensor([0.3, 0.5, 0.7]), start])[1].sum() }
    #expect(failed.diagnostic?.description.contains("has no gradient") == true)
  }

  /// Only the chosen branch may run: the other would divide a loop's counter by zero for ever.
  @Test func theOtherBranchIsLeftOut() throws {
    let program = try Program([TensorType(.bool, []), x.type]) { arguments in
      [conditional(arguments[0], then: { arguments[1].sin() }, else: { arguments[1].exp() })]
    }
    let main = program.text.split(separator: "stablehlo.if")
    #expect(main.count == 2)
    #expect(!main[0].contains("sine") && !main[0].contains("exponential"))
    #expect(try program([Tensor(false), Tensor([0.0, 0, 0])])[0].matches([1, 1, 1]))
  }

  /// The backward pass runs the body again, from inputs that XLA can't join with the first run's.
  @Test func checkpointRunsTwice() throws {
    func loss(_ x: Tensor) -> Tensor { x.sin().exp().squared().sum() }
    let program = try Program([x.type]) { arguments in
      let kept = valueAndGradient(at: arguments) { loss($0[0]) }
      let again = valueAndGradient(at: arguments) { points in checkpoint { loss(points[0]) } }
      return [kept.value, again.value] + kept.gradients + again.gradients
    }
    #expect(program.text.contains("@tanren.barrier.1"))
    #expect(program.text.components(of: "stablehlo.sine") == 3)
    let found = try program([x])
    #expect(try found[0].matches(found[1].values(), within: 1e-14))
    #expect(try found[2].matches(found[3].values(), within: 1e-14))
  }

  /// XLA doesn't merge the second run with the first: of twelve parts with four products each, one part's are in memory
  /// at a time, besides the inputs of all.
  @Test func checkpointsTakeLessMemory() throws {
    let type = TensorType(.float32, [256, 256])
    func temporary(_ isCheckpointed: Bool) throws -> Int {
      try Program([type]) { arguments in
        gradient(at: arguments) { points in
          var y = points[0]
          for _ in 0..<12 {
            func part() -> Tensor { (0..<4).reduce(y) { x, _ in x.matmul(points[0]).sin() } }
            y = y + (isCheckpointed ? checkpoint(part) : part())
          }
          return y.sum()
        }
      }.memoryUse().temporary
    }
    let (all, part) = (try temporary(false), try temporary(true))
    #expect(part * 3 < all * 2, "\(part), \(all)")
  }

  /// A result that nothing depends on isn't pulled back: its derivative, which is infinite here, stays out.
  @Test func checkpointLeavesOutUnusedResults() throws {
    let slope = gradient(at: Tensor([0.0, 4])) { x in checkpoint { [(x * 3).sum(), x.sqrt().sum()] }[0] }
    #expect(try slope.matches([3, 3]))
  }

  @Test func customGradientsReplaceTheTrueOne() throws {
    // Rounding with a straight-through gradient (Bengio et al. 2013).
    func rounded(_ x: Tensor) -> Tensor {
      withGradient([x]) {
        [$0[0].rounded()]
      } pullback: { _, _, cotangents in
        cotangents
      }[0]
    }
    let slope = gradient(at: x) { (rounded($0) * 3).sum() }
    let members = vectorized { x in gradient(at: x) { (rounded($0) * $0).sum() } }(x)
    let outer = gradient(at: x) { x in vectorized(rounded)(x).squared().sum() }
    let found = try Tensor.evaluate([slope, members, outer])
    #expect(try found[0].matches([3, 3, 3]))
    // The product rule, the rounded factor's derivative taken as 1.
    #expect(try found[1].matches([0.3 + 0, -1.2 - 1, 2 + 2], within: 1e-15))
    #expect(try found[2].matches([0, -2, 4]))
  }

  @Test func loopsEndByThemselves() throws {
    // Newton's square roots, each member until it converges.
    func root(_ square: Tensor) -> Tensor {
      whileLoop(carry: [square]) {
        ($0[0] * $0[0] - square).abs() .> 1e-12
      } body: { carry in
        [(carry[0] + square / carry[0]) * 0.5]
      }[0]
    }
    let squares = Tensor([2.0, 9, 1, 400])
    #expect(try vectorized(root)(squares).matches([1.4142135623730951, 3, 1, 20], within: 1e-12))
    // A loop on constants may stand inside a gradient.
    let slope = gradient(at: squares) { ($0 * vectorized(root)(squares.stopGradient())).sum() }
    #expect(try slope.matches([1.4142135623730951, 3, 1, 20], within: 1e-12))
    let refused = #expect(throws: Diagnostic.self) {
      try gradient(at: squares) { vectorized(root)($0).sum() }.evaluate()
    }
    #expect(refused?.message.contains("scan") == true)
  }

  /// Constants too large for the text, and arrays on the device, reach the inside of branches as arguments.
  @Test func branchesUseLargeArrays() throws {
    let large = (0..<100).map(Double.init)
    let found = conditional(Tensor(true)) {
      (Tensor(large) * 2).sum()
    } else: {
      Tensor(0, dtype: .float64)
    }
    #expect(try found.scalar() == 9900)
  }
}

extension String {
  fileprivate func components(of part: String) -> Int {
    split(separator: part, omittingEmptySubsequences: false).count - 1
  }
}
