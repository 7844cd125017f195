/// The shapes of points: a second sign beside the colour.
enum Marker {
  /// The outline of the marker at `slot`, of about the same area for all shapes.
  static func path(slot: Int, at center: Pixel, radius: Double) -> String {
    let (x, y, r) = (center.x, center.y, radius)
    func polygon(_ corners: [(Double, Double)]) -> String {
      "M" + corners.map { Markup.number(x + $0.0 * r) + " " + Markup.number(y + $0.1 * r) }.joined(separator: "L") + "Z"
    }
    switch slot % 6 {
    case 1: return polygon([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)])
    case 2: return polygon([(0, -1.25), (1.2, 0.85), (-1.2, 0.85)])
    case 3: return diamond(at: center, radius: radius)
    case 4: return polygon([(0, 1.25), (1.2, -0.85), (-1.2, -0.85)])
    case 5:
      let (a, b) = (0.42, 1.2)
      return polygon([
        (-a, -b), (a, -b), (a, -a), (b, -a), (b, a), (a, a), (a, b), (-a, b), (-a, a), (-b, a), (-b, -a), (-a, -a),
      ])
    default:
      let n = Markup.number
      return "M\(n(x - r)) \(n(y))a\(n(r)) \(n(r)) 0 1 0 \(n(2 * r)) 0a\(n(r)) \(n(r)) 0 1 0 \(n(-2 * r)) 0Z"
    }
  }

  static func diamond(at center: Pixel, radius: Double) -> String {
    let n = Markup.number
    let (x, y, r) = (center.x, center.y, radius * 1.3)
    return "M\(n(x)) \(n(y - r))L\(n(x + r)) \(n(y))L\(n(x)) \(n(y + r))L\(n(x - r)) \(n(y))Z"
  }
}
