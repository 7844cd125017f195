import Configuration

/// An augmentation that resamples images by an affine map.
public protocol AffineAugmentation: Augmentation {
  /// The fill outside of the image; nil for maps that never sample there.
  var fill: FillMode? { get }
  /// A batch's maps, drawn from a key.
  func map(_ count: Int, _ size: ImageShape, key: Key) -> AffineMap
}

extension AffineAugmentation {
  public func callAsFunction(_ batch: ImageBatch, key: Key) -> ImageBatch {
    var sequence = AffineSequence()
    sequence.append(self, batch, key: key)
    return sequence.flush(batch)
  }
}

/// Pending affine augmentations, to be composed into one resampling.
struct AffineSequence {
  private var map: AffineMap?
  private var fill: FillMode?
  /// The images to flip if nothing but flips is pending: they need no interpolation.
  private var flips: [(condition: Tensor, axis: Int)]? = []

  func accepts(_ next: any AffineAugmentation) -> Bool { fill == nil || next.fill == nil || fill == next.fill }

  mutating func append(_ next: any AffineAugmentation, _ batch: ImageBatch, key: Key) {
    fill = fill ?? next.fill
    let own: AffineMap
    if let flip = next as? any FlipAugmentation {
      let condition = batch.draw { flip.condition($0, key: key) }
      flips?.append((condition, flip.axis))
      own = flip.map(condition)
    } else {
      flips = nil
      own =
        batch.devices.map { next.map(batch.count * $0.count, batch.size, key: key).rows(of: $0) }
        ?? next.map(batch.count, batch.size, key: key)
    }
    map = map?.then(own) ?? own
  }

  /// The batch with the pending augmentations applied.
  mutating func flush(_ batch: ImageBatch) -> ImageBatch {
    defer { self = AffineSequence() }
    if let flips {
      return batch.with(
        images: flips.reduce(batch.images) { images, flip in
          Tensor.select(flip.condition.perImage.broadcast(to: images.shape), images.reverse([flip.axis]), images)
        })
    }
    guard let map else { return batch }
    return batch.with(images: map.resample(batch.images, fill: fill ?? .nearest))
  }
}

/// For each image of a batch the affine map from coordinates of the result to coordinates of the image, with the
/// image's centre as the origin: `(y', x') = (yy y + yx x + y0, xy y + xx x + x0)`.
///
/// Parameters are `[batch]`, in pixels. Matrices are those of Keras' `apply_affine_transform`: of the inverse map,
/// which resampling needs.
public struct AffineMap: Sendable {
  var (yy, yx, y0): (Tensor, Tensor, Tensor)
  var (xy, xx, x0): (Tensor, Tensor, Tensor)

  private init(yy: Tensor, yx: Tensor, y0: Tensor, xy: Tensor, xx: Tensor, x0: Tensor) {
    (self.yy, self.yx, self.y0) = (yy, yx, y0)
    (self.xy, self.xx, self.x0) = (xy, xx, x0)
  }

  /// Counter-clockwise rotation.
  public static func rotation(degrees: Tensor) -> AffineMap {
    let angle = degrees * (Double.pi / 180)
    let (cosine, sine, zero) = (angle.cos(), angle.sin(), angle.zerosLike())
    return AffineMap(yy: cosine, yx: sine, y0: zero, xy: -sine, xx: cosine, x0: zero)
  }

  /// `result[y, x] = image[y + down, x + right]`: a positive shift moves the content up and left.
  public static func shift(down: Tensor, right: Tensor) -> AffineMap {
    let (zero, one) = (down.zerosLike(), down.onesLike())
    return AffineMap(yy: one, yx: zero, y0: down, xy: zero, xx: one, x0: right)
  }

  /// Rows are shifted by the sine of the angle, columns scaled by its cosine.
  public static func shear(degrees: Tensor) -> AffineMap {
    let angle = degrees * (Double.pi / 180)
    let (zero, one) = (angle.zerosLike(), angle.onesLike())
    return AffineMap(yy: angle.cos(), yx: zero, y0: zero, xy: -angle.sin(), xx: one, x0: zero)
  }

  /// Factors above 1 show more of the image, smaller ones less.
  public static func zoom(vertical: Tensor, horizontal: Tensor) -> AffineMap {
    let zero = vertical.zerosLike()
    return AffineMap(yy: vertical, yx: zero, y0: zero, xy: zero, xx: horizontal, x0: zero)
  }

  /// Rows are shifted right by `right` times their distance from the image's upper edge, and columns down by `down` times
  /// theirs from the left edge.
  static func skew(right: Tensor, down: Tensor, height: Int, width: Int) -> AffineMap {
    let one = right.onesLike()
    return AffineMap(
      yy: one, yx: down, y0: down * (Double(width) / 2), xy: right, xx: one, x0: right * (Double(height) / 2))
  }

  /// The maps of this device's images.
  func rows(of devices: DeviceAxis) -> AffineMap {
    let own = devices.rows(of: .stack([yy, yx, y0, xy, xx, x0], axis: 1))
    func column(_ index: Int) -> Tensor { own.slice(index..<index + 1, axis: 1).squeeze(1) }
    return AffineMap(yy: column(0), yx: column(1), y0: column(2), xy: column(3), xx: column(4), x0: column(5))
  }

  /// This map followed by `next`.
  public func then(_ next: AffineMap) -> AffineMap {
    AffineMap(
      yy: yy * next.yy + yx * next.xy, yx: yy * next.yx + yx * next.xx, y0: yy * next.y0 + yx * next.x0 + y0,
      xy: xy * next.yy + xx * next.xy, xx: xy * next.yx + xx * next.xx, x0: xy * next.y0 + xx * next.x0 + x0)
  }
}

extension AffineMap {
  /// The images resampled through the maps, by linear interpolation between pixel centres.
  ///
  /// As `scipy.ndimage.affine_transform` of order 1, with the centre of the image's own extents as the origin.
  /// - Parameter images: `[batch, height, width, channels]`, numbers of any type.
  /// - Returns: floating-point numbers, `float32` for integers.
  public func resample(_ images: Tensor, fill: FillMode) -> Tensor {
    images.sampled(through: .stack([yy, yx, y0, xy, xx, x0], axis: 1), fill: fill)
  }

  /// The images' nearest pixels, and `fill` outside, which begins at the outermost pixels' edges.
  /// - Parameter images: `[batch, height, width, channels]`
  func nearest(_ images: Tensor, fill: Double) -> Tensor {
    if let diagnostic = images.diagnostic { return .failed(diagnostic) }
    let (count, height, width) = (images.shape[0], images.shape[1], images.shape[2])
    let middle = (y: Double(height - 1) / 2, x: Double(width - 1) / 2)
    let y = Tensor.iota([1, height, 1], axis: 1, dtype: .float32) - middle.y
    let x = Tensor.iota([1, 1, width], axis: 2, dtype: .float32) - middle.x
    func each(_ parameter: Tensor) -> Tensor { parameter.reshape(to: [count, 1, 1]) }
    let row = (each(yy) * y + each(yx) * x + each(y0) + middle.y).rounded()
    let column = (each(xy) * y + each(xx) * x + each(x0) + middle.x).rounded()
    func isInside(_ place: Tensor, _ extent: Int) -> Tensor { (place .>= 0) .& (place .< Double(extent)) }
    func index(_ place: Tensor, _ extent: Int) -> Tensor { place.clamped(to: 0...Double(extent - 1)).cast(to: .int32) }
    let first = Tensor.iota([count, 1, 1]) * Double(height * width)
    let places = first + index(row, height) * Double(width) + index(column, width)
    let moved = images.reshape(to: [count * height * width, images.shape[3]]).take(places)
    return moved.replaced(where: .!(isInside(row, height) .& isInside(column, width)).expand(at: -1), by: fill)
  }
}

extension FillMode {
  private enum Word: String, CaseIterable {
    case nearest, reflect, wrap, constant
  }

  private var word: Word {
    switch self {
    case .nearest: .nearest
    case .reflect: .reflect
    case .wrap: .wrap
    case .constant: .constant
    }
  }

  private var value: Double { if case .constant(let value) = self { value } else { 0 } }

  /// The settings of an augmentation that fills what lies outside of the image.
  static let settings: [Setting<FillMode>] = [
    .custom(
      "fill", Word.allCases.map(\.rawValue).joined(separator: ", "), "fill outside of the image",
      read: { (mode, options) throws(ConfigurationError) in
        switch try options.oneOf("fill", default: mode.word) {
        case .nearest: mode = .nearest
        case .reflect: mode = .reflect
        case .wrap: mode = .wrap
        case .constant: mode = .constant(mode.value)
        }
      },
      write: { .text($0.word.rawValue) }),
    .custom(
      "fillValue", "a number", "value of the fill 'constant', in the data set's units",
      read: { (mode, options) throws(ConfigurationError) in
        let origin = options.origin(of: "fillValue")
        let value = try options.number("fillValue", default: mode.value, in: -1e30...1e30)
        if mode.word == .constant {
          mode = .constant(value)
        } else if value != 0 {
          throw .outOfRange(
            key: "fillValue", value: OptionValue.number(value).description, range: "left out unless fill is constant",
            origin: origin)
        }
      },
      write: { .number($0.value) }),
  ]
}
