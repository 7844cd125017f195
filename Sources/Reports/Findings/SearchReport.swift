import Statistics

/// What a search found: each arm's best settings, what its budget bought, and which settings matter.
public struct SearchReport: Sendable, Equatable, Encodable {
  public struct Arm: Sendable, Equatable, Encodable {
    public let name: String
    /// The place of the trial that was chosen, or of the best of those that trained to the end; nil if all diverged.
    public let best: Int?
    /// Settings of the best trial at an end of their scale, and whether it is the lower one.
    public let edges: [String: Bool]
    /// Nil if all trials diverged.
    public let curve: BudgetCurve?
    /// Nil for too few trials.
    public let sensitivities: Sensitivities?
    public let seconds: Double
    public let gradientEvaluations: Int
    /// How many trials a pruner stopped.
    public let stopped: Int
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
      let whole = arm.trials.indices.filter { arm.trials[$0].epochs == nil && scores[$0].isFinite }
      let best =
        arm.chosen
        ?? whole.reduce(nil as Int?) { best, next in
          best.map { higher ? scores[next] > scores[$0] : scores[next] < scores[$0] } ?? true ? next : best
        }
      let isFinite = scores.contains(where: \.isFinite)
      arms.append(
        Arm(
          name: arm.name, best: best, edges: best.map { arm.edges[$0] } ?? [:],
          curve: isFinite
            ? try BudgetCurve(scores, higherIsBetter: higher, worst: worst, alpha: alpha) : nil,
          sensitivities: isFinite && scores.count >= Sensitivities.fewestTrials
            ? try Sensitivities(
              points: arm.points, scores: scores, higherIsBetter: higher, isOrdered: arm.dimensions.map(\.isOrdered))
            : nil,
          seconds: arm.trials.reduce(0) { $0 + $1.seconds },
          gradientEvaluations: arm.trials.reduce(0) { $0 + $1.gradientEvaluations },
          stopped: arm.trials.count { $0.epochs != nil }))
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
}
