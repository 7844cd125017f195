import Configuration

/// How much faster or slower some parameters learn: their updates, decoupled weight decay included, are multiplied.
///
/// That is a learning rate of their own, as in PyTorch's parameter groups.
///
/// ```swift
/// let factor = try LearningRateFactor("layer[12]", 0.1)
/// print(factor.matches("layer1/conv/kernel"))  // true
/// ```
public struct LearningRateFactor: Sendable, Hashable {
  /// A regular expression, searched for anywhere in a parameter's path.
  public let pattern: String
  /// 0 or more.
  public let factor: Double
  private let filter: PathFilter

  /// - Throws: `ConfigurationError` for what is no regular expression, or a factor that is negative or not finite.
  public init(_ pattern: String, _ factor: Double, origin: String = "") throws(ConfigurationError) {
    guard factor >= 0, factor.isFinite else {
      throw .outOfRange(
        key: "the factor of '\(pattern)'", value: "\(factor)", range: "a finite number, 0 or more", origin: origin)
    }
    filter = try PathFilter(including: [pattern], origin: origin)
    (self.pattern, self.factor) = (pattern, factor)
  }

  public func matches(_ path: String) -> Bool { filter.matches(path) }
}
