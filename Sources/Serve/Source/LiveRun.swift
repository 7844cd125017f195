import Studies

/// A run at one moment.
public struct LiveRun: Sendable, Equatable {
  public var arm: String
  public var seed: Int
  public var state: RunState
  /// The epochs so far.
  public var history: History
  /// The epochs it shall have.
  public var plannedEpochs: Int
  /// Why it failed.
  public var error: String?

  public init(
    arm: String, seed: Int, state: RunState, history: History = History(), plannedEpochs: Int, error: String? = nil
  ) {
    self.arm = arm
    self.seed = seed
    self.state = state
    self.history = history
    self.plannedEpochs = plannedEpochs
    self.error = error
  }

  /// How far it is, from 0 to 1.
  public var progress: Double {
    if state == .done { return 1 }
    return min(1, Double(history.epochs.last?.epoch ?? 0) / Double(max(1, plannedEpochs)))
  }
}
