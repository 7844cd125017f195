/// A metric that is watched for its best value.
struct Monitor: CustomStringConvertible {
  let name: String
  private let isGreaterBetter: Bool
  /// By how much a value must be better to count as better.
  private let minDelta: Double
  var best: (epoch: Int, value: Double)?

  init(_ name: String, mode: MonitorMode, minDelta: Double = 0) {
    self.name = name
    isGreaterBetter = mode == .max || (mode == .automatic && name.lowercased().contains("accuracy"))
    self.minDelta = minDelta.magnitude
  }

  var description: String { "\(name), \(isGreaterBetter ? "max" : "min"), \(minDelta)" }

  /// The best epoch and value, for checkpoints.
  var memory: CallbackMemory {
    CallbackMemory(numbers: best.map { ["epoch": Double($0.epoch), "value": $0.value] } ?? [:])
  }

  /// Takes up what ``memory`` gave.
  mutating func recall(_ memory: CallbackMemory) {
    guard let epoch = memory.numbers["epoch"].flatMap({ Int(exactly: $0) }), let value = memory.numbers["value"] else {
      return
    }
    best = (epoch, value)
  }

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
