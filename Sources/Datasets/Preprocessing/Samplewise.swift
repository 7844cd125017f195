import Configuration
import Tensors

/// Each example less its own mean, over its own deviation, all pixels and channels together: Keras' `samplewise_center`
/// and `samplewise_std_normalization`, after `rescale`.
public struct Samplewise: NamedPreprocessing {
  public static let name = "samplewise"
  public static let summary = "each example less its mean, over its deviation (Keras' samplewise)"
  public static let parameters = [
    Parameter("center", default: true, "whether the mean is taken away"),
    Parameter("deviation", default: true, "whether the deviation is divided by"),
    Parameter("white", default: 255, "what inputs are divided by before: 255 for bytes"),
  ]
  /// What Keras adds to a deviation.
  static let epsilon = 1e-6

  public var center: Bool
  public var deviation: Bool
  public var white: Double

  public init(center: Bool = true, deviation: Bool = true, white: Double = 255) {
    self.center = center
    self.deviation = deviation
    self.white = white
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    center = try options.flag("center", default: true)
    deviation = try options.flag("deviation", default: true)
    white = try options.number("white", default: 255, in: 1e-30...1e30)
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
