import Configuration

/// Half a cosine up to the peak and another down to almost nothing (Smith and Topin 2018), as PyTorch draws it.
///
/// From `peak / divisor` to `peak` by update `warmup * T - 1`, then to `peak / divisor / finalDivisor` by update
/// `T - 1`.
public struct OneCycleSchedule: NamedSchedule {
  public static let name = "oneCycle"
  public static let summary = "half a cosine up and another down (Smith and Topin 2018)"
  public static let parameters =
    [
      Parameter("peak", default: 0.1, "the greatest value"),
      Parameter("warmup", default: 0.3, "the part of the time that it rises"),
      Parameter("divisor", default: 25, "what the peak is divided by at the start"),
      Parameter("finalDivisor", default: 10000, "what the first value is divided by at the end"),
    ] + TrainingSpan.parameters(default: "all", "how long it takes")

  public var peak: Double
  public var warmup: Double
  public var divisor: Double
  public var finalDivisor: Double
  public var span: TrainingSpan

  public init(
    _ peak: Double, warmup: Double = 0.3, divisor: Double = 25, finalDivisor: Double = 1e4,
    over span: TrainingSpan = .wholeTraining
  ) {
    self.peak = peak
    self.warmup = warmup
    self.divisor = divisor
    self.finalDivisor = finalDivisor
    self.span = span
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    peak = try options.nonNegative("peak", default: 0.1)
    warmup = try options.number("warmup", default: 0.3, in: 0...1)
    divisor = try options.positive("divisor", default: 25)
    finalDivisor = try options.positive("finalDivisor", default: 1e4)
    span = try options.span(default: .wholeTraining)
  }

  public func value(at progress: Progress, dtype: DType) -> Tensor {
    let step = progress.step.cast(to: dtype.accumulation)
    let total = span.steps(of: progress)
    let top = Swift.max(0, warmup * total - 1)
    let rising = Tensor.cosine(from: peak / divisor, to: peak, step / Swift.max(top, 1e-9))
    let fallen = ((step - top) / Swift.max(total - 1 - top, 1e-9)).minimum(1)
    let falling = Tensor.cosine(from: peak, to: peak / divisor / finalDivisor, fallen)
    return Tensor.select(step .< top, rising, falling).cast(to: dtype)
  }
}
