import Studies

/// A study at one moment, its running runs included.
public struct LiveStudy: Sendable {
  public var facts: StudyFacts
  /// In the plan's order.
  public var runs: [LiveRun]

  public init(facts: StudyFacts, runs: [LiveRun]) {
    self.facts = facts
    self.runs = runs
  }

  public var counts: RunCounts {
    var counts = RunCounts()
    for run in runs {
      switch run.state {
      case .pending: counts.pending += 1
      case .running: counts.running += 1
      case .done: counts.done += 1
      case .failed: counts.failed += 1
      }
    }
    return counts
  }

  /// The report of what has ended, which later runs may still change; nil as long as nothing has.
  public func report() throws -> StudyReport? { try report { $0.state == .done } }

  /// A report that takes unfinished runs for finished ones: for curves, not for conclusions.
  func partialReport() throws -> StudyReport? { try report { $0.state != .pending && !$0.history.epochs.isEmpty } }

  private func report(_ isTaken: (LiveRun) -> Bool) throws -> StudyReport? {
    var results: [ArmResult] = []
    for arm in facts.arms {
      let runs = runs.filter { $0.arm == arm.name && isTaken($0) }.map { (seed: $0.seed, history: $0.history) }
      if !runs.isEmpty { results.append(ArmResult(Arm(arm.name, settings: []), runs: runs)) }
    }
    return results.isEmpty ? nil : try StudyReport(facts, results)
  }
}
