import Foundation

/// The regularized incomplete beta function Iₓ(a, b), by the continued fraction of DLMF 8.17.22.
enum IncompleteBeta {
  /// - Parameters:
  ///   - x: from 0 to 1.
  ///   - y: 1 − x, given apart so that neither end loses digits.
  static func regularized(_ a: Double, _ b: Double, x: Double, y: Double) -> Double {
    if x <= 0 { return 0 }
    if y <= 0 { return 1 }
    // The fraction converges fast on this side of the mean only; the other side is its mirror image.
    return x < (a + 1) / (a + b + 2) ? product(a, b, x, y) : 1 - product(b, a, y, x)
  }

  private static func product(_ a: Double, _ b: Double, _ x: Double, _ y: Double) -> Double {
    let logX = y < 0.5 ? log1p(-y) : log(x)
    let logY = x < 0.5 ? log1p(-x) : log(y)
    return exp(a * logX + b * logY - LogBeta.value(a, b) - log(a)) * fraction(a, b, x)
  }

  /// 1 / (1 + d₁ / (1 + d₂ / (1 + …))) by the modified method of Lentz.
  private static func fraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
    let tiny = 1e-300
    var c = 1.0
    var d = 1 - (a + b) * x / (a + 1)
    d = 1 / (d.magnitude < tiny ? tiny : d)
    var value = d
    // The number of terms grows with the root of the larger parameter; this covers 10¹² degrees of freedom.
    for step in 1...4_000_000 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      for coefficient in [even, odd] {
        d = 1 + coefficient * d
        d = 1 / (d.magnitude < tiny ? tiny : d)
        c = 1 + coefficient / c
        if c.magnitude < tiny { c = tiny }
        value *= c * d
      }
      if (c * d - 1).magnitude < 1e-16 { break }
    }
    return value
  }
}
