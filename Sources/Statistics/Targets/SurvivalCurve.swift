/// The share of runs that haven't reached a target yet, by epoch, estimated from runs of unlike lengths (Kaplan and
/// Meier, 1958).
public struct SurvivalCurve: Sendable, Equatable, Encodable {
  /// The epochs at which some run reached the target, ascending.
  public let epochs: [Int]
  /// The share still on its way after each of `epochs`.
  public let remaining: [Double]

  /// - Throws: `StatisticsError.empty`.
  public init(_ times: [TargetTime]) throws(StatisticsError) {
    if times.isEmpty { throw .empty(what: "runs") }
    self.init(checked: times)
  }

  init(checked times: [TargetTime]) {
    epochs = Set(times.filter(\.isReached).map(\.epoch)).sorted()
    var share = 1.0
    remaining = epochs.map { epoch in
      let atRisk = times.count { $0.epoch >= epoch }
      let reached = times.count { $0.isReached && $0.epoch == epoch }
      share *= Double(atRisk - reached) / Double(atRisk)
      return share
    }
  }

  /// The epoch by which a share `fraction` of the runs has reached the target; nil if so many never do.
  ///
  /// Where exactly that share has, it is the middle between that epoch and the next at which one does, so that the
  /// median of complete runs is the ordinary one.
  ///
  /// - Parameter fraction: above 0 and below 1.
  public func epoch(reachedBy fraction: Double) -> Double? {
    let level = 1 - fraction
    guard let first = remaining.firstIndex(where: { $0 <= level + 1e-12 }) else { return nil }
    let isExact = (remaining[first] - level).magnitude <= 1e-12
    guard isExact, first + 1 < epochs.count else { return Double(epochs[first]) }
    return Double(epochs[first] + epochs[first + 1]) / 2
  }

  /// The mean number of epochs to the target when none counts for more than `horizon`: the area under the curve.
  public func restrictedMean(horizon: Int) -> Double {
    var area = 0.0
    var share = 1.0
    var start = 0
    for (epoch, remaining) in zip(epochs, remaining) where epoch < horizon {
      area += share * Double(epoch - start)
      (share, start) = (remaining, epoch)
    }
    return area + share * Double(Swift.max(horizon - start, 0))
  }
}
