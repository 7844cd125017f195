/// What a regression needs of the states of a long series, summed stretch by stretch.
public struct ReadoutSums: Sendable {
  /// The steps that were learned from, over all sequences.
  public internal(set) var steps = 0
  /// The products of the states, ones appended, with each other: `[units + 1, units + 1]`.
  public internal(set) var gram: Tensor?
  /// Their products with the targets, `[units + 1, outputs]`.
  public internal(set) var moments: Tensor?
  /// The targets' sums and sums of squares, `[2, outputs]`.
  var targets: Tensor?

  public init() {}
}

extension EchoStateNetwork {
  /// Drives the network through a stretch of a series and adds what a regression needs of it, so that a series of any
  /// length is learned from in the memory of one stretch: ``fit(_:readout:)`` ends it.
  ///
  /// The state is carried on to the next stretch. With feedback a stretch's teacher has one value more than it has
  /// steps, the one that the next stretch begins with.
  /// - Parameters: as ``fit(inputs:teacher:washout:readout:)`` has them; only a first stretch needs a washout.
  /// - Throws: ``ReservoirError``.
  public mutating func accumulate(
    inputs: Tensor? = nil, teacher: Tensor, washout: Int = 0, into sums: inout ReadoutSums
  ) throws {
    let lesson = try lesson(inputs: inputs, teacher: teacher, washout: washout)
    let (rows, wanted) = (lesson.rows, lesson.wanted)
    let products = rows.products(with: wanted)
    let own = [products.gram, products.moments, Tensor.stack([wanted.sum([0]), wanted.squared().sum([0])])]
    let before = [sums.gram, sums.moments, sums.targets].compactMap(\.self)
    guard before.isEmpty || before.map(\.shape) == own.map(\.shape) else {
      throw ReservoirError.shape(
        series: "sums", found: Array(before[0].shape), expected: "\(Array(own[0].shape)), as this network's are")
    }
    let added = try Tensor.evaluate(before.isEmpty ? own : zip(before, own).map { $0 + $1 })
    (sums.gram, sums.moments, sums.targets, sums.steps) = (added[0], added[1], added[2], sums.steps + rows.shape[0])
  }

  /// Computes the readout from sums over stretches of a series.
  /// - Returns: the root of the mean squared error over the targets' standard deviation. It is a difference of sums,
  ///   which has lost half of the digits.
  /// - Throws: ``ReservoirError``, ``ReservoirError/washout(steps:length:)`` if nothing was summed.
  @discardableResult
  public mutating func fit(_ sums: ReadoutSums, readout rule: any GramReadoutRule = CholeskyReadout()) throws -> Double
  {
    guard let gram = sums.gram, let moments = sums.moments, let targets = sums.targets, sums.steps > 0 else {
      throw ReservoirError.washout(steps: 0, length: 0)
    }
    guard gram.shape == [reservoir.units + 1, reservoir.units + 1], moments.shape[1] == reservoir.outputs else {
      throw ReservoirError.shape(
        series: "sums", found: Array(gram.shape), expected: "those of \(reservoir.units) units and a bias")
    }
    let found = try rule.weights(gram: gram, moments: moments).tensor
    readout = found
    let squares = (found * (gram.matmul(found) - 2 * moments)).sum() + targets[1].sum()
    let scale = (targets[1] - targets[0].squared() / Double(sums.steps)).sum()
    let results = try Tensor.evaluate([(squares.maximum(0) / scale).sqrt(), state.readOut(found)])
    if reservoir.fixesLastOutput { output = results[1] }
    return try results[0].scalar()
  }
}
