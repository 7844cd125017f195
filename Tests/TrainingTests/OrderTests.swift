import TestSupport
import Testing

@testable import Training

@Suite(.tags(.engine)) struct OrderTests {
  private func indices(_ order: any BatchOrder, _ count: Int, epoch: Int, seed: UInt64 = 0) throws -> [Int32] {
    try order.indices(count: count, epoch: epoch, key: Key(seed: seed)).values()
  }

  @Test func sequentialIsTheDatasOwn() throws {
    #expect(try indices(SequentialOrder(), 5, epoch: 3) == [0, 1, 2, 3, 4])
  }

  @Test func shuffledIsAnotherPermutationEachEpoch() throws {
    let epochs = try (0..<3).map { try indices(ShuffledOrder(), 50, epoch: $0) }
    for order in epochs { #expect(order.sorted() == Array(0..<50)) }
    #expect(Set(epochs).count == 3)
    #expect(try indices(ShuffledOrder(), 50, epoch: 1) == epochs[1])
    #expect(try indices(ShuffledOrder(), 50, epoch: 1, seed: 1) != epochs[1])
  }

  /// `np.random.seed(10)`, then `np.random.shuffle(index)` three times: NumPy 2.4's numbers.
  @Test func numPyShufflesAsNumPyDoes() throws {
    let fresh = NumPyOrder(NumPyRandomState(seed: 10))
    let expected: [[Int32]] = [
      [8, 2, 5, 6, 3, 1, 0, 7, 4, 9],
      [5, 3, 4, 7, 6, 8, 9, 2, 1, 0],
      [1, 6, 2, 5, 7, 8, 9, 0, 3, 4],
    ]
    for epoch in 0..<3 { #expect(try indices(fresh, 10, epoch: epoch) == expected[epoch]) }
    // Asked for again, in another order, and the same twice.
    for epoch in [1, 1, 0, 2] { #expect(try indices(fresh, 10, epoch: epoch) == expected[epoch]) }

    let continued = NumPyOrder(NumPyRandomState(seed: 10), continues: true)
    let further: [[Int32]] = [
      [8, 2, 5, 6, 3, 1, 0, 7, 4, 9],
      [1, 6, 3, 7, 0, 4, 9, 5, 2, 8],
      [6, 9, 3, 4, 5, 2, 8, 1, 7, 0],
    ]
    for epoch in 0..<3 { #expect(try indices(continued, 10, epoch: epoch) == further[epoch]) }
  }

  @Test func numPyOrdersAreForAnyCount() throws {
    let order = NumPyOrder(NumPyRandomState(seed: 10))
    let first = try indices(order, 10, epoch: 0)
    #expect(try indices(order, 4, epoch: 1).sorted() == [0, 1, 2, 3])
    #expect(try indices(order, 10, epoch: 0) == first)
    #expect(try indices(order, 0, epoch: 0).isEmpty)
    #expect(try indices(order, 3, epoch: -1) == [0, 1, 2])
  }

  @Test func trainingFollowsTheOrder() throws {
    let data = try Problems.classes(6)
    let order = NumPyOrder(NumPyRandomState(seed: 1))
    let trainer = try Problems.trainer(data)
    _ = try trainer.fit(data, epochs: 2, batchSize: 2, options: FitOptions(order: order))
    let byHand = try Problems.trainer(data)
    for epoch in 0..<2 {
      let shuffled = try indices(order, 6, epoch: epoch).map(Int.init)
      _ = try byHand.fit(
        data.records(at: shuffled), epochs: 1, batchSize: 2, options: FitOptions(order: SequentialOrder()))
    }
    #expect(try trainer.numbers() == byHand.numbers())
  }
}
