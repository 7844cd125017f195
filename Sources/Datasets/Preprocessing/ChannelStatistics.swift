import Arrays
import Formats
import Tensors

/// Mean and standard deviation of each channel of a training set, in one pass.
///
/// Each block of records has its own mean and variance, and these are joined one after the other as in
/// [Chan, Golub and LeVeque 1983](https://doi.org/10.1080/00031305.1983.10483115), without the cancellation of a sum of
/// squares. The blocks depend on a record's shape alone: records in memory and records in files give the same digits.
struct ChannelStatistics {
  private(set) var mean: [Double] = []
  private var variance: [Double] = []

  var deviation: [Double] { variance.map { $0.squareRoot() } }

  /// How many numbers a block has.
  private static let blockSize = 1 << 21

  /// - Parameters:
  ///   - inputs: of the shape `[…, channels]`.
  ///   - white: inputs are divided by it first.
  /// - Throws: ``DatasetError``, and the engine's errors.
  init(of inputs: any RecordReader, white: Double) throws {
    guard let channels = inputs.shape.last else {
      throw DatasetError(.wrongRank(found: [inputs.count], wanted: "[count, …, channels]"))
    }
    let size = inputs.shape.reduce(1, *)
    guard inputs.count > 0, size > 0 else { throw DatasetError(.noRows) }
    let axes = Array(inputs.shape.indices)
    let length = Swift.max(1, Self.blockSize / size)
    for start in stride(from: 0, to: inputs.count, by: length) {
      let block = start..<Swift.min(start + length, inputs.count)
      let values = try inputs.block(block).cast(to: .float64) / white
      let means = values.mean(axes)
      let distances = values - means
      let found = try Tensor.evaluate([means, (distances * distances).mean(axes)])
      let (before, added) = (Double(start * (size / channels)), Double(block.count * (size / channels)))
      try join(found[0].values(as: Double.self), found[1].values(as: Double.self), added, to: before)
    }
  }

  /// - Parameters:
  ///   - added: how many numbers a channel of the block has.
  ///   - before: how many a channel of the blocks before it has.
  private mutating func join(_ means: [Double], _ variances: [Double], _ added: Double, to before: Double) {
    guard before > 0 else {
      (mean, variance) = (means, variances)
      return
    }
    let all = before + added
    for channel in means.indices {
      let distance = means[channel] - mean[channel]
      let squares = before * variance[channel] + added * variances[channel]
      variance[channel] = (squares + distance * distance * before * added / all) / all
      mean[channel] += distance * added / all
    }
  }
}

extension RecordReader {
  /// Consecutive records on the device, so that programs for blocks of one size have the same text.
  func block(_ range: Range<Int>) throws -> Tensor { Tensor(try Tensor(records(at: Array(range))).buffer()) }
}
