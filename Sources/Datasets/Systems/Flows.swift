#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Lorenz' equations (Lorenz 1963): `x' = σ(y - x)`, `y' = x(ρ - z) - y`, `z' = xy - βz`.
public struct Lorenz: Flow {
  public var sigma = 10.0
  public var rho = 28.0
  public var beta = 8.0 / 3
  public var step = 0.02
  public var start = [1.0, 1, 1]

  public init() {}

  public func slope(at p: [Double]) -> [Double] {
    [sigma * (p[1] - p[0]), p[0] * (rho - p[2]) - p[1], p[0] * p[1] - beta * p[2]]
  }

  public func slopeDerivative(at p: [Double], along v: [Double]) -> [Double] {
    [
      sigma * (v[1] - v[0]), v[0] * (rho - p[2]) - p[0] * v[2] - v[1],
      v[0] * p[1] + p[0] * v[1] - beta * v[2],
    ]
  }
}

/// Rössler's equations (Rössler 1976): `x' = -y - z`, `y' = x + ay`, `z' = b + z(x - c)`.
public struct Rossler: Flow {
  public var a = 0.2
  public var b = 0.2
  public var c = 5.7
  public var step = 0.1
  public var start = [-0.1, 0, 0.02]

  public init() {}

  public func slope(at p: [Double]) -> [Double] { [-p[1] - p[2], p[0] + a * p[1], b + p[2] * (p[0] - c)] }

  public func slopeDerivative(at p: [Double], along v: [Double]) -> [Double] {
    [-v[1] - v[2], v[0] + a * v[1], v[2] * (p[0] - c) + p[2] * v[0]]
  }
}

/// An electronic circuit with two scrolls, in dimensionless form (Chang et al. 1998; the numbers of Gauthier et al.
/// 2021), with the voltages V₁ and V₂ and the current I: `V₁' = V₁/R₁ - g(V₁ - V₂)`, `V₂' = g(V₁ - V₂) - I`, `I' = V₂ -
/// R₄I`, with `g(V) = V/R₂ + 2I_r·sinh(βV)`.
public struct DoubleScroll: Flow {
  public var r1 = 1.2
  public var r2 = 3.44
  public var r4 = 0.193
  /// 2I_r.
  public var current = 4.5e-5
  public var beta = 11.6
  public var step = 0.05
  public var start = [0.37926545, 0.058339, -0.08167691]

  public init() {}

  public func slope(at p: [Double]) -> [Double] {
    let difference = p[0] - p[1]
    let g = difference / r2 + current * sinh(beta * difference)
    return [p[0] / r1 - g, g - p[2], p[1] - r4 * p[2]]
  }

  public func slopeDerivative(at p: [Double], along v: [Double]) -> [Double] {
    let change = (v[0] - v[1]) * (1 / r2 + current * beta * cosh(beta * (p[0] - p[1])))
    return [v[0] / r1 - change, change - v[2], v[1] - r4 * v[2]]
  }
}

/// Chen's equations, an attractor with several scrolls (Chen and Ueta 1999): `x' = a(y - x)`, `y' = (c - a)x - xz +
/// cy`, `z' = xy - bz`.
public struct MultiScroll: Flow {
  public var a = 40.0
  public var b = 3.0
  public var c = 28.0
  public var step = 0.005
  public var start = [-0.1, 0.5, -0.6]

  public init() {}

  public func slope(at p: [Double]) -> [Double] {
    [a * (p[1] - p[0]), (c - a) * p[0] - p[0] * p[2] + c * p[1], p[0] * p[1] - b * p[2]]
  }

  public func slopeDerivative(at p: [Double], along v: [Double]) -> [Double] {
    [
      a * (v[1] - v[0]), (c - a) * v[0] - v[0] * p[2] - p[0] * v[2] + c * v[1],
      v[0] * p[1] + p[0] * v[1] - b * v[2],
    ]
  }
}

/// Rabinovich and Fabrikant's equations (1979): `x' = y(z - 1 + x²) + γx`, `y' = x(3z + 1 - x²) + γy`, `z' = -2z(α +
/// xy)`.
public struct RabinovichFabrikant: Flow {
  public var alpha = 1.1
  public var gamma = 0.89
  public var step = 0.01
  public var start = [-1.0, 0, 0.5]

  public init() {}

  public func slope(at p: [Double]) -> [Double] {
    [
      p[1] * (p[2] - 1 + p[0] * p[0]) + gamma * p[0], p[0] * (3 * p[2] + 1 - p[0] * p[0]) + gamma * p[1],
      -2 * p[2] * (alpha + p[0] * p[1]),
    ]
  }

  public func slopeDerivative(at p: [Double], along v: [Double]) -> [Double] {
    let square = p[0] * p[0]
    return [
      v[1] * (p[2] - 1 + square) + p[1] * (v[2] + 2 * p[0] * v[0]) + gamma * v[0],
      v[0] * (3 * p[2] + 1 - 3 * square) + 3 * p[0] * v[2] + gamma * v[1],
      -2 * v[2] * (alpha + p[0] * p[1]) - 2 * p[2] * (v[0] * p[1] + p[0] * v[1]),
    ]
  }
}

/// Lorenz' model of the atmosphere along a circle of latitude (Lorenz 1996): `x_i' = (x_(i+1) - x_(i-2))·x_(i-1) - x_i
/// + F`.
public struct Lorenz96: Flow {
  /// Sites on the circle, 4 or more.
  public var sites = 36
  /// F; chaotic from about 8.
  public var forcing = 8.0
  public var step = 0.01

  public init() {}

  /// F everywhere, but 0.01 more at the first site: where all are equal, nothing moves.
  public var start: [Double] { [forcing + 0.01] + [Double](repeating: forcing, count: max(4, sites) - 1) }

  public func slope(at x: [Double]) -> [Double] {
    around(x.count) { next, before, last, own in (x[next] - x[before]) * x[last] - x[own] + forcing }
  }

  public func slopeDerivative(at x: [Double], along v: [Double]) -> [Double] {
    around(x.count) { next, before, last, own in
      (v[next] - v[before]) * x[last] + (x[next] - x[before]) * v[last] - v[own]
    }
  }

  private func around(
    _ count: Int, _ value: (_ next: Int, _ before: Int, _ last: Int, _ own: Int) -> Double
  ) -> [Double] {
    (0..<count).map { value(($0 + 1) % count, ($0 + count - 2) % count, ($0 + count - 1) % count, $0) }
  }
}
