/// What a plan costs, before it is run.
public struct StudyEstimate: Sendable, Hashable {
  /// Runs of the plan; two arms with one configuration share their runs.
  public let runs: Int
  /// Of these, runs that the store has already.
  public let done: Int
  /// Epochs of the runs that aren't done.
  public let epochs: Int
  /// Their updates; nil where the data isn't on this machine.
  public let steps: Int?
  /// Their seconds, one after the other; nil before the first run of each kind.
  public let seconds: Double?
  /// Arms whose epochs nobody has timed.
  public let untimed: [String]
}
