import Testing

@testable import Augmentations

/// Images for tests.
enum Samples {
  /// Bytes that differ from pixel to pixel, `[count, side, side, 3]`.
  static func photos(_ count: Int, side: Int = 32) -> Tensor {
    let bytes = (0..<count * side * side * 3).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 11) }
    return Tensor(bytes, shape: [count, side, side, 3])
  }

  /// Everything white, as fractions.
  static func white(_ count: Int, side: Int = 32) -> Tensor { .ones([count, side, side, 1]) }

  static func batch(_ images: Tensor, classes: Int? = 10) -> ImageBatch {
    ImageBatch(images: images, targets: Tensor.iota([images.shape[0]]), classes: classes)
  }
}

extension ImageBatch {
  /// Both stages of a pipeline.
  func augmented(_ augmentations: any Augmentation..., seed: UInt64 = 0) -> ImageBatch {
    let (pipeline, key) = (AugmentationPipeline(augmentations), Key(seed: seed))
    return pipeline(pipeline(self, stage: .source, key: key), stage: .prepared, key: key)
  }
}

/// The greatest distance of the empirical distribution from the even one on a range, times the root of the
/// count: above 1.95 once in a thousand times (Kolmogorov and Smirnov).
func unevenness(_ draws: [Double], over range: ClosedRange<Double>) -> Double {
  let sorted = draws.sorted()
  let count = Double(sorted.count)
  let distance = sorted.enumerated().map { index, draw in
    let expected = (draw - range.lowerBound) / (range.upperBound - range.lowerBound)
    return max((Double(index + 1) / count - expected).magnitude, (Double(index) / count - expected).magnitude)
  }.max()
  return (distance ?? .infinity) * count.squareRoot()
}
