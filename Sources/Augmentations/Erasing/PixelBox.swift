/// A rectangle of pixels for each image, each end `[batch]` and excluded at the bottom and the right.
struct PixelBox {
  let (top, bottom): (Tensor, Tensor)
  let (left, right): (Tensor, Tensor)

  /// Whether pixels are inside, `bool [batch, height, width, 1]`.
  func mask(_ size: ImageShape) -> Tensor {
    func inside(_ low: Tensor, _ high: Tensor, _ count: Int) -> Tensor {
      let index = Tensor.iota([low.shape[0], count], axis: 1, dtype: low.dtype)
      return (index .>= low.expand(at: -1)) .& (index .< high.expand(at: -1))
    }
    let rows = inside(top, bottom, size.height).reshape(to: [top.shape[0], size.height, 1, 1])
    let columns = inside(left, right, size.width).reshape(to: [left.shape[0], 1, size.width, 1])
    return rows .& columns
  }

  /// The box of `height` x `width` around a centre, cut off at the image's edges.
  static func around(y: Tensor, x: Tensor, height: Tensor, width: Tensor, in size: ImageShape) -> PixelBox {
    func ends(_ centre: Tensor, _ extent: Tensor, _ count: Int) -> (Tensor, Tensor) {
      let low = centre - (extent * 0.5).floor()
      return (low.clamped(to: 0...Double(count)), (low + extent).clamped(to: 0...Double(count)))
    }
    let (top, bottom) = ends(y, height, size.height)
    let (left, right) = ends(x, width, size.width)
    return PixelBox(top: top, bottom: bottom, left: left, right: right)
  }
}
