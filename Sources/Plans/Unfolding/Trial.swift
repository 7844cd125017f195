import Configuration
import Training

/// Settings of an arm that are tried, with what is known of them.
struct Trial {
  enum Outcome {
    case open
    case complete(TrialScore)
    /// Stopped after an epoch.
    case pruned(epoch: Int, TrialScore)
  }

  /// 0 for the arm as written, and from 1 on for draws.
  let number: Int
  let study: Int
  /// One per setting of the arm's space.
  let values: [OptionValue]
  let settings: [Override]
  /// One per repeat.
  var runs: [PlannedRun]
  /// Gradients that a step evaluates.
  let evaluations: Double
  var outcome = Outcome.open

  var isOpen: Bool { if case .open = outcome { true } else { false } }

  /// The score of a trial that was trained to its end.
  var finalScore: TrialScore? { if case .complete(let score) = outcome { score } else { nil } }

  mutating func stop(after epoch: Int?) {
    for index in runs.indices { runs[index].until = epoch }
  }

  /// Nil until all repeats have come so far, or have ended.
  func score(after epoch: Int?, _ judge: TrialJudge, _ known: KnownResults) -> TrialScore? {
    var scores: [TrialScore] = []
    for run in runs {
      guard let result = known[run.id], result.hasEnded || epoch.map({ result.epoch >= $0 }) == true else {
        return nil
      }
      scores.append(judge.score(result, after: epoch, evaluations: evaluations))
    }
    return .median(scores)
  }
}

extension KnownRun {
  var epoch: Int { history.epochs.last?.epoch ?? 0 }

  /// Gradients that were evaluated.
  /// - Parameter perStep: by each update.
  func gradients(_ perStep: Double) -> Double { Double(history.epochs.last?.step ?? 0) * perStep }
}
