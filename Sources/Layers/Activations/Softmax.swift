import Configuration

/// e^x over its sum along an axis.
public struct Softmax: Activation {
  public static let name = "softmax"
  public static let summary = "e^x / sum(e^x) along an axis"
  public static let parameters = [Parameter("axis", default: -1, "the axis that sums to 1; -1 is the last")]
  public var range: ClosedRange<Double> { 0...1 }

  public var axis: Int

  public init(axis: Int = -1) { self.axis = axis }

  public init(from options: inout Options) throws(ConfigurationError) {
    axis = try options.integer("axis", default: -1, in: -64...63)
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { x.softmax(axis: axis) }
}
