/// Images seen through affine maps.
extension Tensor {
  /// The images seen through a map each, interpolated linearly between pixels' centres, as
  /// `scipy.ndimage.affine_transform` of order 1 does with the middle of the image as the origin.
  ///
  /// Result `(y, x)` is the image at `(m0 y + m1 x + m2, m3 y + m4 x + m5)`.
  /// - Parameters:
  ///   - maps: floating-point numbers `[batch…, 6]`, in pixels; this tensor is `[batch…, height, width, channels]`.
  ///   - fill: what lies outside.
  /// - Returns: floating-point numbers, `float32` for integers.
  public func sampled(
    through maps: Tensor, fill: FillMode = .nearest, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    Tensor(AffineSampling(fill: fill), [self, maps], file: file, line: line)
  }
}
