import Configuration
import Formats
import PJRT
import Tensors

/// Images standardized per channel by given statistics: `(x / white - mean) / deviation`.
///
/// The statistics are given, not fitted. The defaults are CIFAR-10's, as in the
/// [reference implementation of SAM](https://github.com/google-research/sam).
public struct StandardizedChannels: NamedPreprocessing {
  public static let name = "standardizedChannels"
  public static let summary = "each channel minus its mean, divided by its standard deviation; CIFAR-10's by default"
  public static let parameters = [
    Parameter("mean", default: "[0.4914, 0.4822, 0.4465]", "per channel, or one for all"),
    Parameter("deviation", default: "[0.247, 0.2435, 0.2616]", "per channel, or one for all"),
    Parameter("white", default: 255, "inputs are divided by it first: 255 for bytes"),
  ]

  public var mean: [Double]
  public var deviation: [Double]
  public var white: Double

  public init(
    mean: [Double] = [0.4914, 0.4822, 0.4465], deviation: [Double] = [0.247, 0.2435, 0.2616], white: Double = 255
  ) {
    self.mean = mean
    self.deviation = deviation
    self.white = white
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init()
    mean = try options.numbers("mean", default: mean)
    let origin = options.origin(of: "deviation")
    deviation = try options.numbers("deviation", default: deviation)
    guard mean.allSatisfy(\.isFinite), deviation.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw .outOfRange(
        key: "deviation", value: "\(deviation)", range: "numbers above 0, with finite means", origin: origin)
    }
    guard !mean.isEmpty, mean.count == deviation.count || mean.count == 1 || deviation.count == 1 else {
      throw .outOfRange(
        key: "deviation", value: "\(deviation)", range: "as many as there are means, \(mean.count)", origin: origin)
    }
    white = try options.number("white", default: white, in: 1e-30...1e30)
  }

  /// - Parameter inputs: `[batch, …, channels]`; any shape if one number is for all channels.
  public func callAsFunction(_ inputs: Tensor, dtype: DType) -> Tensor {
    if inputs.diagnostic != nil { return inputs }
    let count = Swift.max(mean.count, deviation.count)
    guard count == 1 || inputs.shape.last == count else {
      let message = "has \(count) means and deviations, which must be as many as channels at the end of the shape"
      return .failed(Diagnostic(operation: Self.name, message: message, inputs: [inputs.type]))
    }
    let (mean, deviation) = (Tensor(mean).cast(to: dtype), Tensor(deviation).cast(to: dtype))
    return (inputs.cast(to: dtype) / white - mean) / deviation
  }
}

/// Preprocessing that subtracts a mean, divides by a standard deviation, or both.
protocol StandardizingPreprocessing: NamedPreprocessing {
  init(center: Bool, deviation: Bool, white: Double)
}

extension StandardizingPreprocessing {
  public static var parameters: [Parameter] {
    [
      Parameter("center", default: true, "whether to subtract the mean"),
      Parameter("deviation", default: true, "whether to divide by the standard deviation"),
      Parameter("white", default: 255, "inputs are divided by it first: 255 for bytes"),
    ]
  }

  /// What Keras adds to a standard deviation.
  static var epsilon: Double { 1e-6 }

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init(
      center: try options.flag("center", default: true), deviation: try options.flag("deviation", default: true),
      white: try options.number("white", default: 255, in: 1e-30...1e30))
  }
}

/// Each example minus its own mean, divided by its own standard deviation, over all pixels and channels: Keras'
/// `samplewise_center` and `samplewise_std_normalization`, after `rescale`.
public struct Samplewise: NamedPreprocessing, StandardizingPreprocessing {
  public static let name = "samplewise"
  public static let summary = "each example minus its mean, divided by its standard deviation (Keras' samplewise)"

  public var center: Bool
  public var deviation: Bool
  public var white: Double

  public init(center: Bool = true, deviation: Bool = true, white: Double = 255) {
    self.center = center
    self.deviation = deviation
    self.white = white
  }

  public func callAsFunction(_ inputs: Tensor, dtype: DType) -> Tensor {
    if inputs.diagnostic != nil { return inputs }
    let axes = Array(inputs.shape.indices.dropFirst())
    let scaled = inputs.cast(to: dtype) / white
    let distance = scaled - scaled.mean(axes, keepingAxes: true)
    let variance = (distance * distance).mean(axes, keepingAxes: true)
    return (center ? distance : scaled) / (deviation ? variance.sqrt() + Self.epsilon : variance.onesLike())
  }
}

/// Inputs minus each channel's mean over the training set, divided by its standard deviation: Keras'
/// `featurewise_center` and `featurewise_std_normalization`. The statistics are of inputs divided by `white`; those of
/// Keras' `fit` are of its argument, before `rescale`.
public struct Featurewise: NamedPreprocessing, StandardizingPreprocessing, FittedPreprocessing {
  public static let name = "featurewise"
  public static let summary =
    "each channel less its mean in the training set, over its deviation there (Keras' featurewise)"

  public var center: Bool
  public var deviation: Bool
  public var white: Double

  public init(center: Bool = true, deviation: Bool = true, white: Double = 255) {
    self.center = center
    self.deviation = deviation
    self.white = white
  }

  public func fitted(to inputs: HostArray) throws -> any Preprocessing {
    let statistics = try ChannelStatistics(of: inputs, white: white)
    return StandardizedChannels(
      mean: center ? statistics.mean : [0],
      deviation: deviation ? statistics.deviation.map { $0 + Self.epsilon } : [1], white: white)
  }
}

/// Mean and standard deviation of each channel of a training set.
struct ChannelStatistics {
  let mean: [Double]
  let deviation: [Double]

  /// - Parameters:
  ///   - inputs: `[count, …, channels]`
  ///   - white: inputs are divided by it first.
  /// - Throws: ``DatasetError``, and the engine's errors.
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
