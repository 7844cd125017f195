extension AffineMap {
  /// The images seen through the maps, interpolated linearly between pixels' centres.
  ///
  /// As `scipy.ndimage.affine_transform` of order 1, with the centre of the image's own extents as the origin.
  /// - Parameter images: `[batch, height, width, channels]`, numbers of any type.
  /// - Returns: floating-point numbers, `float32` for integers.
  public func resample(_ images: Tensor, fill: FillMode) -> Tensor {
    images.sampled(through: .stack([yy, yx, y0, xy, xx, x0], axis: 1), fill: fill)
  }
}
