import Configuration
import Search

/// The search for the settings of an arm.
final class ArmSearch {
  /// What is known of it.
  struct State {
    /// In the order of their numbers.
    var trials: [Trial] = []
    /// The best trial of each study; nil while it isn't known. None for an arm with nothing to be searched.
    var chosen: [Trial?] = []
    /// Trials that aren't known yet, at most.
    var expectedTrials = 0

    /// The settings that a study has chosen; nil while it isn't known.
    func settings(of study: Int) -> [Override]? { chosen.isEmpty ? [] : chosen[study]?.settings }
  }

  let arm: ExpandedArm
  /// nil where the arm has none of the settings.
  let space: SearchSpace?
  private let axes: [SearchAxis]
  private let setup: SearchSetup
  private let brackets: [Bracket]
  /// What trials are made of, by their settings and seeds: plans are unfolded again and again.
  private var made: [[String]: (runs: [PlannedRun], evaluations: Double)] = [:]

  private var search: SettingSearch { setup.search }
  var judge: TrialJudge { setup.judge }

  /// - Parameter axes: those that the arm has.
  init(_ arm: ExpandedArm, _ axes: [SearchAxis], _ setup: SearchSetup) throws(ConfigurationError) {
    (self.arm, self.axes, self.setup) = (arm, axes, setup)
    guard !axes.isEmpty else {
      (space, brackets) = (nil, [])
      return
    }
    try setup.checkDivision(of: arm)
    var dimensions: [SearchSpace.Dimension] = []
    for axis in axes { dimensions.append((axis.path, try axis.makeScale())) }
    space = try setup.space(dimensions)
    brackets = try setup.brackets(of: arm)
  }

  /// The trials that are known given the results so far.
  /// - Throws: `ConfigurationError` for settings that the arm can't have together.
  func state(given known: KnownResults) throws(ConfigurationError) -> State {
    guard let space else { return State() }
    var state = State()
    var written: Trial?
    if search.triesWritten {
      var trial = try trial(0, study: 0, values: [])
      judge(&trial, known)
      state.trials.append(trial)
      written = trial
    }
    for study in 0..<search.studies {
      var (own, missing) = try draws(of: study, in: space, after: state.trials, known)
      prune(&own, known)
      state.trials += own
      state.expectedTrials += missing
      let candidates = (written.map { [$0] } ?? []) + own
      let isOver = missing == 0 && !candidates.contains(where: \.isOpen)
      state.chosen.append(isOver ? Self.best(of: candidates) : nil)
    }
    state.trials.sort { $0.number < $1.number }
    return state
  }

  /// The best trial that was trained to its end, the first of equal ones. Where every training diverged, the first.
  private static func best(of trials: [Trial]) -> Trial? {
    let complete = trials.compactMap { trial in trial.finalScore.map { (trial, $0) } }
    return complete.min { ($0.1, $0.0.number) < ($1.1, $1.0.number) }?.0 ?? trials.first
  }

  // MARK: - Draws

  /// - Parameter earlier: trials that were tried before this study's, for what runs cost.
  /// - Returns: the trials of a study, and how many aren't known yet.
  private func draws(
    of study: Int, in space: SearchSpace, after earlier: [Trial], _ known: KnownResults
  ) throws(ConfigurationError) -> (trials: [Trial], missing: Int) {
    var trials: [Trial] = []
    var costs = TrialCosts(search.budget, known)
    for trial in earlier { costs.learn(from: trial) }
    while trials.count < SettingSearch.trialLimit {
      guard let isOver = costs.isSpent(by: trials) else { return (trials, costs.missing(after: trials)) }
      if isOver { break }
      let index = trials.count
      let needed = trials.prefix(setup.sampler.trialsNeeded(before: index))
      if needed.contains(where: \.isOpen) { return (trials, costs.missing(after: trials)) }
      let history = setup.sampler.isAdaptive ? needed.map { result($0, study) } : []
      let values = try setup.draw(index, of: study, in: space, history)
      var trial = try trial(setup.number(of: index, study), study: study, values: values)
      judge(&trial, known)
      costs.learn(from: trial)
      trials.append(trial)
    }
    return (trials, 0)
  }

  /// What a sampler learns from a trial.
  private func result(_ trial: Trial, _ study: Int) -> TrialResult {
    TrialResult(trial: setup.index(of: trial.number), values: trial.values, loss: trial.finalScore?.rank ?? .nan)
  }

  private func trial(
    _ number: Int, study: Int, values: [OptionValue]
  ) throws(ConfigurationError) -> Trial {
    let settings = zip(axes, values).map { Override($0.path, $1, origin: $0.origin) }
    let key = ["\(number)"] + values.map(\.description)
    if made[key] == nil {
      var runs: [PlannedRun] = []
      for seed in setup.seeds(of: study) {
        runs.append(try arm.trial(number, settings, holdingOut: search.judge.fraction, seed: seed))
      }
      let evaluations = try runs[0].configuration.method().gradientRule.evaluationsPerStep
      made[key] = (runs, evaluations)
    }
    let (runs, evaluations) = made[key] ?? ([], 1)
    return Trial(
      number: number, study: study, values: values, settings: settings, runs: runs, evaluations: evaluations)
  }

  // MARK: - Ends

  private func judge(_ trial: inout Trial, _ known: KnownResults) {
    guard trial.runs.allSatisfy({ known[$0.id]?.hasEnded == true }) else { return }
    if let score = trial.score(after: nil, setup.judge, known) { trial.outcome = .complete(score) }
  }

  /// Stops the trials of a study that others have beaten, as far as the results tell.
  private func prune(_ trials: inout [Trial], _ known: KnownResults) {
    for bracket in brackets {
      var going = bracket.trials
      for (rung, epoch) in bracket.rungs.enumerated() {
        if rung == bracket.rungs.count - 1 { break }
        for index in going { trials[index].stop(after: epoch) }
        var scores: [Int: TrialScore] = [:]
        for index in going { scores[index] = trials[index].score(after: epoch, setup.judge, known) }
        // All that take part must have come so far.
        guard scores.count == going.count else { break }
        let promoted = bracket.promoted(from: rung, losses: scores.mapValues(\.rank))
        for index in going {
          if promoted.contains(index) {
            trials[index].stop(after: nil)
          } else if let score = scores[index] {
            trials[index].outcome = .pruned(epoch: epoch, score)
          }
        }
        going = promoted
      }
    }
  }
}
