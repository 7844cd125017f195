import PJRT
import TestSupport
import Testing

@testable import Tensors

/// Products of matrices by kernels, compared as ``KernelTests`` compares the others.
@Suite(.tags(.engine, .slow)) struct ProductKernelTests {
  private static let engines = KernelTests.engines
  private let kernels = KernelTests()

  /// Rows, terms and columns of products: whole tiles and rests of each height and width, sums of one and of several
  /// stretches, one thread's work and several threads'.
  static let products = [
    [16, 8_200, 9], [144, 230, 32], [100, 784, 100], [101, 257, 49], [47, 700, 33], [93, 900, 17], [5, 7_000, 31],
    [500, 20, 130], [600, 190, 10],
  ]

  /// A large left matrix, a large right one with a rest of a part, a large product.
  static let largeProducts = [[2100, 260, 70], [100, 600, 900], [730, 30, 740]]

  @Test(arguments: products) func singleProductsAgree(_ extents: [Int]) throws {
    try agree(extents, calling: "product.1")
  }

  @Test(
    .enabled(if: engines?.with.kernels.active.contains(.largeProduct) == true, "needs oneDNN"),
    arguments: largeProducts)
  func largeProductsAgree(_ extents: [Int]) throws { try agree(extents, calling: "dot.1") }

  private func agree(_ extents: [Int], calling kernel: String) throws {
    let engines = try #require(Self.engines)
    let (rows, inner, columns) = (extents[0], extents[1], extents[2])
    let bodies: [([Tensor]) -> [Tensor]] = [
      { [$0[0].matmul($0[1])] },
      // The transposed products of the gradients, alone and in a batch.
      { inputs in
        let points = inputs.map { Tensor(Identity(), [$0]) }
        let numbers = Tensor.iota([rows * columns], dtype: inputs[0].dtype).reshape(to: [rows, columns])
        return pullback(of: [points[0].matmul(points[1])], cotangents: [numbers * 1e-3 + 1], at: points)
      },
      { inputs in
        let stacked = inputs.map { Tensor.stack([$0, $0 * 0.5, $0 + 1]) }
        let value = stacked[0].matmul(stacked[1])
        return [value] + pullback(of: [value], cotangents: [value.onesLike()], at: stacked)
      },
    ]
    let inputs = [kernels.random([rows, inner], 1), kernels.random([inner, columns], 2)]
    for body in bodies {
      let exact = try kernels.run(inputs, as: .float64, on: engines.with, body)
      let plain = try kernels.run(inputs, as: .float32, on: engines.without, body)
      let called = try kernels.run(inputs, as: .float32, on: engines.with, body)
      #expect(called.text.contains("@tanren.\(kernel)(") && !plain.text.callsKernels)
      #expect(!called.text.contains("stablehlo.dot_general") && !called.text.contains("stablehlo.transpose"))
      for (plain, (called, exact)) in zip(plain.values, zip(called.values, exact.values)) {
        #expect(relativeDistance(plain, exact) < 1e-6)
        #expect(relativeDistance(called, exact) < 1e-6)
      }
    }
  }

  @Test func productsOfVectorsAreXLAs() throws {
    let engine = try #require(Self.engines).with
    for (left, right) in [([300, 200], [200, 1]), ([1, 200], [200, 300]), ([40, 40], [40, 40])] as [(Shape, Shape)] {
      let inputs = [kernels.random(left, 1), kernels.random(right, 2)]
      #expect(
        !(try kernels.run(inputs, as: .float32, on: engine) { [$0[0].matmul($0[1])] }.text.callsKernels))
    }
  }

  /// Weights plus a multiple of their gradient are one call, unless the gradient is needed by itself, whether a number is a
  /// constant, computed, or differs from member to member.
  @Test(arguments: [[90, 300, 40], [70, 1100, 500]]) func updatesOfWeightsAreOneCall(_ extents: [Int]) throws {
    let engines = try #require(Self.engines)
    let (examples, rows, columns) = (extents[0], extents[1], extents[2])
    if rows * columns > 1 << 19, !engines.with.kernels.active.contains(.largeProduct) { return }
    let inputs = [
      kernels.random([examples, rows], 1), kernels.random([examples, columns], 2), kernels.random([rows, columns], 3),
      kernels.random([], 4),
    ]
    let step: ([Tensor], Tensor) -> Tensor = { $0[2] + $0[0].transpose().matmul($0[1]) * $1 }
    let cases: [(isOneCall: Bool, body: ([Tensor]) -> [Tensor])] = [
      (true, { [step($0, Tensor(-0.1, dtype: $0[0].dtype))] }),
      (true, { [step($0, $0[3].exp())] }),
      (true, { [$0[3] * ($0[0].transpose([1, 0]).matmul($0[1])) + $0[2]] }),
      (
        true,
        { inputs in
          let number = -Tensor(0.01, dtype: inputs[0].dtype)
          return scan(carry: [inputs[2]], over: [Tensor.iota([3], dtype: inputs[0].dtype)]) { carry, index in
            ([step([inputs[0] + index[0], inputs[1], carry[0]], number)], [])
          }.carry
        }
      ),
      (
        false,
        { inputs in
          let product = inputs[0].transpose().matmul(inputs[1])
          return [inputs[2] + product * inputs[3], product.abs()]
        }
      ),
      (
        false,
        { inputs in
          let scaled = inputs[0].transpose().matmul(inputs[1]) * inputs[3]
          return [inputs[2] + scaled, scaled]
        }
      ),
      (false, { [step($0, $0[2])] }),
    ]
    for (isOneCall, body) in cases {
      let exact = try kernels.run(inputs, as: .float64, on: engines.with, body)
      let called = try kernels.run(inputs, as: .float32, on: engines.with, body)
      let calls = called.text.split(separator: "\n").filter {
        $0.contains("@tanren.product.1(") || $0.contains("@tanren.dot.1(")
      }
      #expect(calls.contains { $0.contains("output_operand_alias<") } == isOneCall)
      for (found, expected) in zip(called.values, exact.values) { #expect(relativeDistance(found, expected) < 1e-6) }
    }
  }

  @Test(.enabled(if: engines?.with.kernels.active.contains(.bfloat16Product) == true, "needs oneDNN"))
  func productsAgree() throws {
    let engines = try #require(Self.engines)
    let cases: [(Shape, Shape, ([Tensor]) -> [Tensor])] = [
      ([7, 5], [5, 9], { [$0[0].matmul($0[1])] }),
      ([2, 3, 7, 5], [2, 3, 5, 4], { [$0[0].matmul($0[1])] }),
      (
        [40, 30], [30, 20],
        { inputs in
          let points = inputs.map { Tensor(Identity(), [$0]) }
          let value = points[0].matmul(points[1])
          return [value] + pullback(of: [value], cotangents: [(value * 0.1).sin()], at: points)
        }
      ),
    ]
    for (index, (left, right, body)) in cases.enumerated() {
      let inputs = [kernels.random(left, UInt32(index)), kernels.random(right, UInt32(index) + 50)]
      let exact = try kernels.run(inputs, as: .float64, on: engines.with, body)
      let plain = try kernels.run(inputs, as: .bfloat16, on: engines.without, body)
      let called = try kernels.run(inputs, as: .bfloat16, on: engines.with, body)
      #expect(called.text.contains("@tanren.dot.1(") && !plain.text.callsKernels)
      for index in exact.values.indices {
        #expect(relativeDistance(plain.values[index], exact.values[index]) < 0.01)
        #expect(relativeDistance(called.values[index], exact.values[index]) < 0.01)
      }
    }
  }
}
