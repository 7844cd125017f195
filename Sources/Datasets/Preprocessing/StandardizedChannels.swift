import Configuration
import Tensors

/// Images with each channel's mean taken away and divided by its deviation: `(x / white - mean) / deviation`.
///
/// The statistics are given, not fitted: those of the training set as the article at hand has them. The defaults are
/// CIFAR-10's as the code of SAM's authors has them.
public struct StandardizedChannels: NamedPreprocessing {
  public static let name = "standardizedChannels"
  public static let summary = "each channel less its mean, over its deviation; CIFAR-10's by default"
  public static let parameters = [
    Parameter("mean", default: "[0.4914, 0.4822, 0.4465]", "of each channel, or one for all"),
    Parameter("deviation", default: "[0.247, 0.2435, 0.2616]", "of each channel, or one for all"),
    Parameter("white", default: 255, "what inputs are divided by before: 255 for bytes"),
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

  /// - Parameter inputs: `[batch, …, channels]`; a number for all channels does for inputs of any shape.
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
