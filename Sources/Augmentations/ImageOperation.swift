import Configuration

/// An operation that augmentation policies choose per image. What its magnitude means stands beside it.
enum ImageOperation: Int, CaseIterable, Sendable {
  case identity
  /// Tangent of the angle, from the image's upper left corner.
  case shearX, shearY
  /// Pixels, of which the whole ones count; the content moves right or down.
  case translateX, translateY
  /// Degrees, counter-clockwise.
  case rotate
  /// The factor minus 1, of the distance from black, from gray, from the mean gray, and from the smoothed image.
  case brightness, color, contrast, sharpness
  /// How many bits remain.
  case posterize
  /// The level from which on pixels are inverted.
  case solarize
  /// These have none.
  case autoContrast, equalize, invert
}

/// How a resampled pixel follows from those around its place.
public enum Interpolation: String, Sendable, Hashable, CaseIterable {
  /// The nearest one, as torchvision's policies are by default.
  case nearest
  /// The four around it, weighted.
  case linear
}

/// How policies resample images.
struct Resampling: Sendable, Hashable {
  var interpolation: Interpolation
  /// The level outside of the image.
  var fill: Double = 0

  static let settings = [
    Setting("interpolation", \Resampling.interpolation, .word, "how shifted, turned and sheared images are resampled"),
    Setting("fill", \.fill, .number(in: 0...255), "the level outside of the image, where white is 255"),
  ]

  func callAsFunction(_ levels: Tensor, _ map: AffineMap) -> Tensor {
    switch interpolation {
    case .nearest: return map.nearest(levels, fill: fill)
    case .linear:
      // One pixel of the fill around the image, into which its edge fades, as torchvision's does.
      let (height, width) = (levels.shape[1], levels.shape[2])
      let framed = levels.pad([(0, 0), (1, 1), (1, 1), (0, 0)], with: fill)
      return map.resample(framed, fill: .constant(fill)).slice(1..<height + 1, axis: 1).slice(1..<width + 1, axis: 2)
        .rounded()
    }
  }
}

/// For each image of a batch an operation and its magnitude.
struct ChosenOperations {
  /// Raw values of ``ImageOperation``, `int32 [batch]`.
  let operation: Tensor
  /// `float32 [batch]`
  let magnitude: Tensor

  /// Levels `[batch, height, width, channels]` after each image's operation, which is one of `candidates`.
  ///
  /// Every operation is of one of three kinds, and those of a kind share their work: a blend with another image, of which
  /// the others are one with nothing; a change of levels; and a resampling, of which the others are one by the
  /// identity.
  func callAsFunction(_ levels: Tensor, among candidates: Set<ImageOperation>, _ resampling: Resampling) -> Tensor {
    let zero = magnitude.zerosLike()
    func isChosen(_ operation: ImageOperation) -> Tensor { self.operation .== Double(operation.rawValue) }
    func amount(_ operation: ImageOperation) -> Tensor {
      candidates.contains(operation) ? Tensor.select(isChosen(operation), magnitude, zero) : zero
    }
    func replacing(_ x: Tensor, _ others: [(ImageOperation, Tensor)]) -> Tensor {
      others.filter { candidates.contains($0.0) }.reduce(x) { x, other in
        Tensor.select(isChosen(other.0).perImage, other.1, x)
      }
    }
    let size = (height: levels.shape[1], width: levels.shape[2])
    func whole(_ x: Tensor) -> Tensor { x.cast(to: .int32).cast(to: x.dtype) }
    let map = AffineMap.rotation(degrees: amount(.rotate))
      .then(.skew(right: amount(.shearX), down: amount(.shearY), height: size.height, width: size.width))
      .then(.shift(down: -whole(amount(.translateY)), right: -whole(amount(.translateX))))
    // An image is resampled or changed, but not both: all but the result is computed of the images as they were, which are
    // in memory.
    let resampled = resampling(levels, map)
    var ends: [(ImageOperation, Tensor)] = [
      (.brightness, levels.zerosLike()), (.contrast, levels.meanGray), (.sharpness, levels.smoothed()),
    ]
    if levels.shape[3] == 3 { ends.append((.color, levels.gray)) }
    let excess = ends.map { amount($0.0) }.reduce(zero, +)
    return replacing(
      resampled.blended(with: replacing(resampled, ends), excess: excess),
      [
        (.posterize, levels.posterized(bits: magnitude)), (.solarize, levels.solarized(threshold: magnitude)),
        (.autoContrast, levels.stretched()), (.equalize, levels.equalized()), (.invert, levels.inverted()),
      ])
  }
}
