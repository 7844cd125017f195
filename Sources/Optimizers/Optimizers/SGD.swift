import Configuration

/// Stochastic gradient descent: `w -= rate * g`.
public struct SGD: Optimizer {
  public static let name = "sgd"
  public static let summary = "stochastic gradient descent (Robbins and Monro 1951)"
  public static let parameters = [Parameter("rate", default: 0.1, "learning rate or schedule")]

  public var rate: any Schedule

  public init(rate: any Schedule = 0.1) { self.rate = rate }

  public init(from options: inout Options) throws(ConfigurationError) {
    rate = try options.schedule("rate", default: 0.1)
  }

  public var transform: any Transform { ScaleByRate(rate) }
}
