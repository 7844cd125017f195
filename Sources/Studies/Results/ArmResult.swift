/// What the runs of one arm gave, a history a seed.
public struct ArmResult: Sendable {
  public let arm: Arm
  public var runs: [(seed: Int, history: History)]

  public init(_ arm: Arm, runs: [(seed: Int, history: History)] = []) {
    self.arm = arm
    self.runs = runs
  }

  /// The last value of a metric, a number a run.
  public func last(_ metric: String) -> [Double] { runs.compactMap { $0.history.values(metric).last?.value } }

  /// The best value of a metric that is better when greater.
  public func best(_ metric: String) -> [Double] {
    runs.compactMap { $0.history.values(metric).map(\.value).filter { !$0.isNaN }.max() }
  }

  /// The first epoch at `target` or above, nil for a run that never got there.
  public func firstEpochs(_ metric: String, atLeast target: Double) -> [Int?] {
    runs.map { $0.history.firstEpoch(metric, atLeast: target) }
  }

  public var seconds: [Double] { runs.map(\.history.seconds) }
}
