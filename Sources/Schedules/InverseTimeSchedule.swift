import Configuration

/// `initial / (1 + factor * t / T)` (Robbins and Monro 1951).
public struct InverseTimeSchedule: NamedSchedule {
  public static let name = "inverseTime"
  public static let summary = "divided by one plus a multiple of the time (Robbins and Monro 1951)"
  public static let parameters =
    [
      Parameter("initial", default: 0.1, "the value at the start"),
      Parameter("factor", default: 1, "what is added to the divisor over a span"),
    ] + TrainingSpan.parameters(default: "1", "the span")

  public var initial: Double
  public var factor: Double
  public var span: TrainingSpan

  public init(_ initial: Double, factor: Double = 1, over span: TrainingSpan = .epochs(1)) {
    self.initial = initial
    self.factor = factor
    self.span = span
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    initial = try options.nonNegative("initial", default: 0.1)
    factor = try options.nonNegative("factor", default: 1)
    span = try options.span(default: .epochs(1))
  }

  public func value(at progress: Progress, dtype: DType) -> Tensor {
    (initial / (progress.elapsed(of: span, dtype: dtype) * factor + 1)).cast(to: dtype)
  }
}
