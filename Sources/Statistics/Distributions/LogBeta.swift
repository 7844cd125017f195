import Foundation

/// The logarithm of Euler's beta function.
enum LogBeta {
  /// ln B(a, b) for a, b > 0. The leading terms of Stirling's formula cancel by algebra rather than by subtraction, so
  /// that large arguments keep their digits.
  static func value(_ a: Double, _ b: Double) -> Double {
    let (small, large) = a < b ? (a, b) : (b, a)
    return stirlingError(small) + stirlingError(large) - stirlingError(small + large)
      + 0.5 * log(2 * Double.pi) - 0.5 * log(small)
      - (large - 0.5) * log1p(small / large) + small * log(small / (small + large))
  }

  /// ln Γ(x) minus (x − ½) ln x − x + ½ ln 2π, for x > 0.
  private static func stirlingError(_ x: Double) -> Double {
    let shift = 12.0
    if x >= shift { return series(x) }
    // Γ(x) = Γ(x + n) / (x (x + 1) … (x + n − 1)), with n such that the series converges.
    var product = 1.0
    var shifted = x
    while shifted < shift {
      product *= shifted
      shifted += 1
    }
    return series(shifted) + (shifted - 0.5) * log(shifted) - log(product) - (x - 0.5) * log(x) - (shifted - x)
  }

  /// Stirling's series, DLMF 5.11.1: the sum of B₂ₖ / (2k (2k − 1) x²ᵏ⁻¹).
  private static func series(_ x: Double) -> Double {
    let inverseSquare = 1 / (x * x)
    let inverses: [Double] = [12, -360, 1260, -1680, 1188, -360_360 / 691, 156]
    return inverses.reversed().reduce(0) { sum, inverse in sum * inverseSquare + 1 / inverse } / x
  }
}
