extension Comparison {
  /// Compares two arms seed by seed.
  ///
  /// A seed for which either run diverged has no difference: it is counted, enters the probability of improvement as
  /// the worst possible result, and nothing else.
  public static func paired(
    _ outcomes: PairedOutcomes, options: ComparisonOptions
  ) throws(StatisticsError) -> Comparison {
    let differences = outcomes.differences
    let gap = differences.count > 1 ? MeanDifference(differences) : nil
    let spread = gap.map { $0.standardError * Double(differences.count).squareRoot() } ?? 0
    let mean = differences.isEmpty ? nil : Moments(differences).mean
    return Comparison(
      design: .paired, seeds: outcomes.seeds, candidateRuns: outcomes.seeds.count, baselineRuns: outcomes.seeds.count,
      candidateDiverged: outcomes.candidate.count { !Outcomes.isFinite($0) },
      baselineDiverged: outcomes.baseline.count { !Outcomes.isFinite($0) },
      unpairedRuns: outcomes.unpaired, differences: differences, meanDifference: mean,
      medianDifference: differences.isEmpty ? nil : Quantiles.median(differences),
      interval: gap?.interval(alpha: options.alpha), bootstrap: try bootstrap(differences, options),
      tests: try tests(differences, options),
      probabilityOfImprovement: try ProbabilityOfImprovement(
        candidate: outcomes.candidate, baseline: outcomes.baseline, better: options.better, alpha: options.alpha,
        resamples: options.resamples, seed: options.seed),
      pairedShare: ProbabilityOfImprovement.pairedShare(
        candidate: outcomes.candidate, baseline: outcomes.baseline, better: options.better),
      effectSize: spread > 0 ? mean.map { $0 / spread } : nil,
      equivalenceP: options.margin.flatMap { gap?.equivalenceP(margin: $0) })
  }

  private static func bootstrap(
    _ differences: [Double], _ options: ComparisonOptions
  ) throws(StatisticsError) -> Bootstrap? {
    guard differences.count > 1 else { return nil }
    return try Bootstrap([differences], alpha: options.alpha, resamples: options.resamples, seed: options.seed) {
      Bootstrap.mean($0[0])
    }
  }

  private static func tests(
    _ differences: [Double], _ options: ComparisonOptions
  ) throws(StatisticsError) -> [SignificanceTest] {
    guard !differences.isEmpty else { return [] }
    let signFlip = try SignificanceTest.signFlip(differences, resamples: options.resamples, seed: options.seed)
    let wilcoxon = try SignificanceTest.wilcoxon(differences, resamples: options.resamples, seed: options.seed)
    let exact = options.pairedTest == .signFlip ? [signFlip, wilcoxon] : [wilcoxon, signFlip]
    return differences.count > 1 ? exact + [try .pairedT(differences)] : exact
  }
}
