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

  /// The value below which a share `fraction` lies.
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
    // So far out the tail is below 1e-15.
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
    // Newton's steps, on the logarithm of the tail where it is far out and on the central probability near the middle;
    // a step that leaves the bracket is replaced by a bisection.
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
    // Ends, for where squares overflow the tail is zero.
    while upperTail(upper) > tail {
      lower = upper
      upper *= 4
    }
    return (lower, upper)
  }
}
