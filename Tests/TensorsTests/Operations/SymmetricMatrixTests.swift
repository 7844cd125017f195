import PJRT
import Tensors
import Testing

/// The kernels for symmetric products and positive definite systems, against the same without them.
@Suite struct SymmetricMatrixTests {
  /// Sizes below, at and beyond the kernels' tiles, blocks and stretches, alone and in batches.
  @Test(arguments: [[5, 3], [70, 24], [200, 61], [400, 150], [3, 7, 9], [5, 210, 50]])
  func kernelsAgreeWithPlainProducts(_ extents: [Int]) throws {
    let shape = Shape(extents)
    let x = Key(seed: 3).uniform(shape, in: -1..<1, dtype: .float64)
    let columns = shape[-1]
    let right = Key(seed: 4).uniform(Shape(extents.dropLast(2) + [columns, 3]), in: -1..<1, dtype: .float64)
    let given = try Tensor.evaluate([x, right])
    let gram = given[0].gramMatrix()
    let plain = given[0].transposed().matmul(given[0])
    let regular = gram + Tensor.identity(columns, dtype: .float64) * 0.5
    let solved = regular.solve(given[1], structure: .positiveDefinite)
    let results = try Tensor.evaluate([(gram - plain).abs().max(), (regular.matmul(solved) - given[1]).abs().max()])
    #expect(try results[0].scalar() < 1e-12)
    #expect(try results[1].scalar() < 1e-11)
  }

  /// What is put together for a product goes to the kernel in its parts, which needn't end where its tiles do.
  @Test(arguments: [[1], [1, 1], [3, 10, 2], [24, 1, 7, 8], [2, 2, 2, 2, 2]])
  func productsOfParts(_ columns: [Int]) throws {
    for batch in [[], [3]] {
      let parts = try Tensor.evaluate(columns.enumerated().map { index, count in
        Key(seed: 5).derived("part \(index)").uniform(Shape(batch + [410, count]), in: -1..<1, dtype: .float64)
      })
      let whole = Tensor.concatenate(parts, axis: -1)
      let gram = whole.gramMatrix()
      let known = try Tensor.evaluate([whole])[0]
      let distance = (gram - known.transposed().matmul(known)).abs().max()
      #expect(try distance.scalar() < 1e-12)
    }
  }

  @Test func whatIsNotPositiveDefiniteGivesNaN() throws {
    let indefinite = Tensor([1.0, 2, 2, 1], shape: [2, 2])
    let good = Tensor([2.0, 1, 1, 2], shape: [2, 2])
    let both = Tensor.stack([indefinite, good]).solve(Tensor.ones([2, 2, 1], dtype: .float64), structure: .positiveDefinite)
    let values: [Double] = try both.values()
    #expect(values.prefix(2).allSatisfy { $0.isNaN })
    #expect(values.suffix(2).allSatisfy { ($0 - 1.0 / 3).magnitude < 1e-15 })
  }
}

extension Tensor {
  /// The last two axes exchanged.
  fileprivate func transposed() -> Tensor { moveAxis(from: rank - 1, to: rank - 2) }
}
