import Configuration

/// Huber's (1964) loss, the mean over an example's outputs: half the squared difference up to `delta`,
/// `delta·(|difference| - delta/2)` beyond.
public struct Huber: Loss {
  public static let name = "huber"
  public static let summary = "Half the squared difference up to delta, linear beyond (Huber 1964)."
  public static let parameters = [Parameter("delta", default: 1, "where the square ends, above 0")]

  public var outputKind: OutputKind? { .values }

  public var delta: Double

  public init(delta: Double = 1) { self.delta = delta }

  public init(from options: inout Options) throws(ConfigurationError) {
    delta = try options.number("delta", default: 1, in: 1e-12...1e12)
  }

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    let difference = outputs - targets.asValues(for: outputs, operation: Self.name)
    let distance = difference.abs()
    let loss = Tensor.select(distance .<= delta, difference.squared() * 0.5, (distance - delta / 2) * delta)
    return loss.meanOfPositions()
  }
}
