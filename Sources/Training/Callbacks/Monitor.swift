/// A metric that is watched for its best value.
struct Monitor: CustomStringConvertible {
  let name: String
  private let isGreaterBetter: Bool
  /// By how much a value must be better to count as better.
  private let minDelta: Double
  var best: (epoch: Int, value: Double)?

  init(_ name: String, mode: MonitorMode, minDelta: Double = 0) {
    self.name = name
    isGreaterBetter = mode == .max || (mode == .automatic && RecordedMetric.isGreaterBetter(name))
    self.minDelta = minDelta.magnitude
  }

  /// What is watched and how: monitors that judge alike have one description.
  var description: String { "\(name), \(isGreaterBetter ? MonitorMode.max : .min), \(minDelta)" }

  /// Forgets what was seen.
  /// - Throws: ``TrainingError/unknownMetric(name:known:)``
  mutating func begin(_ plan: FitPlan) throws(TrainingError) {
    guard plan.metrics.contains(name) else { throw .unknownMetric(name: name, known: plan.metrics) }
    best = nil
  }

  /// Whether the epoch is better than all before; NaN is never.
  mutating func improves(with record: EpochRecord) -> Bool {
    guard let value = record[name], !value.isNaN else { return false }
    if let best {
      guard isGreaterBetter ? value > best.value + minDelta : value < best.value - minDelta else { return false }
    }
    best = (record.epoch, value)
    return true
  }
}
