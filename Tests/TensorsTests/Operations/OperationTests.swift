import Reservoirs
import TestSupport
import Testing

@testable import Tensors

/// Operations composed of primitives, against numbers worked out by hand or by NumPy.
@Suite(.tags(.engine)) struct OperationTests {
  /// Negative edges crop, in single precision too, where XLA's own convolution would read beyond the input.
  @Test func convolutionsCrop() throws {
    let x = Key(seed: 1).normal([3, 8, 8, 2])
    let kernel = Key(seed: 2).normal([3, 3, 2, 4])
    let cropped = x.conv2D(kernel, padding: .edges([(-2, 1), (0, -1)]))
    let inside = x.slice(2..<8, axis: 1).slice(0..<7, axis: 2).conv2D(kernel, padding: .edges([(0, 1), (0, 0)]))
    #expect(cropped.shape == [3, 5, 5, 4])
    let found = try Tensor.evaluate([cropped, inside]).map { try $0.values(as: Float.self).map(Double.init) }
    #expect(scaledDistance(found[0], found[1]) < 1e-5)
    let spread = x.convolution(kernel, padding: .edges([(-3, -1), (2, -4)]), inputDilation: [2, 3])
    let wide = x.cast(to: .float64).convolution(
      kernel.cast(to: .float64), padding: .edges([(-3, -1), (2, -4)]), inputDilation: [2, 3])
    let both = try Tensor.evaluate([spread.cast(to: .float64), wide]).map { try $0.values(as: Double.self) }
    #expect(scaledDistance(both[0], both[1]) < 1e-5)
  }

  @Test func sortingAndChoosing() throws {
    let x = Tensor([3, -1, .nan, 7, 2, 7, 0, -4], shape: [2, 4])
    let (values, indices) = x.replaced(where: .!x.isFinite(), by: 0).topK(2)
    let columns = Tensor([2, 0, 0, 1, 3, 3] as [Int32], shape: [2, 3])
    let found = try Tensor.evaluate([
      x.sort(descending: true), x.argSort(axis: 0), values, indices, x.takeAlongAxis(columns, axis: 1),
      x.takeAlongAxis(Tensor([1, 9, 0, -5] as [Int32], shape: [1, 4]), axis: 0),
      Tensor.sort([Tensor([2.0, 1, 3]), Tensor([10.0, 20, 30])])[1],
    ])
    #expect(try agree(found[0].values(), [7, 3, -1, .nan, 7, 2, 0, -4], within: 0))
    #expect(try found[1].values(as: Int32.self) == [1, 0, 1, 1, 0, 1, 0, 0])
    #expect(try found[2].matches([7, 3, 7, 2]))
    #expect(try found[3].values(as: Int32.self) == [3, 0, 1, 0])
    #expect(try agree(found[4].values(), [.nan, 3, 3, 7, -4, -4], within: 0))
    #expect(try agree(found[5].values(), [2, 7, .nan, 7], within: 0))
    #expect(try found[6].matches([20, 10, 30]))
  }

  @Test func sums() throws {
    let rows = Tensor([1.0, 2, 3, 4, 5, 6], shape: [3, 2])
    let found = try Tensor.evaluate([
      rows.segmentSum(Tensor([1, 3, 1] as [Int32]), count: 3),
      rows.scatterAdd(Tensor([10.0, 20, 30]), at: Tensor([1, 1, 1] as [Int32]).slice(0..<1).squeeze(0), axis: 1),
      rows.cumulativeSum(axis: 0), rows.cumulativeSum(reversed: true),
    ])
    // Row 1 belongs to a segment that isn't there.
    #expect(try found[0].matches([0, 0, 6, 8, 0, 0]))
    #expect(try found[1].matches([1, 12, 3, 24, 5, 36]))
    #expect(try found[2].matches([1, 2, 4, 6, 9, 12]))
    #expect(try found[3].matches([3, 2, 7, 4, 11, 6]))
  }

  @Test func triangles() throws {
    let x = Tensor([1.0, 2, 3, 4, 5, .infinity], shape: [2, 3])
    let found = try Tensor.evaluate([x.tril(), x.triu(), x.tril(diagonal: -1), x.triu(diagonal: 2)])
    #expect(try found[0].matches([1, 0, 0, 4, 5, 0]))
    #expect(try found[1].values(as: Double.self) == [1, 2, 3, 0, 5, .infinity])
    #expect(try found[2].matches([0, 0, 0, 4, 0, 0]))
    #expect(try found[3].matches([0, 0, 3, 0, 0, 0]))
  }

  @Test func systemsOfEquations() throws {
    let x = Tensor([1.0, -2, 0.5], shape: [3, 1])
    let matrix = Tensor([4.0, 1, -0.5, 1, 3, 0.25, -0.5, 0.25, 2], shape: [3, 3])
    let right = matrix.matmul(x)
    var found = try Tensor.evaluate([
      matrix.solve(right), matrix.solve(right, structure: .positiveDefinite),
      matrix.solve(matrix.tril().matmul(x), structure: .lowerTriangular),
      matrix.solve(matrix.triu().matmul(x), structure: .upperTriangular), matrix.solve(right.squeeze(1)),
      matrix.solve(right.expand(at: 0).broadcast(to: [2, 3, 1])),
    ])
    #expect(found[4].shape == [3])
    #expect(try found.removeLast().matches([1, -2, 0.5, 1, -2, 0.5], within: 1e-14))
    for solution in found { #expect(try solution.matches([1, -2, 0.5], within: 1e-14)) }
    // Not positive definite, and singular.
    let bad = try (-matrix).cholesky().values(as: Double.self)
    #expect(bad.contains { $0.isNaN })
    let singular = try Tensor.ones([2, 2], dtype: .float64).solve(Tensor([1.0, 2])).values(as: Double.self)
    #expect(!singular.contains { $0.isFinite })
  }

  /// Against the normal equations' solution, computed with NumPy.
  @Test func ridgeRegression() throws {
    let x = Tensor([1.0, 2, 0.5, -1, 3, 1, 2, 0.25], shape: [4, 2])
    let y = Tensor([1.0, 0.5, -1, 2], shape: [4, 1])
    let found = try Tensor.evaluate([x.ridge(y, penalty: 0.5), x.transpose().ridge(y.slice(0..<2), penalty: 0.5)])
    #expect(try found[0].matches([0.13601741022850924, 0.04874863982589772], within: 1e-14))
    let wide = [0.12274211099020672, -0.004787812840043566, 0.202829162132753, 0.12143634385201302]
    #expect(try found[1].matches(wide, within: 1e-14))
  }

  @Test func convolutionsAndPools() throws {
    let image = Tensor((1...12).map(Double.init), shape: [1, 3, 4, 1])
    let kernel = Tensor([1.0, 0, 0, -1], shape: [2, 2, 1, 1])
    let found = try Tensor.evaluate([
      image.conv2D(kernel), image.conv2D(kernel, padding: .same),
      image.conv2D(kernel, strides: (2, 3), padding: .edges([(1, 0), (0, 1)])),
      image.maxPool2D((2, 2)), image.maxPool2D((3, 3), strides: (2, 2), padding: .same),
      image.averagePool2D((2, 2), padding: .same), image.averagePool2D((3, 2), strides: (1, 1)),
    ])
    #expect(try found[0].matches([-5, -5, -5, -5, -5, -5]))
    #expect(try found[1].matches([-5, -5, -5, 4, -5, -5, -5, 8, 9, 10, 11, 12]))
    #expect(try found[2].matches([-2, 0, -5, 8]))
    #expect(try found[3].matches([6, 8]))
    #expect(found[4].shape == [1, 2, 2, 1])
    #expect(try found[4].matches([7, 8, 11, 12]))
    #expect(try found[5].matches([3.5, 5.5, 9.5, 11.5]))
    #expect(try found[6].matches([5.5, 6.5, 7.5]))
  }

  @Test func meansNeedFractions() throws {
    let x = Tensor([1, 2, 4] as [Int32])
    #expect(x.mean().diagnostic?.message.contains("cast first") == true)
    #expect(try x.cast(to: .float64).mean().matches([7.0 / 3], within: 1e-15))
    #expect(try Tensor([1.0, 2, 4]).variance(correction: 1).matches([7.0 / 3], within: 1e-15))
    #expect(try Tensor([Double](), shape: [0]).mean().scalar().isNaN)
  }
}
