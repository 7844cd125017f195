import Tensors

/// Each example less its own mean, over its own deviation, all pixels and channels together: Keras' `samplewise_center`
/// and `samplewise_std_normalization`, after `rescale`.
public struct Samplewise: NamedPreprocessing, StandardizingPreprocessing {
  public static let name = "samplewise"
  public static let summary = "each example less its mean, over its deviation (Keras' samplewise)"

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
