import Formats
import PJRT
import Tensors

/// Mean and deviation of each channel of a training set.
struct ChannelStatistics {
  let mean: [Double]
  let deviation: [Double]

  /// - Parameters:
  ///   - inputs: `[count, …, channels]`
  ///   - white: what inputs are divided by before.
  /// - Throws: ``DatasetError``; what the engine throws.
  init(of inputs: HostArray, white: Double) throws {
    guard inputs.shape.count >= 2 else {
      throw DatasetError(.wrongRank(found: inputs.shape, wanted: "[count, …, channels]"))
    }
    guard inputs.count > 0 else { throw DatasetError(.noRows) }
    let axes = Array(0..<inputs.shape.count - 1)
    let values = Tensor(inputs).cast(to: .float64) / white
    let means = values.mean(axes)
    let distances = values - means
    let found = try Tensor.evaluate([means, (distances * distances).mean(axes).sqrt()])
    mean = try found[0].values(as: Double.self)
    deviation = try found[1].values(as: Double.self)
  }
}
