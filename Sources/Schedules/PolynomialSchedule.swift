import Configuration

/// `final + (initial - final) (1 - t / T)^power`, then `final`; a straight line with power 1.
public struct PolynomialSchedule: NamedSchedule {
  public static let name = "polynomial"
  public static let summary = "from one value to another along a power of the time left; straight with power 1"
  public static let parameters =
    [
      Parameter("initial", default: 0.1, "the value at the start"),
      Parameter("final", default: 0, "the value at the end and after it"),
      Parameter("power", default: 1, "the exponent"),
    ] + TrainingSpan.parameters(default: "all", "how long it takes")

  public var initial: Double
  public var final: Double
  public var power: Double
  public var span: TrainingSpan

  public init(_ initial: Double, final: Double = 0, power: Double = 1, over span: TrainingSpan = .wholeTraining) {
    self.initial = initial
    self.final = final
    self.power = power
    self.span = span
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    initial = try options.nonNegative("initial", default: 0.1)
    final = try options.nonNegative("final", default: 0)
    power = try options.positive("power", default: 1)
    span = try options.span(default: .wholeTraining)
  }

  public func value(at progress: Progress, dtype: DType) -> Tensor {
    let left = 1 - progress.fraction(of: span, dtype: dtype)
    return ((power == 1 ? left : left.power(power)) * (initial - final) + final).cast(to: dtype)
  }
}
