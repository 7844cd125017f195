import Statistics

/// What a search found: each arm's best settings, what its budget bought, and which settings matter.
public struct SearchReport: Sendable, Equatable, Encodable {
  public struct Arm: Sendable, Equatable, Encodable {
    public let name: String
    /// What each search of the arm found.
    public let studies: [Study]
    /// Over the trials of all studies together. Nil if all trials diverged.
    public let curve: BudgetCurve?
    /// The best score of a study's first trials, in their order: the mean over studies, as far as all of them go. Empty if
    /// all trials diverged.
    public let bestSoFar: [Double]
    /// Nil for too few trials.
    public let sensitivities: Sensitivities?
  }

  /// One of the searches of an arm.
  public struct Study: Sendable, Equatable, Encodable {
    /// The place of the trial that was chosen, or of the best of those that trained to the end; nil if all diverged, and
    /// where the arm's own settings were kept.
    public let best: Int?
    /// Whether the settings that the arm has without a search were better than all trials.
    public let keepsStandard: Bool
    /// Of what was chosen. Nil if all trials diverged.
    public let score: Double?
    /// Settings of the best trial at an end of their scale, and whether it is the lower one.
    public let edges: [String: Bool]
    public let trials: Int
    public let diverged: Int
    /// How many trials a pruner stopped.
    public let stopped: Int
    public let seconds: Double
    public let gradientEvaluations: Int
  }

  /// An arm's curve beside that of its baseline.
  public struct Comparison: Sendable, Equatable, Encodable {
    public let candidate: String
    public let baseline: String
    public let budgets: BudgetComparison
  }

  public let facts: SearchFacts
  public let arms: [Arm]
  public let comparisons: [Comparison]

  // A report has the facts with those of its study.
  private enum CodingKeys: CodingKey { case arms, comparisons }

  /// - Parameters:
  ///   - baselines: the arm that each one is compared with.
  ///   - alpha: one minus the confidence of intervals.
  /// - Throws: `StatisticsError` for an `alpha` that is no probability.
  public init(_ facts: SearchFacts, baselines: [String: String] = [:], alpha: Double = 0.05) throws(StatisticsError) {
    self.facts = facts
    let higher = facts.metric.better == .higher
    // What stands for divergence in all arms.
    let finite = facts.arms.flatMap { Self.scores($0).filter(\.isFinite) }
    let worst = higher ? finite.min() : finite.max()
    var arms: [Arm] = []
    for arm in facts.arms {
      let scores = Self.scores(arm)
      let isFinite = scores.contains(where: \.isFinite)
      arms.append(
        Arm(
          name: arm.name,
          studies: arm.studies.indices.map { Study($0, of: arm, scores: scores, higherIsBetter: higher) },
          curve: isFinite
            ? try BudgetCurve(scores, higherIsBetter: higher, worst: worst, alpha: alpha) : nil,
          bestSoFar: isFinite
            ? Self.bestSoFar(arm, scores.map { $0.isFinite ? $0 : worst ?? $0 }, higherIsBetter: higher) : [],
          sensitivities: isFinite && scores.count >= Sensitivities.fewestTrials
            ? try Sensitivities(
              points: arm.points, scores: scores, higherIsBetter: higher, isOrdered: arm.dimensions.map(\.isOrdered))
            : nil))
    }
    self.arms = arms
    var comparisons: [Comparison] = []
    for arm in facts.arms {
      guard let name = baselines[arm.name], let baseline = facts.arms.first(where: { $0.name == name }),
        Self.scores(arm).contains(where: \.isFinite), Self.scores(baseline).contains(where: \.isFinite)
      else { continue }
      comparisons.append(
        Comparison(
          candidate: arm.name, baseline: name,
          budgets: try BudgetComparison(
            candidate: Self.scores(arm), baseline: Self.scores(baseline), higherIsBetter: higher, alpha: alpha)))
    }
    self.comparisons = comparisons
  }

  private static func scores(_ arm: SearchArmFacts) -> [Double] {
    arm.trials.map { RunReport.isFinite($0.score) ? $0.score : .nan }
  }

  private static func bestSoFar(_ arm: SearchArmFacts, _ scores: [Double], higherIsBetter: Bool) -> [Double] {
    let curves = arm.studies.indices.map { study in
      BudgetCurve.bestSoFar(
        arm.trials.indices.filter { arm.trials[$0].study == study }.map { scores[$0] }, higherIsBetter: higherIsBetter)
    }
    return (0..<(curves.map(\.count).min() ?? 0)).map { trial in
      curves.reduce(0) { $0 + $1[trial] } / Double(curves.count)
    }
  }
}

extension SearchReport.Study {
  fileprivate init(_ study: Int, of arm: SearchArmFacts, scores: [Double], higherIsBetter: Bool) {
    let own = arm.trials.indices.filter { arm.trials[$0].study == study }
    let whole = own.filter { arm.trials[$0].epochs == nil && scores[$0].isFinite }
    var best = whole.reduce(nil as Int?) { best, next in
      best.map { higherIsBetter ? scores[next] > scores[$0] : scores[next] < scores[$0] } ?? true ? next : best
    }
    switch arm.studies[study].choice {
    case .best: break
    case .trial(let place): best = arm.trials.indices.contains(place) ? place : best
    case .standard: best = nil
    }
    keepsStandard = arm.studies[study].choice == .standard
    self.best = best
    score = keepsStandard ? arm.standard : best.map { arm.trials[$0].score }
    edges = best.map { arm.edges[$0] } ?? [:]
    trials = own.count
    diverged = own.count { !scores[$0].isFinite }
    stopped = own.count { arm.trials[$0].epochs != nil }
    seconds = own.reduce(0) { $0 + arm.trials[$1].seconds }
    gradientEvaluations = own.reduce(0) { $0 + arm.trials[$1].gradientEvaluations }
  }
}
