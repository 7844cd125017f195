import Configuration

/// The logarithm of the softmax along an axis, finite where that rounds to 0.
public struct LogSoftmax: Activation {
  public static let name = "logSoftmax"
  public static let summary = "log(e^x / sum(e^x)) along an axis"
  public static let parameters = [Parameter("axis", default: -1, "the softmax' axis; -1 is the last")]
  public var range: ClosedRange<Double> { -Double.infinity...0 }

  public var axis: Int

  public init(axis: Int = -1) { self.axis = axis }

  public init(from options: inout Options) throws(ConfigurationError) {
    axis = try options.integer("axis", default: -1, in: -64...63)
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { x.logSoftmax(axis: axis) }
}
