@testable import Statistics

/// Repeatable standard normal numbers.
struct NormalDraws {
  private var random: Philox

  init(_ seed: UInt64) { random = Philox(seed: seed, stream: 99) }

  mutating func next() -> Double {
    StandardNormal.quantile((Double(random.next() >> 11) + 0.5) / 9_007_199_254_740_992)
  }

  mutating func take(_ count: Int, mean: Double = 0) -> [Double] { (0..<count).map { _ in mean + next() } }
}
