/// What training showed, epoch by epoch.
public struct History: Sendable, Equatable {
  public var epochs: [EpochRecord]
  /// Why training ended before its time, if it did.
  public var stopReason: String?

  public init(epochs: [EpochRecord] = [], stopReason: String? = nil) {
    self.epochs = epochs
    self.stopReason = stopReason
  }

  /// The values of one metric, an entry an epoch that has it.
  public func values(_ name: String) -> [(epoch: Int, value: Double)] {
    epochs.compactMap { record in record[name].map { (record.epoch, $0) } }
  }

  /// Seconds of training and evaluation in all.
  public var seconds: Double { epochs.reduce(0) { $0 + $1.trainingSeconds + $1.evaluationSeconds } }

  /// The first epoch with `name` at `target` or above; nil if there is none.
  public func firstEpoch(_ name: String, atLeast target: Double) -> Int? {
    values(name).first { $0.value >= target }?.epoch
  }
}
