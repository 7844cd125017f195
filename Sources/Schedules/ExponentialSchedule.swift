import Configuration

/// `initial * factor^(t / T)`; in stairs, the exponent is rounded down.
public struct ExponentialSchedule: NamedSchedule {
  public static let name = "exponential"
  public static let summary = "multiplied by a factor over each span, smoothly or in stairs"
  public static let parameters =
    [
      Parameter("initial", default: 0.1, "the value at the start"),
      Parameter("factor", default: 0.9, "what the value is multiplied by over a span"),
      Parameter("staircase", default: false, "whether it falls at the end of each span only"),
    ] + TrainingSpan.parameters(default: "1", "the span")

  public var initial: Double
  public var factor: Double
  public var span: TrainingSpan
  public var isStaircase: Bool

  public init(
    _ initial: Double, factor: Double = 0.9, over span: TrainingSpan = .epochs(1), isStaircase: Bool = false
  ) {
    self.initial = initial
    self.factor = factor
    self.span = span
    self.isStaircase = isStaircase
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    initial = try options.nonNegative("initial", default: 0.1)
    factor = try options.positive("factor", default: 0.9)
    span = try options.span(default: .epochs(1))
    isStaircase = try options.flag("staircase", default: false)
  }

  public func value(at progress: Progress, dtype: DType) -> Tensor {
    let elapsed = progress.elapsed(of: span, dtype: dtype)
    let exponent = isStaircase ? elapsed.floor() : elapsed
    return (Tensor(factor, dtype: exponent.dtype).power(exponent) * initial).cast(to: dtype)
  }
}
