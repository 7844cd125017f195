import TestSupport
import Testing

@testable import Tensors

/// Cross entropies by kernels, compared as ``KernelTests`` compares the others.
@Suite(.tags(.engine, .slow)) struct CrossEntropyKernelTests {
  private let kernels = KernelTests()

  /// Narrow rows, with a rest of those that are computed together; wide ones; so many that threads share them.
  @Test(arguments: [[100, 10], [3, 5, 7], [9, 65], [6, 1000], [5000, 12]])
  func crossEntropiesAgree(_ extents: [Int]) throws {
    let engines = try #require(KernelTests.engines)
    let shape = Shape(extents)
    let cotangents = kernels.random(Shape(shape.dropLast()), 3)
    let body: ([Tensor]) -> [Tensor] = { inputs in
      let x = Tensor(Identity(), [inputs[0]])
      let value = x.softmaxCrossEntropy(inputs[1])
      return [value, pullback(of: [value], cotangents: [inputs[2]], at: [x])[0]]
    }
    let inputs = [kernels.random(shape, 1, scale: 3), kernels.random(shape, 2).abs(), cotangents]
    let exact = try kernels.run(inputs, as: .float64, on: engines.with, body)
    let plain = try kernels.run(inputs, as: .float32, on: engines.without, body)
    let called = try kernels.run(inputs, as: .float32, on: engines.with, body)
    let narrow = try kernels.run(inputs, as: .bfloat16, on: engines.with, body)
    let narrowPlain = try kernels.run(inputs, as: .bfloat16, on: engines.without, body)
    for text in [called.text, narrow.text] {
      #expect(text.contains("@tanren.cross_entropy.1(") && text.contains("@tanren.cross_entropy_gradient.1("))
    }
    #expect(!plain.text.callsKernels && !exact.text.callsKernels)
    for index in exact.values.indices {
      #expect(relativeDistance(plain.values[index], exact.values[index]) < 1e-6)
      #expect(relativeDistance(called.values[index], exact.values[index]) < 1e-6)
      #expect(relativeDistance(narrow.values[index], exact.values[index]) < 0.01)
      #expect(relativeDistance(narrowPlain.values[index], exact.values[index]) < 0.01)
    }
  }

  /// Logits far apart, and what isn't a number or isn't finite, in narrow rows and in wide ones.
  @Test(arguments: [4, 80]) func crossEntropiesOfExtremes(_ classes: Int) throws {
    let engines = try #require(KernelTests.engines)
    let first: [[Double]] = [
      [0, 1e4], [-3e38, 3e38], [88, -88], [.nan, 0], [.infinity, 0], [0, -.infinity], [1e-30, 0],
    ]
    let rows = first.flatMap { $0 + [Double](repeating: -1, count: classes - 2) }
    let x = Tensor(rows, shape: [first.count, classes])
    let targets = Tensor([Int32](repeating: 0, count: first.count)).oneHot(classes, dtype: .float64)
    let body: ([Tensor]) -> [Tensor] = { inputs in
      let x = Tensor(Identity(), [inputs[0]])
      let value = x.softmaxCrossEntropy(inputs[1])
      return [value, pullback(of: [value], cotangents: [value.onesLike()], at: [x])[0]]
    }
    let plain = try kernels.run([x, targets], as: .float32, on: engines.without, body)
    let called = try kernels.run([x, targets], as: .float32, on: engines.with, body)
    for (found, expected) in zip(called.values, plain.values) {
      for (a, b) in zip(found, expected) {
        #expect(a == b || (a.isNaN && b.isNaN) || abs(a - b) <= 1e-6 * max(1, abs(b)), "\(a), \(b)")
      }
    }
  }
}
