/// What trials cost, for budgets that aren't a number of trials.
struct TrialCosts {
  private let budget: SearchBudget
  private let known: KnownResults
  /// Updates of runs that were trained to their end.
  private var usualSteps: [Length: Int] = [:]

  /// What decides how many updates the runs of an arm make.
  private struct Length: Hashable {
    let epochs: Int
    let batchSize: Int
    let partialBatch: PartialBatch

    init(_ run: PlannedRun) {
      let configuration = run.configuration
      (epochs, batchSize) = (configuration.epochs, configuration.batchSize)
      partialBatch = configuration.partialBatch
    }
  }

  init(_ budget: SearchBudget, _ known: KnownResults) { (self.budget, self.known) = (budget, known) }

  mutating func learn(from trial: Trial) {
    for run in trial.runs {
      guard let result = known[run.id], result.epoch == run.configuration.epochs else { continue }
      usualSteps[Length(run)] = result.history.epochs.last?.step
    }
  }

  /// Whether the budget doesn't allow for another trial; nil while that can't be told. A trial that hasn't ended costs at
  /// most what one of its length does that was trained to its end.
  func isSpent(by trials: [Trial]) -> Bool? {
    let limit: Double
    switch budget {
    case .trials(let count): return trials.count >= count
    case .seconds(let seconds): limit = seconds
    case .gradients(let count): limit = count
    }
    var (spent, isExact) = (0.0, true)
    for trial in trials {
      guard let cost = cost(of: trial) else { return nil }
      spent += cost.most
      isExact = isExact && cost.isExact
    }
    if spent < limit { return false }
    return isExact ? true : nil
  }

  /// How many trials may follow, as far as can be told.
  func missing(after trials: [Trial]) -> Int {
    let limit: Double
    switch budget {
    case .trials(let count): return count - trials.count
    case .seconds(let seconds): limit = seconds
    case .gradients(let count): limit = count
    }
    let costs = trials.compactMap { cost(of: $0)?.most }
    let spent = costs.reduce(0, +)
    guard spent > 0 else { return 1 }
    let left = (limit - spent) / (spent / Double(costs.count))
    return Swift.min(Swift.max(1, Int(Swift.min(left, 1e6).rounded(.up))), SettingSearch.trialLimit - trials.count)
  }

  private func cost(of trial: Trial) -> (most: Double, isExact: Bool)? {
    var (most, isExact) = (0.0, true)
    for run in trial.runs {
      if let result = known[run.id], result.hasEnded {
        if case .seconds = budget {
          most += result.history.seconds
        } else {
          most += result.gradients(trial.evaluations)
        }
      } else if case .gradients = budget, let steps = usualSteps[Length(run)] {
        most += Double(steps) * trial.evaluations
        isExact = false
      } else {
        return nil
      }
    }
    return (most, isExact)
  }
}
