import Statistics
import Training

/// The number that a study compares its arms by.
public struct PrimaryMetric: Sendable, Hashable {
  /// Whether greater values are better, or lower ones.
  public enum Direction: String, Sendable, CaseIterable {
    case higher, lower
  }

  /// Which epoch's value counts.
  public enum Reading: String, Sendable, CaseIterable {
    case last, best
  }

  /// As training records it: `val_accuracy`, `loss`, ….
  public let name: String
  /// What is better.
  public let better: Direction
  public let reading: Reading

  /// - Parameter better: higher for accuracies and R² and lower for the rest, where it isn't given.
  public init(_ name: String = "val_accuracy", better: Direction? = nil, reading: Reading = .last) {
    self.name = name
    self.better = better ?? Self.usualDirection(of: name)
    self.reading = reading
  }

  /// Reads `val_loss`, or `val_loss(better: lower, at: best)`.
  init(_ choice: MethodSpec) throws(ConfigurationError) {
    var options = choice.options
    let better = try options.oneOf("better", default: Self.usualDirection(of: choice.name))
    let reading = try options.oneOf("at", default: Reading.last)
    try options.finish("a metric")
    self.init(choice.name, better: better, reading: reading)
  }

  /// What ``init(_:)`` reads.
  var choice: MethodSpec {
    MethodSpec(name, Options(["better": .text(better.rawValue), "at": .text(reading.rawValue)]))
  }

  /// Whether `value` is better than `other`; no number is better than NaN.
  public func isBetter(_ value: Double, than other: Double) -> Bool {
    if value.isNaN || other.isNaN { return other.isNaN && !value.isNaN }
    return better == .higher ? value > other : value < other
  }

  /// A run's value, nil where the metric wasn't recorded after any epoch of training.
  public func value(of history: History) -> Double? {
    let values = history.values(name).filter { $0.epoch > 0 }.map(\.value)
    guard reading == .best else { return values.last }
    return values.first.map { first in values.dropFirst().reduce(first) { isBetter($1, than: $0) ? $1 : $0 } }
  }

  /// What a run counts for in a comparison: NaN if it diverged, or recorded nothing.
  package func outcome(of history: History) -> Double {
    func isFinite(_ value: Double) -> Bool { value.magnitude <= Outcomes.largestMagnitude }
    let trained = history.values(name).filter { $0.epoch > 0 }.map(\.value)
    // An accuracy stays finite when all else is lost; it says nothing about the method then.
    guard let end = trained.last, isFinite(end), history.values("loss").last.map({ isFinite($0.value) }) ?? true else {
      return .nan
    }
    guard reading == .best else { return end }
    return trained.filter(isFinite).reduce(end) { isBetter($1, than: $0) ? $1 : $0 }
  }

  /// The epoch with the best value, the first of equal ones. Epochs with a loss that isn't finite don't count: their
  /// accuracy may still be finite.
  public func bestEpoch(of history: History) -> EpochRecord? {
    let candidates = history.epochs.filter { record in
      record.epoch > 0 && ["loss", "val_loss", name].allSatisfy { record[$0]?.isFinite ?? ($0 != name) }
    }
    return candidates.dropFirst().reduce(candidates.first) { best, record in
      guard let best, let value = record[name], let least = best[name] else { return best }
      return isBetter(value, than: least) ? record : best
    }
  }

  /// What a run is judged by if nothing is said: the first metric of the validation data, or else their loss.
  /// - Parameter names: what is recorded.
  public static func ofValidation(_ names: some Sequence<String>) -> PrimaryMetric? {
    let names = names.filter { $0.hasPrefix("val_") }
    return (names.first { $0 != "val_loss" } ?? names.first).map { PrimaryMetric($0, reading: .best) }
  }

  private static func usualDirection(of name: String) -> Direction {
    RecordedMetric.isGreaterBetter(name) ? .higher : .lower
  }
}
