import Arrays
import Configuration
import Formats
import Tensors

/// Images standardized per channel by given statistics: `(x / white - mean) / deviation`.
///
/// The statistics are given, not fitted. The defaults are CIFAR-10's, as in the
/// [reference implementation of SAM](https://github.com/google-research/sam).
public struct StandardizedChannels: NamedPreprocessing {
  public static let declaration = Declaration(
    "standardizedChannels",
    "each channel minus its mean, divided by its standard deviation; CIFAR-10's by default",
    standard: StandardizedChannels(),
    settings: [
      Setting("mean", \.mean, .numbers, "mean per channel, or one for all"),
      Setting("deviation", \.deviation, .numbers, "standard deviation per channel, or one for all"),
      Setting("white", \.white, .white, "inputs are divided by it first: 255 for bytes"),
    ],
    check: { (method, options) throws(ConfigurationError) in
      func error(_ range: String) -> ConfigurationError {
        .outOfRange(
          key: "deviation", value: "\(method.deviation)", range: range, origin: options.origin(of: "deviation"))
      }
      guard method.mean.allSatisfy(\.isFinite), method.deviation.allSatisfy({ $0 > 0 && $0.isFinite }) else {
        throw error("numbers above 0, with finite means")
      }
      let (means, deviations) = (method.mean.count, method.deviation.count)
      guard means > 0, means == deviations || means == 1 || deviations == 1 else {
        throw error("as many as there are means, \(means)")
      }
    })

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
  var center: Bool { get set }
  var deviation: Bool { get set }
  var white: Double { get set }
}

extension StandardizingPreprocessing {
  static var settings: [Setting<Self>] {
    [
      Setting("center", \.center, .flag, "whether to subtract the mean"),
      Setting("deviation", \.deviation, .flag, "whether to divide by the standard deviation"),
      Setting("white", \.white, .white, "inputs are divided by it first: 255 for bytes"),
    ]
  }

  /// What Keras adds to a standard deviation.
  static var epsilon: Double { 1e-6 }
}

/// Each example minus its own mean, divided by its own standard deviation, over all pixels and channels: Keras'
/// `samplewise_center` and `samplewise_std_normalization`, after `rescale`.
public struct Samplewise: NamedPreprocessing, StandardizingPreprocessing {
  public static let declaration = Declaration(
    "samplewise", "each example minus its mean, divided by its standard deviation (Keras' samplewise)",
    standard: Samplewise(), settings: settings)

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
    let distance = scaled - scaled.mean(axes, keepDims: true)
    let variance = (distance * distance).mean(axes, keepDims: true)
    return (center ? distance : scaled) / (deviation ? variance.sqrt() + Self.epsilon : variance.onesLike())
  }
}

/// Inputs minus each channel's mean over the training set, divided by its standard deviation: Keras'
/// `featurewise_center` and `featurewise_std_normalization`. The statistics are of inputs divided by `white`; those of
/// Keras' `fit` are of its argument, before `rescale`.
public struct Featurewise: NamedPreprocessing, StandardizingPreprocessing, FittedPreprocessing {
  public static let declaration = Declaration(
    "featurewise",
    "each channel minus its mean over the training set, divided by its standard deviation (Keras' featurewise)",
    standard: Featurewise(), settings: settings)

  public var center: Bool
  public var deviation: Bool
  public var white: Double

  public init(center: Bool = true, deviation: Bool = true, white: Double = 255) {
    self.center = center
    self.deviation = deviation
    self.white = white
  }

  public func statistics(of inputs: any RecordReader) throws -> [String: HostArray] {
    let statistics = try ChannelStatistics(of: inputs, white: white)
    return ["mean": try HostArray(statistics.mean), "deviation": try HostArray(statistics.deviation)]
  }

  public func preprocessing(with statistics: [String: HostArray]) throws(DatasetError) -> any Preprocessing {
    let mean: [Double] = try statistics.statistic("mean", .float64, axes: 1).converted()
    let spread: [Double] = try statistics.statistic("deviation", .float64, axes: 1).converted()
    return StandardizedChannels(
      mean: center ? mean : [0], deviation: deviation ? spread.map { $0 + Self.epsilon } : [1], white: white)
  }
}

extension SettingFormat where Value == Double {
  /// The value of white in the data, which inputs are divided by.
  static var white: SettingFormat { .number(in: 1e-30...1e30) }
}
