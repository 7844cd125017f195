import Foundation
import PJRT
import TestSupport
import Testing

@testable import Tensors

/// Programs that call kernels give what those without give: both are compared with float64, which has no kernels.
@Suite(.tags(.engine, .slow)) struct KernelTests {
  static let engines: (with: Engine, without: Engine)? = try? (
    Engine(programCache: nil, kernels: .all), Engine(programCache: nil, kernels: [])
  )
  private static let hasConvolution = engines?.with.kernels.active.contains(.convolution) == true
  private static let hasBFloat16 = engines?.with.kernels.active.contains(.bfloat16Convolution) == true

  /// Numbers of any size, from a generator that is the same everywhere.
  func random(_ shape: Shape, _ seed: UInt32, scale: Double = 1, around center: Double = 0) -> Tensor {
    var generator = NumPyRandomState(seed: seed)
    return Tensor(generator.randn(shape.elementCount).map { $0 * scale + center }, shape: shape)
  }

  /// The results of a function of arrays cast to an element type, as float64, and the program's text.
  func run(
    _ inputs: [Tensor], as dtype: DType, on engine: Engine, _ body: @escaping ([Tensor]) -> [Tensor]
  ) throws -> (values: [[Double]], text: String) {
    let program = try Program(inputs.map(\.type), on: engine) { arguments in
      // The casts are made where XLA can't fold them into the operations.
      let own = Tensor.apply(Barrier(count: inputs.count), to: arguments.map { $0.cast(to: dtype) })
      let results = body(own)
      return Tensor.apply(Barrier(count: results.count), to: results).map { $0.cast(to: .float64) }
    }
    return (try program(inputs).map { try $0.values(as: Double.self) }, program.text)
  }

  struct Geometry: Sendable, CustomTestStringConvertible {
    var input: Shape
    var kernel: Shape
    var strides: [Int]?
    var padding = WindowPadding.valid
    var dilation: [Int]?
    var groups = 1
    var testDescription: String {
      "\(input) under \(kernel), \(strides ?? []), \(padding), \(dilation ?? []), \(groups)"
    }
  }

  static let geometries = [
    Geometry(input: [3, 9, 8, 3], kernel: [3, 3, 3, 16]),
    Geometry(input: [2, 8, 8, 16], kernel: [3, 3, 16, 32], padding: .same),
    Geometry(input: [2, 9, 7, 16], kernel: [3, 2, 16, 8], strides: [2, 3], padding: .same),
    Geometry(input: [2, 9, 9, 8], kernel: [3, 3, 8, 5], dilation: [2, 3]),
    Geometry(input: [2, 6, 6, 12], kernel: [3, 3, 4, 6], padding: .same, groups: 3),
    Geometry(input: [2, 6, 6, 8], kernel: [3, 3, 1, 16], groups: 8),
    Geometry(input: [4, 5, 5, 7], kernel: [1, 1, 7, 9], strides: [2, 2]),
    Geometry(input: [2, 11, 4], kernel: [4, 4, 6], strides: [3]),
    Geometry(input: [2, 4, 5, 6, 3], kernel: [2, 3, 2, 3, 4], padding: .same),
    // By Winograd's filtering: even and odd extents, edges that aren't alike, a rest of a block.
    Geometry(input: [6, 14, 15, 64], kernel: [3, 3, 64, 80], padding: .same),
    Geometry(input: [9, 13, 12, 80], kernel: [3, 3, 80, 64]),
    Geometry(
      input: [8, 11, 12, 64], kernel: [3, 3, 64, 64],
      padding: .edges([(low: 2, high: 0), (low: 0, high: 2)])),
    Geometry(input: [1, 9, 9, 4], kernel: [3, 3, 4, 8]),
    Geometry(input: [37, 6, 5, 5], kernel: [3, 3, 5, 7], padding: .same),
    // A single element of a kernel at a distance from nothing.
    Geometry(input: [2, 10, 6, 11], kernel: [1, 1, 11, 1], strides: [2, 1], dilation: [1, 2]),
    // Elements of the kernel that meet nothing but edges, and edges as long as the kernel.
    Geometry(input: [4, 1, 1, 32], kernel: [3, 3, 32, 16], strides: [2, 2], padding: .same),
    Geometry(
      input: [5, 5, 1, 9], kernel: [1, 4, 9, 3], strides: [1, 3],
      padding: .edges([(low: 0, high: 0), (low: 2, high: 1)])),
    Geometry(
      input: [3, 4, 6, 7, 16], kernel: [4, 3, 1, 16, 11], strides: [2, 3, 1],
      padding: .edges([(low: 3, high: 3), (low: 0, high: 0), (low: 0, high: 0)])),
    Geometry(
      input: [4, 3, 9, 10, 2], kernel: [4, 2, 2, 2, 3], strides: [1, 3, 1],
      padding: .edges([(low: 1, high: 3), (low: 1, high: 1), (low: 0, high: 1)])),
  ]

  /// Value and both gradients, and the gradients of those by the cotangent.
  private func passes(_ geometry: Geometry) -> ([Tensor]) -> [Tensor] {
    { inputs in
      let points = inputs.map { Tensor(Identity(), [$0]) }
      let value = points[0].convolution(
        points[1], strides: geometry.strides, padding: geometry.padding, dilation: geometry.dilation,
        groups: geometry.groups)
      let cotangent = (value * 0.3).sin()
      return [value] + pullback(of: [value], cotangents: [cotangent], at: points)
    }
  }

  @Test(.enabled(if: hasConvolution, "needs oneDNN"), arguments: geometries)
  func convolutionsAgree(_ geometry: Geometry) throws {
    let engines = try #require(Self.engines)
    let inputs = [random(geometry.input, 1), random(geometry.kernel, 2)]
    let body = passes(geometry)
    let exact = try run(inputs, as: .float64, on: engines.with, body)
    #expect(!exact.text.callsKernels)
    let plain = try run(inputs, as: .float32, on: engines.without, body)
    #expect(!plain.text.callsKernels)
    let called = try run(inputs, as: .float32, on: engines.with, body)
    for kernel in ["convolution.2", "convolution_input_gradient.2", "convolution_kernel_gradient.2"] {
      #expect(called.text.contains("@tanren.\(kernel)("))
    }
    // Sums of hundreds of products are so large that their sine, the cotangent, has lost a digit.
    let isLarge = Shape(geometry.kernel.dropLast()).elementCount > 256
    let (limit, narrowLimit) = isLarge ? (3e-6, 0.06) : (1e-6, 0.03)
    for index in exact.values.indices {
      #expect(relativeDistance(plain.values[index], exact.values[index]) < limit)
      #expect(relativeDistance(called.values[index], exact.values[index]) < limit)
    }
    guard Self.hasBFloat16 else { return }
    let narrow = try run(inputs, as: .bfloat16, on: engines.with, body)
    #expect(narrow.text.contains("@tanren.convolution.2("))
    for index in exact.values.indices {
      #expect(relativeDistance(narrow.values[index], exact.values[index]) < narrowLimit)
    }
  }

  @Test(.enabled(if: hasConvolution, "needs oneDNN")) func whatKernelsLackIsXLAs() throws {
    let engine = try #require(Self.engines).with
    let image = random([1, 5, 5, 2], 1)
    let kernel = random([2, 2, 2, 3], 2)
    let bodies: [(isXLAs: Bool, body: ([Tensor]) -> [Tensor])] = [
      (true, { [$0[0].convolution($0[1], inputDilation: [2, 2])] }),
      // The edge is cut off before.
      (false, { [$0[0].convolution($0[1], padding: .edges([(low: -1, high: 0), (low: 0, high: 0)]))] }),
      (true, { [$0[0].slice(0..<0, axis: 0).convolution($0[1])] }),
    ]
    for (isXLAs, body) in bodies {
      let exact = try run([image, kernel], as: .float64, on: engine, body)
      let found = try run([image, kernel], as: .float32, on: engine, body)
      #expect(found.text.callsKernels != isXLAs)
      #expect(relativeDistance(found.values[0], exact.values[0]) < 1e-6)
    }
  }

  /// Shapes, and where the numbers are.
  private static let normalized: [([Int], Double)] = [
    ([300, 5], 0), ([7, 6, 5, 33], 0), ([40, 9, 16], 1000), ([1, 3], 0),
  ]

  @Test(arguments: FusedActivation.allCases, normalized)
  func normalizationsAgree(_ activation: FusedActivation, _ input: ([Int], Double)) throws {
    let engines = try #require(Self.engines)
    let shape = Shape(input.0)
    let channels: Shape = [shape.last]
    let inputs = [
      random(shape, 1, around: input.1), random(channels, 2, around: 1), random(channels, 3), random(shape, 4),
      random(channels, 5), random(channels, 6),
    ].map { $0.cast(to: .float32).cast(to: .float64) }
    let body: ([Tensor]) -> [Tensor] = { inputs in
      let points = inputs.prefix(3).map { Tensor(Identity(), [$0]) }
      let (output, mean, variance) = Tensor.batchNormalization(
        points[0], scale: points[1], offset: points[2], epsilon: 1e-3, activation: activation)
      let cotangents = [
        inputs[3].cast(to: output.dtype), inputs[4].cast(to: mean.dtype), inputs[5].cast(to: mean.dtype),
      ]
      return [output, mean, variance] + pullback(of: [output, mean, variance], cotangents: cotangents, at: points)
    }
    let exact = try run(inputs, as: .float64, on: engines.with, body)
    #expect(!exact.text.callsKernels)
    let plain = try run(inputs, as: .float32, on: engines.without, body)
    let called = try run(inputs, as: .float32, on: engines.with, body)
    #expect(called.text.contains("@tanren.batch_normalization.1(") && !plain.text.callsKernels)
    #expect(called.text.contains("@tanren.batch_normalization_gradient.1("))
    for index in exact.values.indices {
      // Far from zero, single precision leaves less of the numbers.
      #expect(relativeDistance(plain.values[index], exact.values[index]) < (input.1 == 0 ? 2e-6 : 1e-3))
      #expect(relativeDistance(called.values[index], exact.values[index]) < (input.1 == 0 ? 2e-6 : 1e-4))
    }
    guard input.1 == 0, shape[0] > 1 else { return }
    let narrow = try run(inputs, as: .bfloat16, on: engines.with, body)
    let narrowPlain = try run(inputs, as: .bfloat16, on: engines.without, body)
    for index in exact.values.indices {
      #expect(relativeDistance(narrow.values[index], exact.values[index]) < 0.03)
      #expect(relativeDistance(narrowPlain.values[index], exact.values[index]) < 0.03)
    }
  }

  /// Enough rows for several blocks and threads, and what isn't a number stays none.
  @Test func normalizationOfManyRows() throws {
    let engines = try #require(Self.engines)
    var numbers = try random([30_000, 16], 1, around: 5).values(as: Double.self)
    numbers[16 * 12_345 + 3] = .nan
    let x = Tensor(numbers, shape: [30_000, 16])
    let body: ([Tensor]) -> [Tensor] = { inputs in
      let (output, mean, variance) = Tensor.batchNormalization(inputs[0], epsilon: 1e-5, activation: .relu)
      return [output.sum([0]), mean, variance]
    }
    let exact = try run([x], as: .float64, on: engines.with, body)
    let called = try run([x], as: .float32, on: engines.with, body)
    for (found, expected) in zip(called.values, exact.values) {
      #expect(found[3].isNaN && expected[3].isNaN)
      #expect(agree(found, expected, within: 1e-5))
    }
  }

  /// Shapes and the axes summed over: all but the last, some in the middle, an axis that isn't worth a block.
  private static let summed: [([Int], [Int])] = [
    ([30, 30, 40, 5], [0, 1, 2]), ([3, 70, 20, 33], [1, 2]), ([20_000, 3], [0]), ([2, 64, 1000, 2], [1]),
    ([16, 32], [0]),
  ]

  @Test(arguments: summed) func sumsAgree(_ shape: [Int], _ axes: [Int]) throws {
    let engines = try #require(Self.engines)
    let body: ([Tensor]) -> [Tensor] = { [$0[0].sum(axes)] }
    let x = random(Shape(shape), 1, around: 3)
    let exact = try run([x], as: .float64, on: engines.with, body)
    let plain = try run([x], as: .float32, on: engines.without, body)
    let called = try run([x], as: .float32, on: engines.with, body)
    #expect(called.text.contains("@tanren.sum.1(") && !plain.text.callsKernels)
    #expect(relativeDistance(plain.values[0], exact.values[0]) < 1e-5)
    #expect(relativeDistance(called.values[0], exact.values[0]) < 1e-6)
    let narrow = try run([x], as: .bfloat16, on: engines.with, body)
    #expect(relativeDistance(narrow.values[0], exact.values[0]) < 0.01)
  }

  @Test func sumsThatArentRowsAreXLAs() throws {
    let engine = try #require(Self.engines).with
    let x = random([300, 20, 10], 1)
    for axes in [[2], [0, 2], [0, 1, 2]] {
      let found = try run([x], as: .float32, on: engine) { [$0[0].sum(axes)] }
      #expect(!found.text.callsKernels)
      let exact = try run([x], as: .float64, on: engine) { [$0[0].sum(axes)] }
      #expect(relativeDistance(found.values[0], exact.values[0]) < 1e-4)
    }
  }

  /// Pooling picks elements, so the kernel agrees to the last bit: with ties, a rest, and what isn't a number.
  @Test(arguments: [[3, 7, 6, 5], [2, 4, 4, 300]], [(3, 2), (2, 2)])
  func poolingsAgree(_ extents: [Int], _ window: (Int, Int)) throws {
    let engines = try #require(Self.engines)
    let shape = Shape(extents)
    var numbers = try random(shape, 1, scale: 2).values(as: Double.self).map { $0.rounded() }
    numbers[8] = .nan
    let body: ([Tensor]) -> [Tensor] = { inputs in
      let x = Tensor(Identity(), [inputs[0]])
      let value = x.maxPool2D(window)
      let cotangent = Tensor.iota(value.shape, axis: 2).cast(to: value.dtype) + 1
      return [value, pullback(of: [value], cotangents: [cotangent], at: [x])[0]]
    }
    for dtype in [DType.float32, .bfloat16] {
      let plain = try run([Tensor(numbers, shape: shape)], as: dtype, on: engines.without, body)
      let called = try run([Tensor(numbers, shape: shape)], as: dtype, on: engines.with, body)
      #expect(called.text.contains("@tanren.max_pool.1(") && called.text.contains("@tanren.max_pool_gradient.1("))
      #expect(!plain.text.callsKernels)
      for (found, expected) in zip(called.values, plain.values) {
        #expect(zip(found, expected).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) })
      }
    }
  }

  /// Maps of any size, turned and moved far outside: of bytes, of single and of half precision, with one and more rows of
  /// places to compute.
  @Test(
    arguments: [FillMode.nearest, .reflect, .wrap, .constant(0.25)], [[5, 7, 6, 3], [2, 3, 40, 9, 1], [2, 3, 70, 4]])
  func samplingsAgree(_ fill: FillMode, _ extents: [Int]) throws {
    let engines = try #require(Self.engines)
    let shape = Shape(extents)
    let batch = Shape(shape.dropLast(3))
    // Byte values, which half precision has too.
    let images = (random(shape, 1, scale: 60, around: 120)).clamped(to: 0...255).rounded()
    let unmoved = Tensor([1.0, 0, 0, 0, 1, 0])
    let maps = (unmoved + random(Shape(batch + [6]), 2) * Tensor([0.4, 0.4, 4, 0.4, 0.4, 4])).cast(to: .float32)
    let inputs = try [images, maps.cast(to: .float64)].map { Tensor(try $0.values(as: Double.self), shape: $0.shape) }
    for dtype in [DType.float32, .bfloat16, .uint8] {
      let body: ([Tensor]) -> [Tensor] = { inputs in
        let x = dtype == .uint8 ? inputs[0].cast(to: .uint8) : inputs[0] * (1.0 / 256)
        return [x.sampled(through: inputs[1].cast(to: inputs[0].dtype == .float64 ? .float64 : .float32), fill: fill)]
      }
      let type = dtype == .uint8 ? DType.float32 : dtype
      let mixed: ([Tensor]) -> [Tensor] = { body([$0[0].cast(to: type), $0[1]]) }
      let exact = try run(inputs, as: .float64, on: engines.with, body)
      let plain = try run(inputs, as: .float32, on: engines.without, mixed)
      let called = try run(inputs, as: .float32, on: engines.with, mixed)
      #expect(called.text.contains("@tanren.affine_sampling.1(") && !plain.text.callsKernels)
      for found in [plain, called] {
        #expect(relativeDistance(found.values[0], exact.values[0]) < (dtype == .bfloat16 ? 0.01 : 1e-5))
      }
    }
  }

  /// Whatever the maps are, the kernel reads inside the images.
  @Test(arguments: [FillMode.nearest, .reflect, .wrap, .constant(0.5)])
  func samplingStaysInside(_ fill: FillMode) throws {
    let engine = try #require(Self.engines).with
    let unmoved: [Double] = [1, 0, 0, 0, 1, 0]
    let wild = [Double.nan, .infinity, -.infinity, 1e38, -1e38, 1e-40].flatMap { number in
      unmoved.indices.map { place in unmoved.indices.map { $0 == place ? number : unmoved[$0] } }
    }
    let images = Tensor.ones([wild.count, 5, 4, 2], dtype: .float64)
    let body: ([Tensor]) -> [Tensor] = { [$0[0].sampled(through: $0[1], fill: fill)] }
    let maps = Tensor(wild.flatMap(\.self), shape: [wild.count, 6])
    let found = try run([images, maps], as: .float32, on: engine, body)
    #expect(found.text.contains("@tanren.affine_sampling.1("))
    #expect(found.values[0].allSatisfy { $0.isNaN || $0 == 1 || $0 == 0.5 })
  }
}

extension String {
  /// Whether a program calls kernels, besides the barriers around what is tested.
  var callsKernels: Bool { ranges(of: "custom_call").count > ranges(of: "@tanren.barrier.").count }
}
