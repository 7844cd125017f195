import GRDB

/// How far a store has a run and with which numbers, for a comparison with what another one knows.
struct MergedRun {
  /// How far a run is: of two stores the further one counts.
  enum Progress: Comparable {
    case nothing
    case begun(epochs: Int)
    case failed(epochs: Int)
    case done
  }

  let progress: Progress
  private let history: History
  private let costs: String

  /// How another store, where nobody trains the run, has it.
  var state: RunState {
    switch progress {
    case .done: .done
    case .failed: .failed
    default: .pending
    }
  }

  /// - Parameter row: of the table of runs.
  init(_ row: Row, _ history: History) throws {
    self.history = history
    let state = RunState(rawValue: try row.decode(forColumn: "state")) ?? .pending
    let epochs = history.epochs.count
    progress =
      switch state {
      case .done: .done
      case .failed: .failed(epochs: epochs)
      default: epochs == 0 ? .nothing : .begun(epochs: epochs)
      }
    let (steps, evaluations): (Int?, Double?) = try (
      row.decode(forColumn: "steps"), row.decode(forColumn: "gradient_evaluations")
    )
    costs = "\(epochs) epochs, \(steps ?? 0) steps, \(evaluations ?? 0) gradient evaluations"
  }

  /// What another store's numbers say differently, nil for nothing: of a run that is further in one of them, the epochs that
  /// both have must be the same.
  func contradiction(
    _ other: MergedRun, _ label: MergeContradiction.RunLabel, stores: [String]
  ) -> MergeContradiction? {
    for (own, others) in zip(history.epochs, other.history.epochs) {
      if own.epoch != others.epoch || own.step != others.step {
        return .costs(
          run: label, stores: stores, texts: [own, others].map { "epoch \($0.epoch) after \($0.step) steps" })
      }
      for name in Array(own.metrics.keys) + Array(others.metrics.keys) {
        let values = [own.metrics[name], others.metrics[name]]
        if StudyDiff.isSame(values[0], values[1]) { continue }
        return .result(run: label, stores: stores, epoch: own.epoch, metric: name, values: values)
      }
    }
    let lasts = [self, other]
    // A run that is done has all its epochs.
    let isTooLong = lasts.contains { run in
      run.progress == .done && lasts.contains { $0.history.epochs.count > run.history.epochs.count }
    }
    if isTooLong || lasts.allSatisfy({ $0.progress == .done }) && costs != other.costs {
      return .costs(run: label, stores: stores, texts: lasts.map(\.costs))
    }
    return nil
  }
}
