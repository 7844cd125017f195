/// What a regression needs of the states of a long series, summed stretch by stretch.
public struct ReadoutSums: Sendable {
  /// The steps that were learned from, over all sequences.
  public private(set) var steps = 0
  /// The products of the states, ones appended, with each other: `[units + 1, units + 1]`.
  public private(set) var gram: Tensor?
  /// The products of the states with the targets, `[units + 1, outputs]`.
  public private(set) var crossProduct: Tensor?
  /// The sums of what shall come out, of its squares, and of the squares of the targets: `[3, outputs]`.
  private var targets: Tensor?

  public init() {}

  /// Adds a stretch.
  /// - Parameters:
  ///   - rows: the states, `[rows, units]`.
  ///   - targets: what is learned from them, `[rows, outputs]`.
  ///   - wanted: what shall come out; nil for the targets.
  /// - Throws: ``ReservoirError/shape(series:found:expected:)`` for other sizes than those of the stretches before.
  mutating func add(_ rows: Tensor, _ targets: Tensor, wanted: Tensor? = nil) throws {
    let (products, wanted) = (rows.products(with: targets), wanted ?? targets)
    let own = [
      products.gram, products.crossProduct,
      Tensor.stack([wanted.sum([0]), wanted.squared().sum([0]), targets.squared().sum([0])]),
    ]
    let before = [gram, crossProduct, self.targets].compactMap(\.self)
    guard before.isEmpty || before.map(\.shape) == own.map(\.shape) else {
      throw ReservoirError.shape(
        series: "sums", found: Array(before[0].shape), expected: "\(Array(own[0].shape)), as this network's are")
    }
    let added = try Tensor.evaluate(before.isEmpty ? own : zip(before, own).map { $0 + $1 })
    // Before the next stretch takes memory, this one's has to be free.
    for sum in added { try sum.buffer().wait() }
    (gram, crossProduct, self.targets) = (added[0], added[1], added[2])
    steps += rows.shape[0]
  }

  /// The readout of so many numbers, and the root of its mean squared error over the standard deviation of what shall come
  /// out. The error is a difference of sums, which has lost half of the digits.
  /// - Throws: ``ReservoirError``, ``ReservoirError/washout(steps:length:)`` if nothing was summed.
  func solution(
    by rule: any GramReadoutRule, units: Int, outputs: Int
  ) throws -> (weights: ReadoutWeights, nrmse: Tensor) {
    guard let gram, let crossProduct, let targets, steps > 0 else {
      throw ReservoirError.washout(steps: 0, length: 0)
    }
    guard gram.shape == [units + 1, units + 1], crossProduct.shape[1] == outputs else {
      throw ReservoirError.shape(
        series: "sums", found: Array(gram.shape), expected: "those of \(units) units and a bias")
    }
    let weights = try rule.weights(gram: gram, crossProduct: crossProduct)
    let found = weights.tensor
    let squares = (found * (gram.matmul(found) - 2 * crossProduct)).sum() + targets[2].sum()
    let scale = (targets[1] - targets[0].squared() / Double(steps)).sum()
    return (weights, (squares.maximum(0) / scale).sqrt())
  }
}
