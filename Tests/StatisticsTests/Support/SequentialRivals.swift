import Foundation

@testable import Statistics

/// Sequential tests of the same null hypothesis that `SequentialDesign` was chosen over, for the table in
/// docs/statistics.md.
enum SequentialRivals {
  /// Log e-values of bets on signs, mixed over the probability of a plus by Beta(1, 1).
  static func signs(_ differences: [Double]) -> [Double] {
    var (plus, minus) = (0.0, 0.0)
    return differences.map { difference in
      if difference > 0 { plus += 1 } else if difference < 0 { minus += 1 }
      return lgamma(plus + 1) + lgamma(minus + 1) - lgamma(plus + minus + 2) + (plus + minus) * log(2)
    }
  }

  /// Log e-values of the self-normalized supermartingale of de la Peña ("A general class of exponential inequalities
  /// for martingales and ratios", 1999), exp(λS − λ²V/2), mixed over λ by a normal distribution of a variance.
  static func normalMixture(_ differences: [Double], variance: Double) -> [Double] {
    var (sum, squares) = (0.0, 0.0)
    return differences.map { difference in
      sum += difference
      squares += difference * difference
      let precision = 1 / variance
      return 0.5 * log(precision / (precision + squares)) + sum * sum / (2 * (precision + squares))
    }
  }

  /// Log e-values of exp(λx) / cosh(λx), whose mean is exactly 1 for symmetric x (Koning, "Online permutation tests",
  /// 2023, https://arxiv.org/abs/2310.01153), mixed over λ of both signs.
  static func exactMixture(_ differences: [Double]) -> [Double] {
    let rates = (0..<16).map { 0.25 * pow(16, Double($0) / 15) }.flatMap { [$0, -$0] }
    var logs = [Double](repeating: 0, count: rates.count)
    return differences.map { difference in
      for (index, rate) in rates.enumerated() { logs[index] += log(2) - log1p(exp(-2 * rate * difference)) }
      let largest = logs.max() ?? 0
      return largest + log(logs.reduce(0) { $0 + exp($1 - largest) } / Double(logs.count))
    }
  }

  /// Differences divided by the root mean square up to and including each: a scale that the signs don't enter.
  static func scaled(_ differences: [Double]) -> [Double] {
    var squares = 0.0
    return differences.enumerated().map { index, difference in
      squares += difference * difference
      return squares > 0 ? difference / (squares / Double(index + 1)).squareRoot() : 0
    }
  }

  /// Signed ranks among the magnitudes up to and including each, as fractions.
  static func ranked(_ differences: [Double]) -> [Double] {
    differences.enumerated().map { index, difference in
      let earlier = differences[...index].map(\.magnitude)
      let rank =
        Double(earlier.count { $0 < difference.magnitude })
        + (Double(earlier.count { $0 == difference.magnitude }) + 1) / 2
      return (difference > 0 ? 1 : difference < 0 ? -1 : 0) * rank / Double(index + 1)
    }
  }

  /// The number of seeds at which e-values reach 1/alpha; nil if they don't.
  static func stop(_ logs: [Double], alpha: Double) -> Int? {
    logs.firstIndex { $0 >= -log(alpha) }.map { $0 + 1 }
  }

  /// Where a group-sequential sign-flip test with any spending function stops, at one level of alpha.
  static func groupSequential(
    _ differences: [Double], maximum: Int, first: Int, alpha: Double, spending: (Double) -> Double
  ) -> Int? {
    let code = SignFlipLooks.Code.standard
    let used = differences.map { Int(($0 * 0x1p30).rounded()) }
    let words = 1 << code.bits
    // Two-sided: a path and its mirror are one.
    var sums = [Int](repeating: 0, count: words)
    var isAlive = [Bool](repeating: true, count: words)
    var (column, rejected) = (1, 0)
    for (index, difference) in used.enumerated() {
      for word in 0..<words { sums[word] += (word & column).nonzeroBitCount & 1 == 1 ? -difference : difference }
      column = code.next(column)
      guard index + 1 >= first else { continue }
      let room = Int(spending(Double(index + 1) / Double(maximum)) * alpha * Double(words)) - rejected
      guard room > 0 else { continue }
      let alive = (0..<words).filter { isAlive[$0] }
      // Ties with the first path that there is no room for stay.
      let limit = alive.map { abs(sums[$0]) }.sorted()[alive.count - 1 - room]
      for word in alive where abs(sums[word]) > limit {
        isAlive[word] = false
        rejected += 1
      }
      if !isAlive[0] { return index + 1 }
    }
    return nil
  }

  /// Where the test of `SequentialDesign` stops, without computing what follows.
  static func chosen(
    _ differences: [Double], design: SequentialDesign, alpha: Double, code: SignFlipLooks.Code = .standard
  ) -> Int? {
    var (above, below) = (SignFlipLooks(design, code: code), SignFlipLooks(design, code: code))
    for (index, difference) in differences.enumerated() {
      above.append(difference)
      below.append(-difference)
      if 2 * min(above.p, below.p) <= alpha { return index + 1 }
    }
    return nil
  }
}
