extension Comparison {
  /// Compares two arms that don't share seeds, as independent groups. It takes more seeds than a paired comparison:
  /// what a seed does to both arms doesn't cancel.
  ///
  /// - Throws: `StatisticsError.empty` for an arm without runs.
  public static func unpaired(
    candidate: [Double], baseline: [Double], options: ComparisonOptions
  ) throws(StatisticsError) -> Comparison {
    let probability = try ProbabilityOfImprovement(
      candidate: candidate, baseline: baseline, better: options.better, alpha: options.alpha,
      resamples: options.resamples, seed: options.seed)
    let (one, other) = (Outcomes(checked: candidate), Outcomes(checked: baseline))
    let comparable = !one.finite.isEmpty && !other.finite.isEmpty
    let spread = one.finite.count > 1 && other.finite.count > 1
    let gap = spread ? MeanDifference(candidate: one.finite, baseline: other.finite) : nil
    return Comparison(
      design: .unpaired, seeds: [], candidateRuns: one.count, baselineRuns: other.count,
      candidateDiverged: one.diverged, baselineDiverged: other.diverged, unpairedRuns: 0, differences: [],
      meanDifference: comparable ? Moments(one.finite).mean - Moments(other.finite).mean : nil,
      medianDifference: comparable ? Quantiles.median(one.finite) - Quantiles.median(other.finite) : nil,
      interval: gap?.interval(alpha: options.alpha),
      bootstrap: spread ? try bootstrap(one.finite, other.finite, options) : nil,
      tests: comparable ? try tests(one.finite, other.finite) : [], probabilityOfImprovement: probability,
      pairedShare: nil, effectSize: spread ? effectSize(one.finite, other.finite) : nil,
      equivalenceP: options.margin.flatMap { gap?.equivalenceP(margin: $0) })
  }

  private static func bootstrap(
    _ candidate: [Double], _ baseline: [Double], _ options: ComparisonOptions
  ) throws(StatisticsError) -> Bootstrap {
    try Bootstrap([candidate, baseline], alpha: options.alpha, resamples: options.resamples, seed: options.seed) {
      Bootstrap.mean($0[0]) - Bootstrap.mean($0[1])
    }
  }

  private static func tests(
    _ candidate: [Double], _ baseline: [Double]
  ) throws(StatisticsError) -> [SignificanceTest] {
    let exact = try SignificanceTest.mannWhitney(candidate: candidate, baseline: baseline)
    guard candidate.count > 1, baseline.count > 1 else { return [exact] }
    return [exact, try .welchT(candidate: candidate, baseline: baseline)]
  }

  /// Over the pooled standard deviation.
  private static func effectSize(_ candidate: [Double], _ baseline: [Double]) -> Double? {
    let (one, other) = (Moments(candidate), Moments(baseline))
    let largest = Swift.max(one.standardDeviation, other.standardDeviation)
    guard largest > 0 else { return nil }
    let (s, t) = (one.standardDeviation / largest, other.standardDeviation / largest)
    let (n, m) = (Double(one.count - 1), Double(other.count - 1))
    let pooled = ((n * s * s + m * t * t) / (n + m)).squareRoot()
    return (one.mean - other.mean) / largest / pooled
  }
}
