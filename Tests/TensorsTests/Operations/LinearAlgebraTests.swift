import PJRT
import Reservoirs
import TestSupport
import Testing

@testable import Tensors

/// Decompositions and systems of equations beyond the small ones of the fixtures: whether the factors are A's, in single and
/// double precision, with OpenBLAS and without where there is another way.
@Suite(.tags(.engine)) struct LinearAlgebraTests {
  private static let engines: (with: Engine, without: Engine)? = try? (
    Engine(programCache: nil, kernels: .all), Engine(programCache: nil, kernels: [])
  )
  private static let hasOpenBLAS = engines?.with.kernels.active.contains(.linearAlgebra) == true

  private static func normal(_ shape: Shape, _ dtype: DType, seed: UInt64 = 5) -> Tensor {
    Key(seed: seed).normal(shape, dtype: dtype)
  }

  /// Normally distributed numbers that any engine takes.
  private static func values(_ shape: Shape, seed: UInt64, on engine: Engine) throws -> Tensor {
    let drawn: [Float] = try normal(shape, .float32, seed: seed).evaluate(on: engine).values()
    return Tensor(drawn, shape: shape)
  }

  /// The greatest magnitude, of something that is about as long as the square root of its size.
  private func size(_ tensor: Tensor) -> Tensor { tensor.abs().max().cast(to: .float64) }

  private func identity(like tensor: Tensor) -> Tensor { .identity(tensor.shape.last, dtype: tensor.dtype) }

  @Test(
    .enabled(if: hasOpenBLAS, "needs OpenBLAS"),
    arguments: [[1, 1], [33, 33], [130, 70], [40, 90], [2, 3, 25, 25]], [DType.float32, .float64])
  func factorsGiveTheMatrix(_ extents: [Int], _ dtype: DType) throws {
    let a = Self.normal(Shape(extents), dtype)
    let (q, r) = a.qr()
    let (u, values, vt) = a.svd()
    var errors = [
      q.matmul(r) - a, q.transposedMatrix().matmul(q) - identity(like: q), r - r.triu(),
      (u * values.expand(at: -2)).matmul(vt) - a, u.transposedMatrix().matmul(u) - identity(like: u),
      // Without the vectors the values are the same.
      values - a.svd().values,
    ]
    if a.shape[-1] == a.shape[-2] {
      let symmetric = a + a.transposedMatrix()
      let (eigenvalues, vectors) = symmetric.eigh()
      let (order, lower, upper) = a.lu()
      let rows = order.oneHot(a.shape.last, dtype: dtype).matmul(a)
      let (real, imaginary) = a.eigvals()
      let positive = a.matmul(a.transposedMatrix()) + identity(like: a)
      let factor = positive.cholesky()
      errors += [
        (vectors * eigenvalues.expand(at: -2)).matmul(vectors.transposedMatrix()) - symmetric,
        vectors.transposedMatrix().matmul(vectors) - identity(like: a), eigenvalues - symmetric.eigh().values,
        lower.matmul(upper) - rows, real.sum([-1]) - (a * identity(like: a)).sum([-1, -2]), imaginary.sum([-1]),
        (factor.matmul(factor.transposedMatrix()) - positive) / 10,
      ]
    }
    let found = try Tensor.evaluate(errors.map(size), on: #require(Self.engines).with)
    let tolerance = (dtype == .float64 ? 1e-13 : 1e-4) * Double(a.shape.last)
    for (index, error) in found.enumerated() { #expect(try error.scalar() < tolerance, "error \(index)") }
  }

  /// The same solutions with OpenBLAS and without it.
  @Test(.enabled(if: hasOpenBLAS, "needs OpenBLAS"), arguments: [DType.float32, .float64, .bfloat16])
  func solutionsAgreeWithTheFallback(_ dtype: DType) throws {
    let engines = try #require(Self.engines)
    // Drawn once: the last digits of logarithms depend on what XLA computes in one loop.
    let (a, b) = try (
      Self.values([2, 20, 20], seed: 5, on: engines.with), Self.values([2, 20, 3], seed: 6, on: engines.with)
    )
    let results = { () -> [Tensor] in
      let (matrix, right) = ((a + .identity(20) * 12).cast(to: dtype), b.cast(to: dtype))
      let tall = matrix.slice(0..<8, axis: -1)
      let positive = tall.transposedMatrix().matmul(tall)
      let own = [
        matrix.solve(right), tall.lstsq(right), tall.transposedMatrix().lstsq(right.slice(0..<8, axis: -2)),
        positive.cholesky(), positive.solve(right.slice(0..<8, axis: -2), structure: .positiveDefinite),
      ]
      return own.map { $0.cast(to: .float64) }
    }
    let (found, expected) = try (
      Tensor.evaluate(results(), on: engines.with), Tensor.evaluate(results(), on: engines.without)
    )
    let tolerance = [DType.float32: 1e-5, .float64: 1e-13][dtype] ?? 0.05
    for (found, expected) in zip(found, expected) {
      #expect(agree(try found.values(), try expected.values(), within: tolerance))
    }
  }

  @Test(.enabled(if: hasOpenBLAS, "needs OpenBLAS")) func whatHasNoAnswerIsNaN() throws {
    for dtype in [DType.float32, .float64] {
      let singular = Tensor([1.0, 2, 2, 4], shape: [2, 2]).cast(to: dtype)
      let infinite = Tensor([1.0, 2, .infinity, 4], shape: [2, 2]).cast(to: dtype)
      let column = Tensor([1.0, 1], shape: [2, 1]).cast(to: dtype)
      let results = [
        singular.solve(column), singular.lstsq(column), (-singular).cholesky().tril() + singular.zerosLike() * 0,
        singular.solve(column, structure: .positiveDefinite), infinite.solve(column), infinite.qr().q, infinite.qr().r,
        infinite.eigh().values, infinite.eigh().vectors, infinite.eigvals().real, infinite.svd().values,
        infinite.svd().u, infinite.lu().upper.slice(1..<2, axis: 1),
      ].map { $0.cast(to: .float64) }
      for (index, result) in try Tensor.evaluate(results, on: #require(Self.engines).with).enumerated() {
        let values: [Double] = try result.values()
        let expectsNaN = index == 2 ? [0, 2, 3] : Array(values.indices)
        #expect(expectsNaN.allSatisfy { values[$0].isNaN }, "\(dtype) \(index): \(values)")
      }
      // Above the diagonal nothing is read.
      let values: [Double] = try Tensor([1.0, .nan, 0, 4], shape: [2, 2]).cast(to: dtype).eigh().values
        .cast(to: .float64).evaluate(on: #require(Self.engines).with).values()
      #expect(values == [1, 4])
    }
  }

  /// A product's tiles don't depend on how many threads share them.
  @Test(.enabled(if: hasOpenBLAS, "needs OpenBLAS")) func threadsDontChangeTheResult() throws {
    let (x, y) = (Self.normal([500, 450], .float64), Self.normal([500, 2], .float64, seed: 8))
    let inputs = try Tensor.evaluate([x, y]).map { try $0.hostArray() }
    let found = try [1, 2].map { threads in
      let engine = try Engine(threads: threads, programCache: nil, kernels: .all)
      let given = inputs.map { Tensor($0) }
      return try Tensor.evaluate([given[0].gramMatrix(), given[0].ridge(given[1], penalty: 0.1)], on: engine)
        .map { try $0.hostArray() }
    }
    #expect(found[0] == found[1])
  }

  @Test func missingKernelsAreNamed() throws {
    let a = Tensor.identity(3, dtype: .float64)
    for (name, results) in [
      ("eigh", [a.eigh().values]), ("eigvals", [a.eigvals().real]), ("svd", [a.svd().u]), ("lu", [a.lu().upper]),
    ] {
      let error = #expect(throws: Diagnostic.self) {
        try Tensor.evaluate(results, on: #require(Self.engines).without)
      }
      #expect(error?.operation == name)
      #expect(error?.message.contains("tanren engine install") == true)
    }
  }

  @Test func theHostIsACPU() throws { #expect(try Engine.host().client.platformName == "cpu") }
}
