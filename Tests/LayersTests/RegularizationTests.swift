import ArrayFixtures
import Layers
import TestSupport
import Testing

/// Layers that draw: what they keep, how often, and that their draws are those of their path.
@Suite(.tags(.engine)) struct RegularizationTests {
  private static func run(
    _ layer: any Layer, _ shape: Shape, isTraining: Bool = true, seed: UInt64 = 1, dtype: DType = .float32
  ) throws -> [Double] {
    let x = Tensor.ones(shape, dtype: dtype)
    return try layer.apply(
      ModelVariables(), to: x, isTraining: isTraining, key: Key(seed: seed), precision: Precision(dtype)
    ).output.cast(to: .float64).doubles()
  }

  @Test(arguments: [DType.float32, .float64, .bfloat16]) func stochasticDepthDropsExamples(_ dtype: DType) throws {
    let values = try Self.run(StochasticDepth(0.25), [400, 3, 2], dtype: dtype)
    let examples = (0..<400).map { Array(values[$0 * 6..<$0 * 6 + 6]) }
    // Each example as a whole; kept ones are scaled.
    let scaled = dtype == .bfloat16 ? 1.3359375 : 4.0 / 3
    #expect(
      examples.allSatisfy { example in
        Set(example).count == 1 && (example[0] == 0 || abs(example[0] - scaled) < 1e-6)
      })
    let dropped = examples.count { $0[0] == 0 }
    // 100 are expected, with a standard deviation of 8.7.
    #expect((60...140).contains(dropped))
  }

  static let drawing: [String: any Layer] = [
    "dropout": Dropout(0.5), "stochastic depth": StochasticDepth(0.5), "drop block": DropBlock(0.3, size: 2),
    "several": Sequential {
      Dropout(0.2); StochasticDepth(0.5); PReLU()
    },
  ]

  /// In one program each member draws by its own key, bit for bit as alone.
  @Test(arguments: drawing.keys.sorted()) func membersDrawByTheirOwnKeys(_ name: String) throws {
    let layer = try #require(Self.drawing[name])
    let x = Tensor.ones([6, 4, 4, 2])
    let variables = try layer.variables(for: x.type, key: Key(seed: 3))
    func drawn(_ key: Key) -> Tensor { layer.apply(variables, to: x, isTraining: true, key: key).output }
    let keys = [Key(seed: 1), Key(seed: 2)]
    let together = vectorized { drawn(Key(state: $0)) }(Tensor.stack(keys.map(\.state)))
    let computed = try Tensor.evaluate([together] + keys.map(drawn))
    let (first, second) = (try computed[1].doubles(), try computed[2].doubles())
    #expect(first != second && first.contains(0))
    #expect(try computed[0].doubles() == first + second)
  }

  @Test func dropBlockDropsSquares() throws {
    let (rows, columns, side) = (12, 10, 3)
    let values = try Self.run(DropBlock(0.2, size: side), [50, rows, columns, 4])
    func isDropped(_ n: Int, _ i: Int, _ j: Int, _ c: Int) -> Bool {
      values[((n * rows + i) * columns + j) * 4 + c] == 0
    }
    let kept = values.filter { $0 != 0 }
    // The rest is scaled to keep the mean.
    #expect(Set(kept).count == 1 && abs(values.reduce(0, +) / Double(values.count) - 1) < 1e-4)
    let share = 1 - Double(kept.count) / Double(values.count)
    #expect(share > 0.12 && share < 0.22)
    // Whatever is dropped belongs to a square that is.
    for n in 0..<50 {
      for (i, j) in [(0, 0), (5, 4), (11, 9), (3, 9)] where isDropped(n, i, j, 2) {
        let corners = (0..<side).flatMap { a in (0..<side).map { (i - a, j - $0) } }
        let isSquare = corners.contains { top, left in
          (0..<side).allSatisfy { a in
            (0..<side).allSatisfy { b in
              (0..<rows).contains(top + a) && (0..<columns).contains(left + b) && isDropped(n, top + a, left + b, 2)
            }
          }
        }
        #expect(isSquare)
      }
    }
    // Other channels drop other squares, and a square is never larger than the image.
    #expect((0..<50).contains { n in isDropped(n, 5, 4, 0) != isDropped(n, 5, 4, 1) })
    #expect(try Self.run(DropBlock(0.5, size: 7), [4, 3, 3, 1]).allSatisfy(\.isFinite))
  }

  @Test(arguments: ["stochastic depth", "drop block", "attention"])
  func evaluationChangesNothing(_ name: String) throws {
    let layers: [String: any Layer] = ["stochastic depth": StochasticDepth(0.5), "drop block": DropBlock(0.5, size: 2)]
    if let layer = layers[name] {
      #expect(try Self.run(layer, [3, 4, 4, 2], isTraining: false).allSatisfy { $0 == 1 })
      #expect(try Self.run(layer, [30, 4, 4, 2]) != Self.run(layer, [30, 4, 4, 2], seed: 2))
      #expect(try Self.run(layer, [30, 4, 4, 2]) == Self.run(layer, [30, 4, 4, 2]))
    } else {
      let (one, other) = (MultiHeadAttention(heads: 2), MultiHeadAttention(heads: 2, dropout: 0.5))
      let x = Key(seed: 1).normal([2, 5, 4])
      let variables = try one.variables(for: x.type, key: Key(seed: 2))
      func run(_ layer: MultiHeadAttention, _ isTraining: Bool) throws -> [Double] {
        try layer.apply(variables, to: x, isTraining: isTraining, key: Key(seed: 3)).output.doubles()
      }
      #expect(try run(one, false) == run(other, false))
      #expect(try run(one, true) != run(other, true))
    }
  }

  /// Two layers of one kind draw different numbers, and another layer before them changes neither's.
  @Test func drawsBelongToThePath() throws {
    struct Both: Layer {
      var hasMore: Bool
      func forward(_ x: Tensor, in scope: Scope) -> Tensor {
        let first = StochasticDepth(0.5)(hasMore ? Dropout(0)(x, in: scope["more"]) : x, in: scope["a"])
        return .concatenate([first, StochasticDepth(0.5)(x, in: scope["b"])], axis: -1)
      }
    }
    let values = try Self.run(Both(hasMore: false), [64, 1])
    #expect(try values == Self.run(Both(hasMore: true), [64, 1]))
    #expect((0..<64).contains { values[2 * $0] != values[2 * $0 + 1] })
  }

  @Test func masksHidePadding() throws {
    let layer = MultiHeadAttention(heads: 2)
    let x = Key(seed: 1).normal([1, 5, 4])
    let variables = try layer.variables(for: x.type, key: Key(seed: 2))
    struct Masked: Layer {
      var length: Int
      func forward(_ x: Tensor, in scope: Scope) -> Tensor {
        let isThere = Tensor.iota([1, 1, 1, x.shape[1]], axis: 3) .< Double(length)
        return MultiHeadAttention(heads: 2).attend(x, mask: isThere, in: scope)
      }
    }
    let short = layer.apply(variables, to: x.slice(0..<3, axis: 1)).output
    let masked = Masked(length: 3).apply(variables, to: x).output.slice(0..<3, axis: 1)
    #expect(try worstError(masked.doubles(), short.doubles()) < 1e-5)
    // A query that sees nothing gets the mean of all values, not NaN.
    #expect(try Masked(length: 0).apply(variables, to: x).output.doubles().allSatisfy(\.isFinite))
    // Another sequence to attend to: keys and values are made of it.
    struct Across: Layer {
      func forward(_ x: Tensor, in scope: Scope) -> Tensor {
        MultiHeadAttention(heads: 2).attend(x.slice(0..<2, axis: 1), to: x, in: scope)
      }
    }
    let across = Across().apply(variables, to: x).output
    let whole = layer.apply(variables, to: x).output.slice(0..<2, axis: 1)
    #expect(try worstError(across.doubles(), whole.doubles()) < 1e-5)
  }

  @Test func halfPrecisionNormalizesInSingle() throws {
    for layer in [RMSNorm(), GroupNorm(2), SqueezeExcitation(reduction: 2), MultiHeadAttention(heads: 2)] as [any Layer]
    {
      let isImage = layer is SqueezeExcitation
      let x = Key(seed: 1).normal(isImage ? [2, 3, 3, 4] : [2, 9, 4])
      let variables = try layer.variables(for: x.type, key: Key(seed: 2))
      let single = try layer.apply(variables, to: x).output.doubles()
      let half = layer.apply(variables, to: x.cast(to: .bfloat16), precision: .bfloat16).output
      #expect(half.dtype == .bfloat16)
      #expect(zip(try half.cast(to: .float64).doubles(), single).allSatisfy { abs($0 - $1) < 0.05 * (1 + abs($1)) })
    }
  }
}
