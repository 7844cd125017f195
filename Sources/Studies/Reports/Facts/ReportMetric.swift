import Statistics

/// The number that arms are compared by.
public struct ReportMetric: Sendable, Hashable, Encodable {
  /// Which epoch's value counts.
  public enum Reading: String, Sendable, Hashable, Encodable, CaseIterable {
    case last, best
  }

  /// As training records it: `val_accuracy`, `loss`, ….
  public var name: String
  public var better: BetterDirection
  public var reading: Reading

  public init(_ name: String = "val_accuracy", better: BetterDirection = .higher, reading: Reading = .last) {
    self.name = name
    self.better = better
    self.reading = reading
  }
}
