import Foundation

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
    // Abramowitz and Stegun 26.2.23 is good to 4.5e-4; three of Halley's steps take it to the last digits.
    let t = (-2 * log(tail)).squareRoot()
    var z = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
    for _ in 0..<3 {
      let step = (upperTail(z) - tail) / density(z)
      z += step / (1 - z * step / 2)
    }
    return z
  }

  /// The value below which a share `fraction` lies.
  static func quantile(_ fraction: Double) -> Double { -value(upperTail: fraction) }
}
