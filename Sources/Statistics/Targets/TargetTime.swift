/// When a run first reached a target, or that it hadn't by the end.
public struct TargetTime: Sendable, Hashable, Encodable {
  /// The first epoch, from 1, whose value was at least as good as the target; for a run that never got there, the
  /// number of epochs it was given.
  public let epoch: Int
  public let isReached: Bool

  /// - Throws: `StatisticsError.outOfRange` for an epoch outside 1...1,000,000,000.
  public init(epoch: Int, isReached: Bool) throws(StatisticsError) {
    try Checks.epoch(epoch, "epoch")
    self.epoch = epoch
    self.isReached = isReached
  }

  /// - Parameters:
  ///   - curve: the metric after each epoch. NaN never reaches a target.
  ///   - target: reached by a value as good or better.
  ///   - budget: how many epochs the run was meant to have, if it may have ended early. A run that diverged at epoch 3
  ///     of 50 won't have reached the target by epoch 50 either, and should count so.
  /// - Throws: `StatisticsError.empty` for no epochs, `.notFinite` for a target that is NaN, `.outOfRange` for a budget
  ///   outside 1...1,000,000,000.
  public init(
    curve: [Double], target: Double, better: BetterDirection = .higher, budget: Int? = nil
  ) throws(StatisticsError) {
    if curve.isEmpty { throw .empty(what: "epochs") }
    if target.isNaN { throw .notFinite(what: "targets", count: 1) }
    if let budget { try Checks.epoch(budget, "budget") }
    let first = curve.firstIndex { better == .higher ? $0 >= target : $0 <= target }
    isReached = first != nil
    epoch = first.map { $0 + 1 } ?? Swift.max(curve.count, budget ?? 0)
  }
}
