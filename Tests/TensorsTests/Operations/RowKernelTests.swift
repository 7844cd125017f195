import TestSupport
import Testing

@testable import Tensors

/// Softmax and layer normalization by kernels, compared as ``KernelTests`` compares the others.
@Suite(.tags(.engine, .slow)) struct RowKernelTests {
  private let kernels = KernelTests()

  /// Rows of fewer columns than are computed at once, of a rest of them, and so many that threads share them.
  @Test(arguments: [[100, 10], [3, 5, 16], [4, 9, 65], [6, 1000], [5000, 12], [70, 600, 3]])
  func softmaxesAgree(_ extents: [Int]) throws {
    let shape = Shape(extents)
    let inputs = [kernels.random(shape, 1, scale: 3), kernels.random(shape, 2)]
    try agree(inputs, calling: ["softmax", "softmax_gradient"]) { inputs in
      let x = Tensor(Identity(), [inputs[0]])
      let y = x.softmax()
      return [y, pullback(of: [y], cotangents: [inputs[1]], at: [x])[0]]
    }
  }

  /// With one scale for all rows, and with one for each of a group of them, as several models side by side have.
  @Test(
    arguments: [
      ([100, 10], 0), ([3, 5, 16], 0), ([128, 65, 64], 0), ([6, 1000], 0), ([4, 300, 70], 1), ([2, 3, 5, 9], 2),
    ])
  func layerNormalizationsAgree(_ extents: [Int], _ groups: Int) throws {
    let shape = Shape(extents)
    let own = Shape(shape.prefix(groups) + [shape.last])
    let (scale, offset) = (kernels.random(own, 2), kernels.random(own, 3))
    let inputs = [kernels.random(shape, 1, scale: 3) + 2, scale, offset, kernels.random(shape, 4)]
    try agree(inputs, calling: ["layer_normalization", "layer_normalization_gradient"]) { inputs in
      let (x, scale, offset) = (inputs[0], inputs[1].upcast, inputs[2].upcast)
      let points = [x, scale, offset].map { Tensor(Identity(), [$0]) }
      let y = Tensor(LayerNormalization(epsilon: 1e-3), points)
      return [y] + pullback(of: [y], cotangents: [inputs[3]], at: points).map(\.upcast)
    }
  }

  private func agree(_ inputs: [Tensor], calling names: [String], _ body: @escaping ([Tensor]) -> [Tensor]) throws {
    let engines = try #require(KernelTests.engines)
    let exact = try kernels.run(inputs, as: .float64, on: engines.with, body)
    let plain = try kernels.run(inputs, as: .float32, on: engines.without, body)
    let called = try kernels.run(inputs, as: .float32, on: engines.with, body)
    let narrow = try kernels.run(inputs, as: .bfloat16, on: engines.with, body)
    for text in [called.text, narrow.text] {
      for name in names { #expect(text.contains("@tanren.\(name).1(")) }
    }
    #expect(!plain.text.callsKernels && !exact.text.callsKernels)
    for index in exact.values.indices {
      #expect(relativeDistance(plain.values[index], exact.values[index]) < 2e-6)
      #expect(relativeDistance(called.values[index], exact.values[index]) < 2e-6)
      #expect(relativeDistance(narrow.values[index], exact.values[index]) < 0.03)
    }
  }

  /// Numbers far apart, and what isn't a number or isn't finite, alone in a row and among others.
  @Test(arguments: [2, 40]) func softmaxesOfExtremes(_ columns: Int) throws {
    let engines = try #require(KernelTests.engines)
    let first: [[Double]] = [
      [0, 1e4], [-3e38, 3e38], [88, -88], [.nan, 0], [.infinity, 0], [0, -.infinity], [-.infinity, -.infinity],
    ]
    let rows = first.flatMap { $0 + [Double](repeating: -1, count: columns - 2) }
    let body: ([Tensor]) -> [Tensor] = { [$0[0].softmax()] }
    let x = Tensor(rows, shape: [first.count, columns])
    let plain = try kernels.run([x], as: .float32, on: engines.without, body)
    let called = try kernels.run([x], as: .float32, on: engines.with, body)
    for (a, b) in zip(called.values[0], plain.values[0]) {
      #expect(a == b || (a.isNaN && b.isNaN) || abs(a - b) <= 1e-6, "\(a), \(b)")
    }
  }

  /// Layers on sequences multiply by the kernel of matrices, forwards and backwards, as those on rows do.
  @Test func productsOfSequencesAreProductsOfMatrices() throws {
    let engines = try #require(KernelTests.engines)
    let inputs = [kernels.random([16, 65, 64], 1), kernels.random([64, 48], 2), kernels.random([16, 65, 48], 3)]
    let body: ([Tensor]) -> [Tensor] = { inputs in
      let points = inputs.prefix(2).map { Tensor(Identity(), [$0]) }
      let y = points[0].matmul(points[1])
      return [y] + pullback(of: [y], cotangents: [inputs[2]], at: points)
    }
    let exact = try kernels.run(inputs, as: .float64, on: engines.with, body)
    let called = try kernels.run(inputs, as: .float32, on: engines.with, body)
    #expect(called.text.matches(of: /@tanren\.(product|dot)\.1/).count == 3)
    #expect(!called.text.contains("dot_general"))
    for (found, expected) in zip(called.values, exact.values) { #expect(relativeDistance(found, expected) < 1e-6) }
  }
}
