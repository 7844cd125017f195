/// A shape around the origin, within the square from -1 to 1.
enum PictureShape: String, CaseIterable {
  case disc, ring, square, frame, triangle, cross, bar, dots, crescent, checkers

  /// How far a point lies inside, negative outside; near the edge about the distance to it.
  func depth(_ x: Float, _ y: Float) -> Float {
    let radius = (x * x + y * y).squareRoot()
    let reach = max(x.magnitude, y.magnitude)
    switch self {
    case .disc: return 0.85 - radius
    case .ring: return 0.2 - (radius - 0.7).magnitude
    case .square: return 0.78 - reach
    case .frame: return 0.17 - (reach - 0.65).magnitude
    // The half-planes below and beside two slopes of 60 degrees.
    case .triangle: return min(0.55 - y, 0.45 + y * 0.5 - x.magnitude * 0.866)
    case .cross: return max(min(0.25 - x.magnitude, 0.9 - y.magnitude), min(0.25 - y.magnitude, 0.9 - x.magnitude))
    case .bar: return min(0.28 - x.magnitude, 0.9 - y.magnitude)
    case .dots: return 0.4 - ((x.magnitude - 0.5) * (x.magnitude - 0.5) + y * y).squareRoot()
    case .crescent: return min(0.85 - radius, ((x - 0.45) * (x - 0.45) + y * y).squareRoot() - 0.65)
    case .checkers: return min(0.85 - reach, x * y > 0 ? min(x.magnitude, y.magnitude) : -min(x.magnitude, y.magnitude))
    }
  }
}
