extension SignificanceTest {
  /// Student's paired t test. It presumes that differences are about normally distributed.
  ///
  /// - Throws: `StatisticsError.empty`, `.notFinite`, `.tooFewValues` below two differences.
  public static func pairedT(_ differences: [Double]) throws(StatisticsError) -> SignificanceTest {
    try Checks.finite(differences, "differences")
    if differences.count < 2 { throw .tooFewValues(what: "differences", needed: 2, found: differences.count) }
    return t(.pairedT, MeanDifference(differences))
  }

  /// Welch's t test (1947) for runs that don't share seeds, with variances that may differ.
  ///
  /// - Throws: `StatisticsError.empty`, `.notFinite`, `.tooFewValues` below two runs of an arm.
  public static func welchT(candidate: [Double], baseline: [Double]) throws(StatisticsError) -> SignificanceTest {
    try Checks.finite(candidate, "candidate's values")
    try Checks.finite(baseline, "baseline's values")
    for (what, values) in [("candidate's values", candidate), ("baseline's values", baseline)] where values.count < 2 {
      throw .tooFewValues(what: what, needed: 2, found: values.count)
    }
    return t(.welchT, MeanDifference(candidate: candidate, baseline: baseline))
  }

  private static func t(_ kind: Kind, _ gap: MeanDifference) -> SignificanceTest {
    // Without spread the statistic is infinite, or undefined if there is no difference either.
    let statistic = gap.difference == 0 ? 0 : gap.difference / gap.standardError
    return SignificanceTest(
      kind, .approximate, p: 2 * StudentT(unchecked: gap.degreesOfFreedom).upperTail(statistic.magnitude),
      shift: gap.difference, statistic: statistic, degreesOfFreedom: gap.degreesOfFreedom)
  }
}
