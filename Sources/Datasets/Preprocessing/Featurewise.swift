import PJRT
import Tensors

/// Inputs less each channel's mean over the training set, over its deviation: Keras' `featurewise_center` and
/// `featurewise_std_normalization`. Statistics are of the values that `white` was divided out of; Keras' `fit` takes those of
/// the values it is given, before `rescale`.
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
