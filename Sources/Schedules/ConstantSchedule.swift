import Configuration

/// The same value all the time; a plain number does as well.
public struct ConstantSchedule: NamedSchedule {
  public static let name = "constant"
  public static let summary = "the same value all the time"
  public static let parameters = [Parameter("value", default: 0.1, "the value")]

  public var value: Double

  public init(_ value: Double) { self.value = value }

  public init(from options: inout Options) throws(ConfigurationError) {
    value = try options.nonNegative("value", default: 0.1)
  }

  public func value(at progress: Progress, dtype: DType) -> Tensor { Tensor(value, dtype: dtype) }
}
