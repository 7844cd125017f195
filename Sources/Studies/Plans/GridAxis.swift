import Configuration

/// One axis of a grid: a setting, and the values it takes. An axis of one value sets it for all arms.
public struct GridAxis: Sendable, Hashable {
  /// A run's key, or keys of methods inside methods: `optimizer.learningRate`.
  public let path: String
  public let values: [OptionValue]
  /// Where it was written.
  public let origin: String

  public init(_ path: String, _ values: [OptionValue], origin: String = "") {
    self.path = path
    self.values = values
    self.origin = origin
  }

  /// Axes are equal wherever they were written.
  public static func == (one: GridAxis, other: GridAxis) -> Bool {
    one.path == other.path && one.values == other.values
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(path)
    hasher.combine(values)
  }
}
