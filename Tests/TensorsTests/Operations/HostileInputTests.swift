import Reservoirs
import TestSupport
import Testing

@testable import Tensors

/// What a person may get wrong: each is a thrown diagnostic that says what and where, and nothing traps.
@Suite(.tags(.engine)) struct HostileInputTests {
  @Test func aDiagnosticNamesTheLayer() {
    let weights = Tensor.zeros([3, 4])
    let output = TraceContext.$path.withValue("encoder/dense1") { Tensor.zeros([2, 5]).matmul(weights) }
    let error = #expect(throws: Diagnostic.self) { try (output + 1).sum().evaluate() }
    #expect(error?.path == "encoder/dense1")
    #expect(error?.description.contains("matmul(float32[2, 5], float32[3, 4]): the first has 5 columns") == true)
    #expect(error?.description.contains("in layer encoder/dense1 (TensorsTests/HostileInputTests.swift:") == true)
  }

  /// Each of these is refused; the message holds the words beside it.
  static let mistakes: [(words: String, make: @Sendable () -> Tensor)] = {
    let x = Tensor.zeros([2, 3]), scalar = Tensor(1), integers = Tensor.zeros([2], dtype: .int32)
    let key = Key(seed: 1)
    return [
      ("don't broadcast", { x + Tensor.zeros([4]) }),
      ("don't broadcast", { Tensor.select(Tensor.zeros([5], dtype: .bool), x, x) }),
      ("cast one of them", { x + x.cast(to: .float64) }),
      ("takes floating-point elements, not int32", { integers.exp() }),
      ("negative", { Tensor.zeros([-1]) }), ("negative", { Tensor.zeros([2, .min]) }),
      ("fit into memory", { Tensor.zeros([.max, .max]) }), ("fit into memory", { Tensor.zeros([.max, 0]) }),
      ("don't fill", { x.reshape(to: [.max, .max]) }), ("don't fill", { x.reshape(to: [-1, -1]) }),
      ("don't fill", { x.reshape(to: [-1, .min]) }), ("don't fill", { x.reshape(to: [4, -1]) }),
      ("doesn't fit", { x.broadcast(to: [3]) }), ("no permutation", { x.transpose([0, .min]) }),
      ("no permutation", { x.transpose([]) }), ("no axis", { x.moveAxis(from: .max, to: 0) }),
      ("no position", { x.expand(at: .min) }), ("no position", { x.expand(at: .max) }),
      ("hasn't extent 1", { x.squeeze(0) }),
      ("isn't inside", { x.slice(0..<9) }), ("isn't inside", { x.slice(.min ..< .max) }),
      ("isn't inside", { x.slice(0..<1, stride: 0) }), ("no axis", { x.slice(0..<1, axis: .min) }),
      ("no element", { x[2] }), ("no element", { x[.min] }), ("1 index for 0 axes", { scalar[0] }),
      ("padding for 1 axes", { x.pad([(1, 1)]) }), ("beyond any tensor", { x.pad([(.min, 0), (0, .max)]) }),
      ("leaves", { x.pad([(-2, -2), (0, 0)]) }), ("distinct axes", { x.reverse([0, 0]) }),
      ("nothing to concatenate", { Tensor.concatenate([]) }), ("nothing to concatenate", { Tensor.stack([]) }),
      ("doesn't join", { Tensor.concatenate([x, scalar]) }), ("no axis", { Tensor.concatenate([x, x], axis: .max) }),
      ("no position", { Tensor.stack([x, x], axis: .min) }),
      ("distinct axes", { x.sum([.min]) }), ("distinct axes", { x.mean([0, -2]) }),
      ("distinct axes", { x.variance([.max], correction: .min) }), ("no axis", { x.argMax(axis: 5) }),
      ("has no elements", { Tensor.zeros([0]).argMax() }), ("bool elements", { x.any() }),
      ("bool elements", { x.all() }),
      ("no axis", { scalar.argMax() }), ("no axis", { x.sort(axis: .min) }), ("no axis", { x.argSort(axis: 2) }),
      ("are to be sorted", { Tensor.sort([]).first ?? Tensor.apply(Sort(axis: 0, operandCount: 0), to: [])[0] }),
      ("no 4 elements", { x.topK(4).values }), ("no -1 elements", { x.topK(-1).indices }),
      ("no axis", { scalar.cumulativeSum() }), ("rank 2 or more", { scalar.tril() }),
      ("rank 2 or more", { scalar.triu() }),
      ("integer indices", { x.take(x) }), ("integer indices", { x.take(integers, axis: 9) }),
      ("no elements to take", { Tensor.zeros([0]).take(integers) }),
      ("integer indices", { x.takeAlongAxis(integers) }), ("updates are", { x.scatterAdd(x, at: integers, axis: 1) }),
      ("axis 7", { x.scatterAdd(x, at: integers, axis: 7) }), ("negative", { x.segmentSum(integers, count: -1) }),
      ("vector of segments", { x.segmentSum(x, count: 2) }),
      ("isn't inside", { x.rows(from: Tensor(0, dtype: .int32), count: 3) }),
      ("isn't inside", { x.rows(from: Tensor(0, dtype: .int32), count: .min) }),
      ("integer scalar", { x.rows(from: integers, count: 1) }), ("can't count", { integers.oneHot(-1) }),
      ("fit into memory", { integers.oneHot(.max) }), ("can't count", { Tensor.identity(-1) }),
      ("no axis", { Tensor.iota([2], axis: .max) }), ("needs 24 bytes", { Tensor([1.0, 2], shape: [3]) }),
      ("rank 2 or more", { scalar.matmul(x) }), ("must agree", { x.matmul(x) }), ("vectors", { x.dot(x) }),
      ("batch axes don't broadcast", { Tensor.zeros([2, 1, 1]).matmul(Tensor.zeros([3, 1, 1])) }),
      ("square", { x.cholesky() }), ("square", { x.solve(x) }), ("needs matrices", { scalar.solve(x) }),
      ("square", { x.eigh().values }), ("square", { x.eigvals().real }), ("square", { x.lu().order }),
      ("matrices", { scalar.svd().u }), ("matrices", { scalar.qr().r }), ("as many rows", { x.lstsq(scalar) }),
      ("right side", { Tensor.zeros([2, 2]).solve(Tensor.zeros([3])) }),
      ("as many rows", { x.ridge(Tensor.zeros([3, 1]), penalty: 1) }),
      ("needs images", { x.conv2D(x) }), ("needs images", { x.maxPool2D((1, 1)) }),
      ("needs images", { x.averagePool2D((1, 1)) }),
      ("needs a length", { scan(carry: [x], length: .min) { carry, _ in (carry, []) }.carry[0] }),
      ("keeps its type", { scan(carry: [x], length: 2) { carry, _ in ([carry[0].sum()], []) }.carry[0] }),
      ("no element", { scan(carry: [x], length: 2) { carry, _ in ([carry[0][7]], []) }.carry[0] }),
      ("one size", { vectorized { [$0[0] + $0[1]] }([x, Tensor.zeros([3, 3])])[0] }),
      ("no axis", { vectorized { [$0[0]] }([scalar])[0] }),
      ("1 axes for 2", { vectorized(over: [0]) { [$0[0]] }([x, x])[0] }),
      ("floating-point scalar", { gradient(at: x) { $0 * 2 } }),
      ("floating-point scalar", { gradient(at: x) { $0.argMax(axis: 0).sum() } }),
      ("negative", { key.uniform([-1]) }), ("floating-point type", { key.uniform([1], dtype: .int32) }),
      ("fit into memory", { key.normal([.max]) }), ("no int32", { key.permutation(-1) }),
      ("no int32", { key.permutation(.max) }),
      ("bound above 0", { key.truncatedNormal([1], bound: -.infinity) }),
      ("bound above 0", { key.truncatedNormal([1], bound: .nan) }),
      ("logits", { key.categorical(integers) }), ("no axis", { key.categorical(x, axis: 4) }),
    ]
  }()

  @Test(arguments: mistakes.indices) func mistakesAreRefused(_ index: Int) {
    let (words, make) = Self.mistakes[index]
    let error = #expect(throws: Diagnostic.self) { try make().evaluate() }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "accepted") lacks '\(words)'")
  }

  /// Convolution and pooling with numbers that overflow whatever is done with them.
  @Test func windowsOfAnySize() {
    let images = Tensor.zeros([1, 4, 4, 1]), kernel = Tensor.zeros([2, 2, 1, 1])
    let extremes: [Int] = [.min, -1, 0, 1 << 40, .max]
    for first in extremes {
      for padding in [WindowPadding.same, .valid, .edges([(first, first), (0, 0)]), .edges([])] {
        let found = [
          images.conv2D(kernel, strides: (first, 1), padding: padding),
          images.conv2D(kernel, padding: padding, dilation: (first, 1)),
          images.conv2D(kernel, padding: padding, groups: first),
          images.maxPool2D((first, 2), padding: padding), images.averagePool2D((first, 2), padding: padding),
        ]
        #expect(found.allSatisfy { $0.diagnostic != nil })
        // A stride beyond the end is one window.
        _ = images.maxPool2D((2, 2), strides: (first, 1), padding: padding)
      }
    }
  }

  /// Failed tensors pass through everything.
  @Test func failuresKeepTheirFirstMessage() {
    let failed = Tensor.zeros([2]).matmul(Tensor.zeros([2]))
    let results: [Tensor] = [
      failed.sort(), failed.topK(1).values, failed.take(failed), failed.conv2D(failed), failed.solve(failed),
      failed.eigh().vectors, failed.eigvals().imaginary, failed.svd().vt, failed.qr().q, failed.lu().lower,
      failed.lstsq(failed),
      failed.ridge(failed, penalty: 1), failed.tril(), failed.oneHot(3), failed[0], failed.variance(),
      failed.logSumExp([0]), failed.segmentSum(failed, count: 2), failed.maxPool2D((1, 1)), failed.any(),
      conditional(failed, then: { failed }, else: { failed }),
      conditional(Tensor(true), then: { failed }, else: { Tensor(1) }),
      whileLoop(carry: [failed]) { _ in
        failed
      } body: {
        $0
      }[0], checkpoint { failed },
      withGradient([failed]) {
        $0
      } pullback: { _, _, cotangents in
        cotangents
      }[0],
      withGradient([Tensor(1)]) {
        $0
      } pullback: { _, _, _ in
        [failed]
      }[0],
      scan(carry: [failed], length: 1) { carry, _ in (carry, []) }.carry[0], vectorized { $0 }(failed),
      gradient(at: Tensor(1)) { $0 * failed }, Tensor.concatenate([Tensor(1), failed]), Tensor.stack([failed]),
    ]
    for (index, result) in results.enumerated() { #expect(result.diagnostic == failed.diagnostic, "result \(index)") }
  }
}
