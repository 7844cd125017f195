/// Lorenz' equations (1963), by the classical Runge-Kutta method of fourth order.
public struct Lorenz: Sendable, Hashable {
  public var sigma = 10.0
  public var rho = 28.0
  public var beta = 8.0 / 3
  /// Time a step, which is a value of the series.
  public var step = 0.02
  public var skipped = 1000
  public var start = [1.0, 1, 1]

  public init() {}

  /// `count` points, x, y and z of each.
  public func series(_ count: Int) -> [Double] {
    func slope(_ p: SIMD4<Double>) -> SIMD4<Double> {
      [sigma * (p.y - p.x), p.x * (rho - p.z) - p.y, p.x * p.y - beta * p.z, 0]
    }
    var point = SIMD4(start.first ?? 1, start.dropFirst().first ?? 1, start.dropFirst(2).first ?? 1, 0)
    var values: [Double] = []
    for index in 0..<count + skipped {
      if index >= skipped { values += [point.x, point.y, point.z] }
      let k1 = slope(point)
      let k2 = slope(point + 0.5 * step * k1)
      let k3 = slope(point + 0.5 * step * k2)
      let k4 = slope(point + step * k3)
      point += step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    }
    return values
  }
}
