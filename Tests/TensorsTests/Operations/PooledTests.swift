import PJRT
import TestSupport
import Testing

@testable import Tensors

/// Maximum pooling after a bias and a relu, and batch normalization after a bias, are built in another order. An
/// operation in between keeps the order as it is written.
@Suite(.tags(.engine)) struct PooledTests {
  struct Windows: Sendable, CustomTestStringConvertible {
    var size = (2, 2)
    var strides: (Int, Int)?
    var padding = WindowPadding.valid
    var testDescription: String { "\(size) by \(strides ?? size), \(padding)" }
  }

  static let windows = [
    Windows(), Windows(size: (3, 2), strides: (2, 2), padding: .same), Windows(size: (2, 3), strides: (1, 2)),
    Windows(size: (3, 3), padding: .symmetric(1)), Windows(size: (1, 1), strides: (2, 2)),
  ]

  enum Activation: String, CaseIterable { case none, relu, bound, boundLeft }

  private func activated(_ x: Tensor, _ activation: Activation) -> Tensor {
    switch activation {
    case .none: x
    case .relu: x.replaced(where: x .<= 0, by: 0)
    case .bound: x.maximum(-0.25)
    case .boundLeft: Tensor(-0.25, dtype: x.dtype).maximum(x)
    }
  }

  /// The value, and the gradients at images and bias.
  private func passes(
    _ images: Tensor, _ bias: Tensor, _ windows: Windows, _ activation: Activation, isKept: Bool
  ) throws -> [[Double]] {
    let points = [images, bias].map { Tensor(Identity(), [$0]) }
    let x = activated(points[0] + points[1], activation)
    let value = (isKept ? Tensor(Identity(), [x]) : x)
      .maxPool2D(windows.size, strides: windows.strides, padding: windows.padding)
    let gradients = pullback(of: [value], cotangents: [(value * 3).cos() + 2], at: points)
    return try Tensor.evaluate(([value] + gradients).map { $0.cast(to: .float64) }).map { try $0.values() }
  }

  private func random(_ shape: Shape, _ seed: UInt32) -> Tensor {
    var generator = NumPyRandomState(seed: seed)
    return Tensor(generator.randn(shape.elementCount), shape: shape)
  }

  @Test(arguments: windows, Activation.allCases)
  func ordersAgree(_ windows: Windows, _ activation: Activation) throws {
    for dtype in [DType.float32, .float64] {
      let images = (random([2, 7, 6, 3], 1) - 0.5).cast(to: dtype)
      let bias = random([3], 2).cast(to: dtype)
      let found = try passes(images, bias, windows, activation, isKept: false)
      let expected = try passes(images, bias, windows, activation, isKept: true)
      #expect(found[0] == expected[0])
      for index in 1...2 {
        #expect(agree(found[index], expected[index], within: dtype == .float32 ? 1e-5 : 1e-13))
      }
    }
  }

  @Test(arguments: windows) func tiesAgree(_ windows: Windows) throws {
    // Many are equal, many are negative, and sums are exact.
    let numbers: [Double] = (0..<256).map { Double($0 * 7 % 5) - 2.5 }
    let images = Tensor(numbers, shape: [2, 8, 8, 2])
    let bias = Tensor([0.25, -1.75])
    for activation in [Activation.none, .relu] {
      let found = try passes(images, bias, windows, activation, isKept: false)
      let expected = try passes(images, bias, windows, activation, isKept: true)
      for index in 0...2 { #expect(agree(found[index], expected[index], within: 1e-12)) }
    }
  }

  @Test func biasAndReluFollowTheMaximum() throws {
    let images = random([2, 8, 8, 3], 1)
    func order(_ x: Tensor) -> [String] {
      var names: [String] = []
      for node in nodes(leadingTo: [x.maxPool2D((2, 2))]) {
        let name = Swift.type(of: node.primitive).name
        if [WindowMaximum.name, Add.name, Maximum.name, Select.name].contains(name) { names.append(name) }
      }
      return names
    }
    let (bias, one) = (Tensor([1.0, 2, 3]), Tensor([1.0, 2, 3, 4, 5, 6, 7, 8], shape: [8, 1]))
    #expect(order((images + bias).maximum(0)) == [WindowMaximum.name, Add.name, Maximum.name])
    let sum = bias + images
    #expect(order(sum.replaced(where: sum .<= 0, by: 0)) == [WindowMaximum.name, Add.name, Select.name])
    // Neither a bias that differs within a window, nor a bound that does, nor another comparison.
    #expect(order(images + one) == [Add.name, WindowMaximum.name])
    #expect(order(images.maximum(bias)) == [Maximum.name, WindowMaximum.name])
    #expect(order(images.replaced(where: images .>= 0, by: 0)) == [Select.name, WindowMaximum.name])
    #expect(order(images.replaced(where: images .<= 1, by: 0)) == [Select.name, WindowMaximum.name])
    // Integers wrap.
    let bytes = images.cast(to: .int8)
    #expect(order(bytes + bias.cast(to: .int8)) == [Add.name, WindowMaximum.name])
  }

  @Test func notANumberStays() throws {
    let images = Tensor([1, .nan, -2, -3], shape: [1, 1, 4, 1])
    let pooled = (images + Tensor([1.0])).maximum(0).maxPool2D((1, 2))
    #expect(try agree(pooled.values(), [.nan, 0], within: 0))
  }

  @Test(arguments: [DType.float32, .float64]) func normalizationTakesTheBiasToTheMean(_ dtype: DType) throws {
    let (x, bias) = (random([40, 3], 1).cast(to: dtype), random([3], 2).cast(to: dtype))
    let (scale, offset) = (random([3], 3).cast(to: dtype), random([3], 4).cast(to: dtype))
    func passes(isKept: Bool) throws -> [[Double]] {
      let points = [x, bias, scale, offset].map { Tensor(Identity(), [$0]) }
      let sum = points[0] + points[1]
      let results = Tensor.batchNormalization(
        isKept ? Tensor(Identity(), [sum]) : sum, scale: points[2], offset: points[3], epsilon: 1e-3, activation: .relu)
      let values = [results.output, results.mean, results.variance]
      let gradients = pullback(of: values, cotangents: values.map { ($0 * 2).cos() }, at: points)
      return try Tensor.evaluate((values + gradients).map { $0.cast(to: .float64) }).map { try $0.values() }
    }
    for (found, expected) in zip(try passes(isKept: false), try passes(isKept: true)) {
      #expect(agree(found, expected, within: dtype == .float32 ? 1e-4 : 1e-12))
    }
    // Through the output alone there is no gradient, not even one of rounding.
    let point = Tensor(Identity(), [bias])
    let output = Tensor.batchNormalization(x + point, epsilon: 1e-3).output
    let gradient = pullback(of: [output], cotangents: [x.sin()], at: [point])[0]
    #expect(try gradient.cast(to: .float64).values() == [0.0, 0, 0])
  }
}
