extension SignificanceTest {
  /// The test of Mann and Whitney (1947) for runs that don't share seeds: does one arm's run tend to be larger than
  /// the other's? The statistic is U, the number of pairs of runs in which the candidate's is the larger, ties counting
  /// half.
  ///
  /// Exact up to 50 runs in all, ties included; beyond, by the normal distribution with corrections for ties and
  /// continuity.
  ///
  /// - Throws: `StatisticsError.empty`, `.notFinite`.
  public static func mannWhitney(
    candidate: [Double], baseline: [Double]
  ) throws(StatisticsError) -> SignificanceTest {
    try Checks.finite(candidate, "candidate's values")
    try Checks.finite(baseline, "baseline's values")
    let ranks = Ranks(candidate + baseline)
    let (n, m) = (candidate.count, baseline.count)
    let rankSum = ranks.doubled[..<n].reduce(0, +)
    let u = Double(rankSum) / 2 - Double(n * (n + 1)) / 2
    let excess = u - Double(n * m) / 2
    guard n + m <= 50 else {
      return SignificanceTest(
        .mannWhitney, .approximate, p: normalP(excess: excess, ranks: ranks, n, m), shift: excess, statistic: u)
    }
    let sums = RankSums(ranks.doubled, chosen: n)
    return SignificanceTest(
      .mannWhitney, .exact, p: sums.p(of: rankSum), shift: excess, statistic: u, minimumP: sums.minimumP)
  }

  private static func normalP(excess: Double, ranks: Ranks, _ n: Int, _ m: Int) -> Double {
    let total = Double(n + m)
    let tied = ranks.ties.reduce(0) { $0 + Double($1) * Double($1) * Double($1) - Double($1) }
    let variance = Double(n) * Double(m) / 12 * (total + 1 - tied / (total * (total - 1)))
    guard variance > 0 else { return 1 }
    return 2 * StandardNormal.upperTail(Swift.max(excess.magnitude - 0.5, 0) / variance.squareRoot())
  }
}

/// How often each sum of ranks arises, over all choices of so many of them.
private struct RankSums {
  private let counts: [Double]
  private let total: Double

  init(_ ranks: [Int], chosen: Int) {
    let largest = ranks.reduce(0, +)
    var table = [[Double]](repeating: [Double](repeating: 0, count: largest + 1), count: chosen + 1)
    table[0][0] = 1
    var reached = 0
    for (index, rank) in ranks.enumerated() {
      reached += rank
      for size in stride(from: Swift.min(index + 1, chosen), through: 1, by: -1) {
        for sum in stride(from: reached, through: rank, by: -1) { table[size][sum] += table[size - 1][sum - rank] }
      }
    }
    counts = table[chosen]
    total = counts.reduce(0, +)
  }

  /// Twice the smaller tail, the observed sum included.
  func p(of sum: Int) -> Double {
    2 * Swift.min(counts[...sum].reduce(0, +), counts[sum...].reduce(0, +)) / total
  }

  /// That of the rarer of the two most extreme sums.
  var minimumP: Double {
    let ends = [counts.first { $0 > 0 }, counts.last { $0 > 0 }].compactMap(\.self)
    return Swift.min(1, 2 * (ends.min() ?? total) / total)
  }
}
