import Configuration
import Search
import Training

/// What a study's search has found so far.
public struct SearchFindings: Sendable {
  public let search: SettingSearch
  /// In the order of ``StudyPlan/plannedArms()``.
  public let arms: [SearchedArm]

  /// What is known of some arms.
  /// - Parameter names: what to call them, by their names.
  package func ofArms(_ names: [String: String]) -> SearchFindings {
    let chosen = arms.compactMap { arm in
      names[arm.arm].map { name in
        var renamed = arm
        renamed.arm = name
        return renamed
      }
    }
    return SearchFindings(search: search, arms: chosen)
  }
}

/// The trials of an arm.
public struct SearchedArm: Sendable {
  /// The arm's name.
  public fileprivate(set) var arm: String
  /// What its trials are judged by, on held-out data.
  public let metric: PrimaryMetric
  /// The value of the metric that trials have to reach, where they are judged by that.
  public let target: Double?
  /// What is varied; nil for an arm that has none of the settings, which is trained as it is written.
  public let space: SearchSpace?
  /// In the order of their numbers.
  public let trials: [SearchTrial]
  /// The number of the trial whose settings each study of the search has chosen; nil while one isn't known.
  public let chosen: [Int?]
  /// Trials that aren't known yet, at most.
  public let expected: Int

  /// The trials that were chosen, one per study; nil while one isn't known.
  public var chosenTrials: [SearchTrial?] {
    chosen.map { number in number.flatMap { number in trials.first { $0.number == number } } }
  }
}

/// Settings that are tried.
public struct SearchTrial: Sendable {
  /// How far a trial is.
  public enum State: Sendable, Hashable {
    case open
    /// Trained to its end.
    case complete
    /// Stopped after an epoch, since others were better.
    case pruned(epoch: Int)
  }

  /// 0 for the arm as written, and from 1 on for the draws.
  public let number: Int
  /// Of the search, counted from 0.
  public let study: Int
  /// A value for each setting of the arm's space; none for the arm as written.
  public let values: [OptionValue]
  /// The same as settings of an arm.
  public let settings: [Override]
  /// One per seed.
  public let runs: [PlannedRun]
  /// The run of each seed as far as it is known.
  public let known: [KnownRun?]
  public let state: State
  /// The median over the seeds of the metric on held-out data, when the trial has ended or was stopped; NaN if it
  /// diverged or failed, nil while it is open.
  public let score: Double?
  /// The median of the gradient evaluations to the target; infinite if it wasn't reached, nil where there is none.
  public let gradientsToTarget: Double?
  /// What it has cost so far, all seeds together.
  public let gradientEvaluations: Double
  /// Of training and evaluation.
  public let seconds: Double

  /// Whether the trial is the arm as it is written.
  public var isWritten: Bool { number == 0 }
}

extension SearchedArm {
  /// - Parameter state: of the arm's search.
  init(_ name: String, _ state: ArmSearch.State, space: SearchSpace?, judge: TrialJudge, known: KnownResults) {
    arm = name
    (metric, target) = (judge.metric, judge.target)
    self.space = space
    chosen = state.chosen.map { $0?.number }
    expected = state.expectedTrials
    trials = state.trials.map { SearchTrial($0, judge, known) }
  }
}

extension SearchTrial {
  init(_ trial: Trial, _ judge: TrialJudge, _ results: KnownResults) {
    (number, study, values, settings) = (trial.number, trial.study, trial.values, trial.settings)
    (runs, known) = (trial.runs, trial.runs.map { results[$0.id] })
    let found: TrialScore?
    switch trial.outcome {
    case .open: (state, found) = (.open, nil)
    case .complete(let score): (state, found) = (.complete, score)
    case .pruned(let epoch, let score): (state, found) = (.pruned(epoch: epoch), score)
    }
    score = found.map { $0.loss == .infinity ? .nan : judge.metric.better == .lower ? $0.loss : -$0.loss }
    gradientsToTarget = judge.target == nil ? nil : found?.time
    gradientEvaluations = known.reduce(0) { $0 + ($1?.gradients(trial.evaluations) ?? 0) }
    seconds = known.reduce(0) { $0 + ($1?.history.seconds ?? 0) }
  }
}
