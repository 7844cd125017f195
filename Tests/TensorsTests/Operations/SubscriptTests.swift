import TestSupport
import Testing

@testable import Tensors

/// Subscripts and splits, against NumPy's rules for basic indexing.
@Suite(.tags(.engine)) struct SubscriptTests {
  private let x = Tensor((0..<24).map(Double.init), shape: [2, 3, 4])

  @Test func indicesRemoveAxesAndRangesShortenThem() throws {
    let rows: [(Tensor, Shape, [Double])] = [
      (x[1, 2], [4], [20, 21, 22, 23]), (x[-1, -1, -1], [], [23]), (x[0, 1...], [2, 4], [4, 5, 6, 7, 8, 9, 10, 11]),
      (x[0..<1, 0..<2, 3], [1, 2], [3, 7]), (x[1, ...1, 0], [2], [12, 16]), (x[1, ..<(-1), 0], [2], [12, 16]),
      (x[0, -2 ... -1, 1], [2], [5, 9]), (x[0, 0, -3 ..< -1], [2], [1, 2]),
      (x[.ellipsis, -1], [2, 3], [3, 7, 11, 15, 19, 23]),
      (x[1, .ellipsis, 2], [3], [14, 18, 22]), (x[.all, 0, 0], [2], [0, 12]),
      (x[0, 1, .stride(by: 3)], [2], [4, 7]), (x[0, 1, .stride(from: 1, to: 4, by: 2)], [2], [5, 7]),
      (x[0, .newAxis, 1, 2...], [1, 2], [6, 7]), (x[0, 0, 4...], [0], []), (x[0, 0, 2..<2], [0], []),
      (x[0, 0, ...(-1)], [4], [0, 1, 2, 3]), (x[1, 1, 1, .newAxis], [1], [17]),
    ]
    let found = try Tensor.evaluate(rows.map(\.0))
    for (index, (tensor, row)) in zip(found, rows).enumerated() {
      #expect(tensor.shape == row.1 && row.0.shape == row.1, "row \(index)")
      #expect(try tensor.values(as: Double.self) == row.2, "row \(index)")
    }
    #expect(x[.ellipsis].id == x.id && x[.all, .all].id == x.id)
  }

  @Test func whatLiesOutsideIsADiagnostic() {
    let rows: [(Tensor, String)] = [
      (x[2], "no element 2 along axis 0"), (x[0, -4], "no element -4 along axis 1"),
      (x[0, 0, 0, 0], "4 indices for 3 axes"),
      (x[0, 0..<4], "0..<4 isn't inside axis 1"), (x[0, 4...], "4..< isn't inside axis 1"),
      (x[0, ..<(-4)], "..<-4 isn't inside axis 1"), (x[0, .stride(from: 2, to: 1)], "2..<1 isn't inside"),
      (x[.stride(by: 0)], "a stride of 0"), (x[.stride(by: -1)], "a stride of -1"),
      (x[.ellipsis, .ellipsis], "more than one ellipsis"), (x[0...Int.max], "isn't inside axis 0"),
      (x[Int.min...], "isn't inside axis 0"), (Tensor(1)[0], "1 index for 0 axes"),
    ]
    for (tensor, message) in rows {
      let line = #line - 1
      #expect(
        tensor.diagnostic?.operation == "subscript" && tensor.diagnostic?.message.contains(message) == true,
        "\(message)")
      #expect((tensor.diagnostic?.line ?? line) < line && tensor.diagnostic?.location != nil)
    }
    let failed = Tensor.zeros([-1])
    #expect(failed[0, 1].diagnostic == failed.diagnostic)
  }

  @Test func subscriptsHaveGradients() throws {
    let slope = gradient(at: x) { ($0[1, 1...2, .stride(by: 3)] * 2).sum() }
    var expected = [Double](repeating: 0, count: 24)
    for place in [16, 19, 20, 23] { expected[place] = 2 }
    #expect(try slope.matches(expected))
  }

  @Test func splitsCoverTheAxis() throws {
    let parts = x.split(2, axis: -1)
    #expect(parts.map(\.shape) == [[2, 3, 2], [2, 3, 2]])
    #expect(try Tensor.concatenate(parts, axis: 2).matches(x.values()))
    let uneven = x.split(sizes: [1, 0, 2], axis: 1)
    #expect(uneven.map(\.shape) == [[2, 1, 4], [2, 0, 4], [2, 2, 4]])
    #expect(try Tensor.concatenate(uneven, axis: 1).matches(x.values()))
    for failed in [x.split(5), x.split(0), x.split(2, axis: 3), x.split(sizes: [1, 2]), x.split(sizes: [3, -1])] {
      #expect(!failed.isEmpty && failed.allSatisfy { $0.diagnostic?.operation == "split" })
    }
  }

  @Test func einsumAgreesWithWhatItStandsFor() throws {
    let a = Tensor((0..<6).map { Double($0) - 2.5 }, shape: [2, 3]),
      b = Tensor((0..<12).map(Double.init), shape: [3, 4])
    let c = Tensor((0..<8).map { Double($0) * 0.5 }, shape: [4, 2]), square = Tensor([1.0, 2, 3, 4], shape: [2, 2])
    let rows: [(Tensor, Tensor)] = [
      (.einsum("ij,jk->ik", a, b), a.matmul(b)), (.einsum("ij,jk", a, b), a.matmul(b)),
      (.einsum("ij,jk->ki", a, b), a.matmul(b).transpose()), (.einsum("ij->", a), a.sum()),
      (.einsum("ij->j", a), a.sum([0])),
      (.einsum("ij -> ji", a), a.transpose()), (.einsum("ii->i", square), Tensor([1.0, 4])),
      (.einsum("ii", square), Tensor(5, dtype: .float64)),
      (.einsum("ij,jk,ki->", a, b, c), a.matmul(b).matmul(c).sum(b: square)),
      (.einsum("ij,ij->i", a, a), a.squared().sum([1])), (.einsum("i,j->ij", a[0], b[0]), a[0].expand(at: 1) * b[0]),
      (.einsum("tij,tkj->tik", x, x), x.matmul(x.transpose([0, 2, 1]))),
      (.einsum("tij,j->ti", x, b[0]), (x * b[0]).sum([2])),
      (.einsum("ij,k->i", a, b[0]), a.sum([1]) * b[0].sum()),
    ]
    for (index, (found, expected)) in rows.enumerated() {
      #expect(found.shape == expected.shape, "row \(index)")
      #expect(try found.matches(expected.values(), within: 1e-13), "row \(index)")
    }
    let slope = gradient(at: a) { Tensor.einsum("ij,jk->", $0, b) }
    #expect(try slope.matches(b.sum([1]).broadcast(to: [2, 3]).values()))
  }

  @Test(arguments: [
    ("ij->ij->i", "more than one ->"), ("ij,jk->ik", "names 2 operands, but 1 are given"), ("ijk->i", "names 3 axes"),
    ("ij->k", "no operand has the result's axis 'k'"), ("ij->ii", "repeats a letter"), ("i.->i", "not '.'"),
    ("ii->i", "must agree"), ("", "names 0 axes"),
  ])
  func einsumRefuses(_ equation: String, _ message: String) {
    let found = Tensor.einsum(equation, Tensor.ones([2, 3]))
    #expect(found.diagnostic?.message.contains(message) == true, "\(found)")
    #expect(found.diagnostic?.location != nil)
  }
}

extension Tensor {
  /// The sum of the diagonal of a matrix as large as `b`.
  fileprivate func sum(b: Tensor) -> Tensor { (self * Tensor.identity(b.shape[0], dtype: dtype)).sum() }
}
