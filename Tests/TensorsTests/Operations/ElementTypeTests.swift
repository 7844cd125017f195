import PJRT
import TestSupport
import Testing

@testable import Tensors

/// Every operation on every element type it takes, against the same operation on float64.
@Suite(.tags(.engine)) struct ElementTypeTests {
  /// Numbers whose results all integer types can hold.
  private static let x = [4.0, 2, 6, 2], y = [2.0, 1, 2, 1]

  private static let operations: [@Sendable (Tensor, Tensor) -> Tensor] = [
    { $0 + $1 }, { $0 - $1 }, { $0 * $1 }, { $0 / $1 }, { $0.maximum($1) }, { $0.minimum($1) }, { $0.power($1) },
    { $0.remainder(dividingBy: $1) }, { x, _ in x.abs() }, { x, _ in x.sign() }, { x, _ in x.exp() },
    { x, _ in x.expm1() }, { x, _ in x.log() }, { x, _ in x.log1p() }, { x, _ in x.sqrt() }, { x, _ in x.rsqrt() },
    { x, _ in x.cbrt() }, { x, _ in x.tanh() }, { x, _ in x.sigmoid() }, { x, _ in x.sin() }, { x, _ in x.cos() },
    { x, _ in x.erf() }, { x, _ in (x / 8).erfInverse() }, { x, _ in (x / 4).floor() }, { x, _ in (x / 4).ceil() },
    { x, _ in (x / 4).rounded() }, { Tensor.atan2($0, $1) }, { x, _ in x.isFinite() },
    { Tensor.select($0 .> $1 * 2, $0, $1) }, { $0 .== $1 * 2 }, { $0 .<= $1 + 1 },
    { x, _ in x.sum() }, { x, _ in x.product() }, { x, _ in x.max() }, { x, _ in x.min() },
    { x, _ in x.argMax().cast(to: .float64) }, { x, _ in x.sort() }, { x, _ in x.sort(descending: true) },
    { x, _ in x.cumulativeSum() }, { $0.dot($1) }, { Tensor.concatenate([$0, $1]).reverse([0]) },
    { x, _ in x.pad([(1, -1)], with: 7) }, { x, _ in x.take(Tensor([3, 0] as [Int32])) },
    { $0.scatterAdd($1, at: Tensor([1, 1, 0, 9] as [Int32])) },
    { x, _ in x.reshape(to: [1, 2, 2, 1]).maxPool2D((2, 2)) },
    { x, _ in x.reshape(to: [1, 2, 2, 1]).averagePool2D((2, 1)) },
    { $0.reshape(to: [1, 4, 1]).convolution($1.slice(0..<2).reshape(to: [2, 1, 1])) },
    { x, _ in (x.reshape(to: [2, 2]) + Tensor.identity(2, dtype: x.dtype) * 4).tril().solve(x.reshape(to: [2, 2])) },
    { x, _ in Tensor.iota([3], dtype: x.dtype) },
    { x, _ in gradient(at: x) { ($0 * $0 * 2).sum() } }, { x, _ in gradient(at: x) { $0.max() + $0.sort()[0] } },
    { x, _ in scan(carry: [x], over: [x]) { ([$0[0] + $1[0]], [$1[0]]) }.carry[0] },
  ]

  @Test(arguments: DType.allCases.filter { $0 != .bool && $0 != .float64 })
  func agreesWithFloat64(_ dtype: DType) throws {
    func results(_ dtype: DType) -> [Tensor?] {
      let (x, y) = (Tensor(Self.x).cast(to: dtype), Tensor(Self.y).cast(to: dtype))
      return Self.operations.map { operation in
        let result = operation(x, y)
        return result.diagnostic == nil ? result : nil
      }
    }
    let (found, expected) = (results(dtype), results(.float64))
    #expect(expected.allSatisfy { $0 != nil })
    let refused = found.filter { $0 == nil }.count
    // Integers have no fractions, unsigned ones no signs.
    #expect(refused == (dtype.isFloatingPoint ? 0 : dtype.isUnsigned ? 25 : 23))
    let pairs = zip(found, expected).compactMap { found, expected in
      found.flatMap { found in expected.map { (found, $0) } }
    }
    let values = try Tensor.evaluate(pairs.flatMap { [$0.cast(to: .float64), $1.cast(to: .float64)] })
    for index in pairs.indices {
      let (found, expected): ([Double], [Double]) = try (values[2 * index].values(), values[2 * index + 1].values())
      #expect(agree(found, expected, within: tolerance(dtype)), "operation \(index): \(found) for \(expected)")
    }
  }

  @Test(arguments: DType.allCases.filter { !$0.isFloatingPoint && $0 != .bool }) func bitsShift(_ dtype: DType) throws {
    let x = Tensor([5.0, 12]).cast(to: dtype), y = Tensor([3.0, 1]).cast(to: dtype)
    let found = try Tensor.evaluate(
      [x .& y, x .| y, x .^ y, x.shiftedLeft(by: y), x.shiftedRight(by: y), (.!x .& y)].map { $0.cast(to: .float64) })
    let expected: [[Double]] = [[1, 0], [7, 13], [6, 13], [40, 24], [0, 6], [2, 1]]
    for (found, expected) in zip(found, expected) { #expect(try found.matches(expected)) }
  }

  @Test(arguments: DType.allCases) func scalars(_ dtype: DType) throws {
    let numbers = [1.5, -2, .infinity, -.infinity, .nan, 1e300]
    let found = try Tensor.evaluate(numbers.map { Tensor($0, dtype: dtype).cast(to: .float64) }).map { try $0.scalar() }
    let expected: [Double] =
      switch dtype {
      case .bool: [1, 1, 1, 1, 1, 1]
      case .float64: numbers
      case .float32, .float16, .bfloat16: [1.5, -2, .infinity, -.infinity, .nan, .infinity]
      case .int8: [1, -2, 127, -128, 0, 127]
      case .int16: [1, -2, 32767, -32768, 0, 32767]
      case .int32: [1, -2, 0x1p31 - 1, -0x1p31, 0, 0x1p31 - 1]
      case .int64: [1, -2, 0x1p63, -0x1p63, 0, 0x1p63]
      case .uint8: [1, 0, 255, 0, 0, 255]
      case .uint16: [1, 0, 65535, 0, 0, 65535]
      case .uint32: [1, 0, 0x1p32 - 1, 0, 0, 0x1p32 - 1]
      case .uint64: [1, 0, 0x1p64, 0, 0, 0x1p64]
      }
    #expect(agree(found, expected, within: 0))
  }

  private func tolerance(_ dtype: DType) -> Double {
    switch dtype {
    case .bfloat16: 0.02
    case .float16: 0.004
    case .float32: 2e-6
    default: 0
    }
  }

  /// Accelerators would round float32 to fewer bits before they multiply.
  @Test func productsOfFloat32AreInFloat32Everywhere() throws {
    let engine = try Engine(programCache: nil, kernels: [])
    for (dtype, words) in [(DType.float32, 4), (.float64, 0), (.bfloat16, 0)] {
      let types = [TensorType(dtype, [1, 4, 4, 2]), TensorType(dtype, [3, 3, 2, 2]), TensorType(dtype, [4, 4])]
      let program = try Program(types, on: engine) { [$0[0].conv2D($0[1]), $0[2].matmul($0[2])] }
      #expect(program.text.matches(of: #/HIGHEST/#).count == words)
    }
  }
}
