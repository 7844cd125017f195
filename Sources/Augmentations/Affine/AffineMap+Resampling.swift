extension AffineMap {
  /// Coordinates this close to an edge are on it for ``FillMode/constant(_:)``: sine and cosine of a right angle
  /// aren't exact.
  private static let tolerance = 1e-4

  /// The images seen through the maps, interpolated linearly between pixels' centres.
  ///
  /// As `scipy.ndimage.affine_transform` of order 1, with the centre of the image's own extents as the origin.
  /// - Parameter images: `[batch, height, width, channels]`, numbers of any type.
  /// - Returns: floating-point numbers, `float32` for integers.
  public func resample(_ images: Tensor, fill: FillMode) -> Tensor {
    if let diagnostic = images.diagnostic { return .failed(diagnostic) }
    let (count, height, width) = (images.shape[0], images.shape[1], images.shape[2])
    let plane: Shape = [count, height, width]
    func each(_ parameter: Tensor) -> Tensor { parameter.reshape(to: [count, 1, 1]).broadcast(to: plane) }
    let centre = (y: Double(height - 1) / 2, x: Double(width - 1) / 2)
    let y = Tensor.iota(plane, axis: 1, dtype: .float32) - centre.y
    let x = Tensor.iota(plane, axis: 2, dtype: .float32) - centre.x
    let row = Axis(each(yy) * y + each(yx) * x + each(y0) + centre.y, count: height, fill)
    let column = Axis(each(xy) * y + each(xx) * x + each(x0) + centre.x, count: width, fill)

    let pixels = images.reshape(to: [count * height * width, images.shape[3]])
    let dtype = images.dtype.isFloatingPoint ? images.dtype : .float32
    let first = Tensor.iota(plane, dtype: .int32) * Double(height * width)
    func take(_ y: Tensor, _ x: Tensor) -> Tensor {
      pixels.take(first + y * Double(width) + x).cast(to: dtype)
    }
    let down = row.fraction.expand(at: -1).cast(to: dtype)
    let right = column.fraction.expand(at: -1).cast(to: dtype)
    func across(_ y: Tensor) -> Tensor {
      let left = take(y, column.low)
      return left + (take(y, column.high) - left) * right
    }
    let top = across(row.low)
    let result = top + (across(row.high) - top) * down
    guard case .constant(let value) = fill else { return result }
    let inside = (row.isInside .& column.isInside).expand(at: -1).broadcast(to: result.shape)
    return Tensor.select(inside, result, Tensor(value, like: result))
  }

  /// Where between two pixels of an axis each place of the result lies.
  private struct Axis {
    let (low, high): (Tensor, Tensor)
    let fraction: Tensor
    let isInside: Tensor

    init(_ coordinate: Tensor, count: Int, _ fill: FillMode) {
      let last = Double(count - 1)
      isInside = (coordinate .>= -AffineMap.tolerance) .& (coordinate .<= last + AffineMap.tolerance)
      let mapped: Tensor
      switch fill {
      case .nearest, .constant: mapped = coordinate.clamped(to: 0...last)
      case .wrap:
        let turns = (coordinate * (1 / Swift.max(last, 1))).floor()
        let wrapped = coordinate - turns * last
        mapped = Tensor.select(isInside, coordinate, wrapped).clamped(to: 0...last)
      case .reflect: mapped = coordinate
      }
      let floor = mapped.floor()
      fraction = mapped - floor
      func index(_ tap: Tensor) -> Tensor {
        guard case .reflect = fill else { return tap.clamped(to: 0...last).cast(to: .int32) }
        let period = Double(2 * count)
        let within = tap - (tap * (1 / period)).floor() * period
        return within.minimum(period - 1 - within).clamped(to: 0...last).cast(to: .int32)
      }
      (low, high) = (index(floor), index(floor + 1))
    }
  }
}
