import Configuration
import Search

extension SearchFacts {
  /// What a study's search has found so far, of arms that are judged by one metric; nil while no trial has ended.
  /// - Throws: `ConfigurationError` for an unknown sampler, or values that aren't in an arm's space.
  init?(_ findings: SearchFindings) throws(ConfigurationError) {
    var arms: [SearchArmFacts] = []
    for arm in findings.arms {
      guard let space = arm.space else { continue }
      let ended = arm.trials.filter { !$0.isWritten && $0.score != nil }
      let trials = ended.map { trial in
        let epochs: Int? = if case .pruned(let epoch) = trial.state { epoch } else { nil }
        return SearchTrialFacts(
          values: trial.values, score: trial.score ?? .nan, seconds: trial.seconds,
          gradientEvaluations: Int(exactly: trial.gradientEvaluations.rounded()) ?? 0, epochs: epochs,
          study: trial.study)
      }
      let studies = arm.chosenTrials.map { trial in
        guard let trial else { return SearchStudyFacts() }
        let place = ended.firstIndex { $0.number == trial.number }
        return SearchStudyFacts(trial.isWritten ? .standard : place.map { .trial($0) } ?? .best)
      }
      do throws(SearchError) {
        arms.append(
          try SearchArmFacts(
            arm.arm, space: space, trials: trials, standard: arm.trials.first { $0.isWritten }?.score, studies: studies)
        )
      } catch { throw .invalid(message: "\(arm.arm): \(error.description)", origin: "") }
    }
    // An arm that was searched has what all of them were judged by.
    guard arms.contains(where: { !$0.trials.isEmpty }), let metric = findings.arms.first?.metric else { return nil }
    let fraction = OptionValue.number(findings.search.judge.fraction * 100)
    self.init(
      arms: arms, sampler: findings.search.sampler.description,
      isAdaptive: try Registry<any Sampler>.all.build(findings.search.sampler).isAdaptive, metric: metric,
      judgedBy: "\(fraction) % of the training data, held out")
  }
}
