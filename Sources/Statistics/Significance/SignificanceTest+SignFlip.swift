extension SignificanceTest {
  /// The permutation test of paired differences: were the two methods alike, each difference could as well have had the
  /// other sign. The statistic is the mean difference. It assumes nothing about the distribution.
  ///
  /// Exact up to 32 nonzero differences; beyond, sampled with its standard error.
  ///
  /// - Parameters:
  ///   - differences: candidate minus baseline, one for each seed.
  ///   - resamples: how many sign choices to draw where there are too many to count.
  /// - Throws: `StatisticsError.empty`, `.notFinite`, `.outOfRange` for `resamples`.
  public static func signFlip(
    _ differences: [Double], resamples: Int = 10_000, seed: UInt64 = 0
  ) throws(StatisticsError) -> SignificanceTest {
    try Checks.finite(differences, "differences")
    try Checks.resamples(resamples)
    return SignFlipDistribution(differences)
      .test(.signFlip, statistic: Moments(differences).mean, resamples: resamples, seed: seed)
  }

  /// Wilcoxon's signed rank test (1945): the sign-flip test of the differences' ranks, less sensitive to single large
  /// differences. Zeros are dropped, ties share their mean rank; with ties it is still exact. The statistic is the
  /// smaller of the two rank sums.
  ///
  /// - Throws: as ``signFlip(_:resamples:seed:)``.
  public static func wilcoxon(
    _ differences: [Double], resamples: Int = 10_000, seed: UInt64 = 0
  ) throws(StatisticsError) -> SignificanceTest {
    try Checks.finite(differences, "differences")
    try Checks.resamples(resamples)
    let nonzero = differences.filter { $0 != 0 }
    let magnitudes = nonzero.map(\.magnitude)
    let ranks = Ranks(magnitudes, tolerance: SignFlipDistribution.tolerance * (magnitudes.max() ?? 0)).doubled
    let signed = zip(nonzero, ranks).map { $0 < 0 ? -Double($1) / 2 : Double($1) / 2 }
    let positive = signed.reduce(0) { $0 + Swift.max($1, 0) }
    let negative = signed.reduce(0) { $0 + Swift.max(-$1, 0) }
    return SignFlipDistribution(signed)
      .test(.wilcoxon, statistic: Swift.min(positive, negative), resamples: resamples, seed: seed)
  }
}
