import Foundation

/// Student's t distribution, accurate to 1e-12.
public struct StudentT: Sendable, Hashable {
  public let degreesOfFreedom: Double

  /// - Parameter degreesOfFreedom: at least 0.1, whole or not; infinity for the normal distribution.
  /// - Throws: `StatisticsError.outOfRange`.
  public init(degreesOfFreedom: Double) throws(StatisticsError) {
    guard degreesOfFreedom >= 0.1 else {
      throw .outOfRange(option: "degreesOfFreedom", value: degreesOfFreedom, allowed: "0.1 or more")
    }
    self.degreesOfFreedom = degreesOfFreedom
  }

  init(unchecked degreesOfFreedom: Double) { self.degreesOfFreedom = degreesOfFreedom }

  /// The probability of a value of at most `t`.
  public func cumulative(_ t: Double) -> Double { t < 0 ? upperTail(-t) : 1 - upperTail(t) }

  /// The probability of a value of at least `t`: exact in relative terms where `1 - cumulative(t)` would be zero.
  public func upperTail(_ t: Double) -> Double {
    if t.isNaN { return t }
    if t < 0 { return 1 - upperTail(-t) }
    if isNormal { return StandardNormal.upperTail(t) }
    let (x, y) = shares(t)
    return 0.5 * IncompleteBeta.regularized(degreesOfFreedom / 2, 0.5, x: x, y: y)
  }

  /// The density at `t`.
  public func density(_ t: Double) -> Double {
    if isNormal { return StandardNormal.density(t) }
    let half = degreesOfFreedom / 2
    let exponent = -(half + 0.5) * log1p(t * t / degreesOfFreedom)
    return exp(exponent - LogBeta.value(half, 0.5)) / degreesOfFreedom.squareRoot()
  }

  /// The quantile of `fraction`.
  ///
  /// - Throws: `StatisticsError.outOfRange` unless `fraction` lies between 0 and 1; the ends give infinities.
  public func quantile(_ fraction: Double) throws(StatisticsError) -> Double {
    guard fraction >= 0, fraction <= 1 else {
      throw .outOfRange(option: "fraction", value: fraction, allowed: "from 0 to 1")
    }
    return fraction < 0.5 ? -value(upperTail: fraction) : value(upperTail: 1 - fraction)
  }

  /// Beyond this the difference from the normal distribution is below 1e-12.
  private var isNormal: Bool { degreesOfFreedom > 1e12 }

  /// ν / (ν + t²) and t² / (ν + t²).
  private func shares(_ t: Double) -> (Double, Double) {
    let square = t * t
    // The tail beyond is below 1e-15.
    guard square.isFinite else { return (0, 1) }
    return (degreesOfFreedom / (degreesOfFreedom + square), square / (degreesOfFreedom + square))
  }

  /// The probability of a value between 0 and `t` ≥ 0.
  private func central(_ t: Double) -> Double {
    let (x, y) = shares(t)
    return 0.5 * IncompleteBeta.regularized(0.5, degreesOfFreedom / 2, x: y, y: x)
  }
}

extension StudentT {
  /// The value that is exceeded with probability `tail`, from 0 to 1.
  func value(upperTail tail: Double) -> Double {
    if isNormal || tail <= 0 || tail >= 1 { return StandardNormal.value(upperTail: tail) }
    if tail > 0.5 { return -value(upperTail: 1 - tail) }
    if tail == 0.5 { return 0 }
    var bounds = bracket(tail)
    var t = Swift.min(Swift.max(StandardNormal.value(upperTail: tail), bounds.lower), bounds.upper)
    // Newton steps, on the logarithm of the tail far out and on the central probability near the middle. A step that
    // leaves the bracket is replaced by bisection.
    for _ in 0..<200 {
      let excess: Double
      let step: Double
      if tail < 0.25 {
        let here = upperTail(t)
        excess = here - tail
        step = t * exp(Swift.min(log(here / tail) * here / (t * density(t)), 700))
      } else {
        excess = (0.5 - tail) - central(t)
        step = t + excess / density(t)
      }
      if excess > 0 { bounds.lower = t } else { bounds.upper = t }
      let inside = step > bounds.lower && step < bounds.upper
      let next = inside ? step : bounds.lower + (bounds.upper - bounds.lower) / 2
      let settled = (next - t).magnitude <= 2e-16 * next
      t = next
      if settled { break }
    }
    return t
  }

  private func bracket(_ tail: Double) -> (lower: Double, upper: Double) {
    var upper = 1.0
    var lower = 0.0
    // Terminates: the tail is zero once squares overflow.
    while upperTail(upper) > tail {
      lower = upper
      upper *= 4
    }
    return (lower, upper)
  }
}

/// The normal distribution of mean 0 and variance 1.
enum StandardNormal {
  static func density(_ z: Double) -> Double { exp(-z * z / 2) / (2 * Double.pi).squareRoot() }

  static func cumulative(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

  /// The probability of a value of at least `z`.
  static func upperTail(_ z: Double) -> Double { 0.5 * erfc(z / 2.0.squareRoot()) }

  /// The value that is exceeded with probability `tail`.
  static func value(upperTail tail: Double) -> Double {
    if tail <= 0 { return .infinity }
    if tail >= 1 { return -.infinity }
    if tail > 0.5 { return -value(upperTail: 1 - tail) }
    // Abramowitz and Stegun 26.2.23 is accurate to 4.5e-4; three Halley steps give full precision.
    let t = (-2 * log(tail)).squareRoot()
    var z = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
    for _ in 0..<3 {
      let step = (upperTail(z) - tail) / density(z)
      z += step / (1 - z * step / 2)
    }
    return z
  }

  /// The quantile of `fraction`.
  static func quantile(_ fraction: Double) -> Double { -value(upperTail: fraction) }
}

/// The regularized incomplete beta function Iₓ(a, b), by the continued fraction of DLMF 8.17.22.
enum IncompleteBeta {
  /// - Parameters:
  ///   - x: from 0 to 1.
  ///   - y: 1 − x, passed separately so that neither end loses digits.
  static func regularized(_ a: Double, _ b: Double, x: Double, y: Double) -> Double {
    if x <= 0 { return 0 }
    if y <= 0 { return 1 }
    // The continued fraction converges fast on this side of the mean only; the other side follows by symmetry.
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
