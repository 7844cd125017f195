import Figures

/// How soon the runs of an arm reached a target, those that never did included.
public struct TargetSummary: Sendable, Equatable, Encodable {
  public let runs: Int
  /// Runs that hadn't reached the target when they ended.
  public let never: Int
  public let curve: SurvivalCurve
  /// Epochs; nil if half the runs never reach the target.
  public let median: Double?
  /// The epoch by which a quarter of the runs has; nil if fewer ever do.
  public let lowerQuartile: Double?
  /// The epoch by which three quarters have; nil if fewer ever do.
  public let upperQuartile: Double?
  /// The mean number of epochs when none counts for more than ``horizon``.
  public let restrictedMean: Double
  public let horizon: Int

  /// - Parameter horizon: for the restricted mean; the longest run's epochs by default. Give arms that are compared the
  ///   same one.
  /// - Throws: `StatisticsError.empty` for no runs, `.outOfRange` for a horizon outside 1...1,000,000,000.
  public init(_ times: [TargetTime], horizon: Int? = nil) throws(StatisticsError) {
    let curve = try SurvivalCurve(times)
    let horizon = horizon ?? times.reduce(1) { Swift.max($0, $1.epoch) }
    try Checks.epoch(horizon, "horizon")
    runs = times.count
    never = times.count { !$0.isReached }
    self.curve = curve
    median = curve.epoch(reachedBy: 0.5)
    lowerQuartile = curve.epoch(reachedBy: 0.25)
    upperQuartile = curve.epoch(reachedBy: 0.75)
    restrictedMean = curve.restrictedMean(horizon: horizon)
    self.horizon = horizon
  }

  /// "4 (3–6), 1 of 5 never": the median, the quartiles, and how many runs never got there; "-" if none did.
  public var text: String {
    if never == runs { return "-" }
    let median = Self.text(median)
    let (lower, upper) = (Self.text(lowerQuartile), Self.text(upperQuartile))
    let range = lower == median && upper == median ? "" : " (\(lower)–\(upper))"
    return median + range + (never > 0 ? ", \(never) of \(runs) never" : "")
  }

  private static func text(_ epoch: Double?) -> String {
    epoch.map { NumberText.decimal($0, places: $0 == $0.rounded() ? 0 : 1) } ?? "never"
  }
}
