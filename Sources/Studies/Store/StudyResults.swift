/// Everything a store knows of a study, at one moment.
public struct StudyResults: Sendable {
  public let study: StoredStudy
  /// In the plan's order.
  public let runs: [StoredRun]
  /// Where runs were computed, as they came.
  public let environments: [RunEnvironment]

  /// The finished runs by arm, in the plan's order.
  /// - Throws: `ConfigurationError` for a plan that this version can't expand.
  public func armResults() throws(ConfigurationError) -> [ArmResult] {
    var runs: [String: [(seed: Int, history: History)]] = [:]
    for run in self.runs where run.state == .done { runs[run.arm, default: []].append((run.seed, run.history)) }
    return try study.plan.plannedArms().map { ArmResult($0.arm, runs: runs[$0.arm.name] ?? []) }
  }
}
