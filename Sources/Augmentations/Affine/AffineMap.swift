/// For each image of a batch the affine map from the places of the result to those of the image, with the
/// image's centre as the origin: `(y', x') = (yy y + yx x + y0, xy y + xx x + x0)`.
///
/// Parameters are `[batch]`, in pixels. Matrices are those of Keras' `apply_affine_transform`, which is to say of
/// the inverse map that resampling needs.
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

  /// Rows are moved by the sine of the angle, columns shortened by its cosine.
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

  /// This map and then, on its result, `next`.
  public func then(_ next: AffineMap) -> AffineMap {
    AffineMap(
      yy: yy * next.yy + yx * next.xy, yx: yy * next.yx + yx * next.xx, y0: yy * next.y0 + yx * next.x0 + y0,
      xy: xy * next.yy + xx * next.xy, xx: xy * next.yx + xx * next.xx, x0: xy * next.y0 + xx * next.x0 + x0)
  }
}
