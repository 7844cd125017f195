import Tensors

/// torchvision's operations on bytes, of images `[batch, height, width, channels]` whose values are whole levels from 0
/// to 255 in a floating-point type. What is one number per image is `[batch]`.
extension Tensor {
  /// Pixels as levels, where `white` is 255: the level that a fraction represents, or the next lower one.
  func levels(white: Double) -> Tensor {
    let unit = white / 255
    // A fraction that represents a level mustn't be rounded to the level below it.
    return (unit == 1 ? self : self * (1 / unit) + 1e-3).truncatedToLevels
  }

  /// Levels as pixels, where 255 is `white`.
  func pixels(white: Double) -> Tensor { white == 255 ? self : self * (white / 255) }

  /// Rounded down to whole levels, within 0 to 255.
  var truncatedToLevels: Tensor { clamped(to: 0...255).floor() }

  /// The gray of each pixel, `[batch, height, width, 1]`: a weighted sum of red, green and blue.
  var gray: Tensor {
    guard shape[3] == 3 else { return self }
    func channel(_ index: Int) -> Tensor { slice(index..<index + 1, axis: 3) }
    return ((channel(0) * 0.2989).roundedAlone + (channel(1) * 0.587).roundedAlone + (channel(2) * 0.114).roundedAlone)
      .floor()
  }

  /// The mean gray of each image, `[batch, 1, 1, 1]`.
  var meanGray: Tensor { gray.mean([1, 2, 3], keepDims: true) }

  /// Each pixel averaged with its eight neighbors, itself five times; those on the edge are as they were.
  func smoothed() -> Tensor {
    let (height, width) = (shape[1], shape[2])
    guard height > 2, width > 2 else { return self }
    // Sums of whole numbers, whatever the mean was rounded to.
    let around = (averagePool2D((3, 3), strides: (1, 1), padding: .valid) * 9).rounded()
    let middle = slice(1..<height - 1, axis: 1).slice(1..<width - 1, axis: 2)
    let inner = ((around + middle * 4) * (1 / 13.0)).rounded()
    func isInside(axis: Int) -> Tensor {
      let index = Tensor.iota([1, height, width, 1], axis: axis)
      return (index .> 0) .& (index .< Double(shape[axis] - 1))
    }
    return Tensor.select(
      isInside(axis: 1) .& isInside(axis: 2), inner.pad([(0, 0), (1, 1), (1, 1), (0, 0)]), self)
  }

  /// These levels led away from `other` by `excess` times their distance: -1 is `other`, 0 the levels as they are.
  func blended(with other: Tensor, excess: Tensor) -> Tensor {
    let excess = excess.perImage
    return ((self * (1 + excess)).roundedAlone + (other * -excess).roundedAlone).truncatedToLevels
  }

  /// A product that isn't fused with the addition that follows. torchvision rounds both, and where the sum is a whole number
  /// but for rounding, truncation makes a level of the difference.
  private var roundedAlone: Tensor { maximum(-1e9) }

  /// The first `bits` bits of each level.
  func posterized(bits: Tensor) -> Tensor {
    // Rounded, since a power of two from a logarithm isn't exact.
    let step = ((8 - bits) * 0.6931471805599453).exp().rounded().perImage
    return (self * (1 / step)).floor() * step
  }

  /// Inverted where they aren't below `threshold`.
  func solarized(threshold: Tensor) -> Tensor { replaced(where: self .>= threshold.perImage, by: inverted()) }

  func inverted() -> Tensor { 255 - self }

  /// Each channel stretched to the range from 0 to 255.
  func stretched() -> Tensor {
    let (least, greatest) = (self.min([1, 2], keepDims: true), self.max([1, 2], keepDims: true))
    let range = greatest - least
    let isFlat = range .== 0
    let scale = 255 / range.replaced(where: isFlat, by: 1)
    return Tensor.select(isFlat, self, ((self - least) * scale).truncatedToLevels)
  }

  /// Each channel with a histogram that is as even as it gets: a level becomes the share of the channel's pixels that
  /// are darker.
  func equalized() -> Tensor {
    let (planes, pixels) = (shape[0] * shape[3], shape[1] * shape[2])
    let plane = Tensor.iota(shape, axis: 0) * Double(shape[3]) + Tensor.iota(shape, axis: 3)
    let bins = (plane * 256 + cast(to: .int32)).reshape(to: [planes * pixels])
    let counts = Tensor.ones([planes * pixels], dtype: .int32).segmentSum(bins, count: planes * 256)
      .reshape(to: [planes, 256])
    let darker = counts.cumulativeSum(axis: 1) - counts
    let level = Tensor.iota([planes, 256], axis: 1)
    let greatest = level.replaced(where: counts .== 0, by: 0).max([1], keepDims: true)
    // The pixels of the brightest level aren't counted.
    let step = darker.takeAlongAxis(greatest) / 255
    let isUnchanged = step .== 0
    let found = (darker + step / 2) / step.maximum(1)
    let table = Tensor.select(isUnchanged, level, found.clamped(to: 0...255))
    return table.reshape(to: [planes * 256]).take(bins).reshape(to: shape).cast(to: dtype)
  }
}

extension ImageBatch {
  /// The images in whole levels from 0 to 255, `float32`.
  var levels: Tensor { images.cast(to: .float32).levels(white: white) }

  /// The batch with images given as levels, in the type of its ``values``.
  func with(levels: Tensor) -> ImageBatch { with(images: levels.pixels(white: white).cast(to: values.dtype)) }
}
