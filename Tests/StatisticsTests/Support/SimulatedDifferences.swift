import Foundation

@testable import Statistics

/// Kinds of paired differences to simulate, the spread about 1.
enum SimulatedDifferences: String, CaseIterable {
  case normal
  /// Student's t with two degrees of freedom: the variance is infinite.
  case heavyTailed = "heavy-tailed"
  /// Half steps, with zeros and ties.
  case discrete
  /// Exponential: symmetric about nothing.
  case skewed
  /// The difference of two exponential values: however skewed they are, it is symmetric.
  case skewedValues = "of skewed values"
  case cauchy = "Cauchy"

  /// - Parameter effect: the mean, or for heavy tails the median, in standard deviations (for heavy tails 1.4).
  func take(_ count: Int, effect: Double = 0, from draws: inout NormalDraws) -> [Double] {
    func exponential() -> Double { -log(StandardNormal.upperTail(draws.next())) }
    return (0..<count).map { _ in
      switch self {
      case .normal: return effect + draws.next()
      case .heavyTailed: return 1.4 * effect + draws.next() / exponential().squareRoot()
      case .discrete: return (2 * (effect + draws.next())).rounded() / 2
      case .skewed: return effect + exponential() - 1
      case .skewedValues: return effect + exponential() - exponential()
      case .cauchy: return effect + draws.next() / draws.next().magnitude
      }
    }
  }
}
