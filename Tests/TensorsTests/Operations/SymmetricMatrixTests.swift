import PJRT
import Reservoirs
import Tensors
import TestSupport
import Testing

/// The kernels for symmetric products and positive definite systems, against the same without them.
@Suite(.tags(.engine)) struct SymmetricMatrixTests {
  /// Sizes below, at and beyond the kernels' tiles, blocks and stretches, alone and in batches.
  @Test(arguments: [[5, 3], [70, 24], [200, 61], [400, 150], [2100, 37], [3, 7, 9], [5, 210, 50]])
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
    // Sums are rounded once per row.
    let rows = Double(extents[extents.count - 2])
    #expect(try results[0].scalar() < 1e-14 * max(rows, 100))
    #expect(try results[1].scalar() < 1e-13 * max(rows, 100))
  }

  /// What is put together for a product goes to the kernel in its parts, which needn't end where its tiles do.
  @Test(arguments: [[1], [1, 1], [3, 10, 2], [24, 1, 7, 8], [2, 2, 2, 2, 2]])
  func productsOfParts(_ columns: [Int]) throws {
    for batch in [[], [3]] {
      let parts = try Tensor.evaluate(
        columns.enumerated().map { index, count in
          Key(seed: 5).derived("part \(index)").uniform(Shape(batch + [410, count]), in: -1..<1, dtype: .float64)
        })
      let whole = Tensor.concatenate(parts, axis: -1)
      let gram = whole.gramMatrix()
      let known = try Tensor.evaluate([whole])[0]
      let distance = (gram - known.transposed().matmul(known)).abs().max()
      #expect(try distance.scalar() < 1e-12)
    }
  }

  /// Regressions whose parts, blocks and targets end within tiles, with one penalty a column, alone and as members.
  @Test(arguments: [(5, [3], 1), (90, [47, 1], 1), (70, [48], 2), (400, [149, 1], 3), (20, [60], 1), (4, [1], 30)])
  func regressions(rows: Int, columns: [Int], outputs: Int) throws {
    let shapes = columns.map { Shape([5, rows, $0]) } + [[5, rows, outputs]]
    let given = try Tensor.evaluate(
      shapes.enumerated().map { index, shape in
        Key(seed: 6).derived("part \(index)").uniform(shape, in: -1..<1, dtype: .float64)
      } + [Key(seed: 7).uniform([5, columns.reduce(0, +)], in: 0.1..<1, dtype: .float64)])
    let solve = { (inputs: [Tensor]) in
      Tensor.concatenate(Array(inputs.dropLast(2)), axis: 1).ridge(
        inputs[columns.count], penalty: inputs[columns.count + 1])
    }
    let together = vectorized { [solve($0)] }
    let weights = try Tensor.evaluate(together(given) + (0..<5).map { index in solve(given.map { $0[index] }) })
    for index in 0..<5 {
      let member = given.map { $0[index] }
      let x = Tensor.concatenate(Array(member.dropLast(2)), axis: 1)
      let errors = x.matmul(weights[index + 1]) - member[columns.count]
      let gradient = x.transpose().matmul(errors) + member[columns.count + 1].expand(at: 1) * weights[index + 1]
      let found = try Tensor.evaluate([gradient.abs().max(), (weights[0][index] - weights[index + 1]).abs().max()])
      #expect(try found[0].scalar() < 1e-11)
      #expect(try found[1].scalar() < 1e-12)
    }
  }

  /// Of no rows the product is zero and the weights are, whatever lay in their memory before.
  @Test func ofNoRowsEverythingIsZero() throws {
    let used = try Tensor.evaluate(
      (0..<8).map { Key(seed: UInt64($0)).uniform([150, 150], in: 1..<2, dtype: .float64) })
    let sum = try used.reduce(Tensor.zeros([150, 150], dtype: .float64)) { $0 + $1 }.sum().scalar()
    #expect(sum > 0)
    let rows = Tensor.zeros([0, 150], dtype: .float64)
    for _ in 0..<3 {
      let gram = rows.gramMatrix()
      let weights = rows.ridge(.zeros([0, 2], dtype: .float64), penalty: .ones([150], dtype: .float64))
      let results = try Tensor.evaluate([gram, weights])
      #expect(try (results[0].values() as [Double]).allSatisfy { $0 == 0 })
      #expect(try (results[1].values() as [Double]).allSatisfy { $0 == 0 })
    }
  }

  @Test func aRegressionWithMoreThanOneSolutionGivesNaN() throws {
    let x = Tensor([1.0, 2, 2, 4], shape: [2, 2])
    let weights: [Double] = try x.ridge(Tensor([1.0, 2], shape: [2, 1]), penalty: Tensor([0.0, 0])).values()
    #expect(weights.allSatisfy { $0.isNaN })
  }

  @Test func whatIsNotPositiveDefiniteGivesNaN() throws {
    let indefinite = Tensor([1.0, 2, 2, 1], shape: [2, 2])
    let good = Tensor([2.0, 1, 1, 2], shape: [2, 2])
    let both = Tensor.stack([indefinite, good]).solve(
      Tensor.ones([2, 2, 1], dtype: .float64), structure: .positiveDefinite)
    let values: [Double] = try both.values()
    #expect(values.prefix(2).allSatisfy { $0.isNaN })
    #expect(values.suffix(2).allSatisfy { ($0 - 1.0 / 3).magnitude < 1e-15 })
  }
}

extension Tensor {
  /// The last two axes exchanged.
  fileprivate func transposed() -> Tensor { moveAxis(from: rank - 1, to: rank - 2) }
}
