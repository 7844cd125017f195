import Configuration

/// Half a cosine over and over, each period longer and each peak lower if asked for.
///
/// Period `k` takes `T periodFactor^k` and falls from `initial rateFactor^k` to `final` of the same height
/// (SGDR, Loshchilov and Hutter 2017).
public struct CosineRestartsSchedule: NamedSchedule {
  public static let name = "cosineRestarts"
  public static let summary = "half a cosine over and over (SGDR, Loshchilov and Hutter 2017)"
  public static let parameters =
    [
      Parameter("initial", default: 0.1, "the value at the start"),
      Parameter("final", default: 0, "the value at the end of each period"),
      Parameter("periodFactor", default: 1, "how much longer each period is than the last, 1 or more"),
      Parameter("rateFactor", default: 1, "how much of its peak a period starts at"),
    ] + TrainingSpan.parameters(default: "10", "the first period")

  public var initial: Double
  public var final: Double
  public var span: TrainingSpan
  public var periodFactor: Double
  public var rateFactor: Double

  /// - Parameter periodFactor: less than 1 counts as 1.
  public init(
    _ initial: Double, final: Double = 0, firstPeriod span: TrainingSpan = .epochs(10), periodFactor: Double = 1,
    rateFactor: Double = 1
  ) {
    self.initial = initial
    self.final = final
    self.span = span
    self.periodFactor = periodFactor
    self.rateFactor = rateFactor
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    initial = try options.nonNegative("initial", default: 0.1)
    final = try options.nonNegative("final", default: 0)
    periodFactor = try options.number("periodFactor", default: 1, in: 1...1e6)
    rateFactor = try options.nonNegative("rateFactor", default: 1)
    span = try options.span(default: .epochs(10))
  }

  public func value(at progress: Progress, dtype: DType) -> Tensor {
    let work = dtype.accumulation
    let periods = periods(of: progress)
    let step = progress.step.cast(to: work)
    // The last period that has begun: found among the starts, so that rounding can't miss a restart.
    let begun = step .>= Tensor(periods.map(\.start)).cast(to: work)
    let index = begun.cast(to: .int32).sum() - 1
    func current(_ values: [Double]) -> Tensor { Tensor(values).cast(to: work).take(index) }
    let fraction = ((step - current(periods.map(\.start))) / current(periods.map(\.length))).minimum(1)
    let shape = Tensor.cosine(from: 1, to: 0, fraction)
    return (shape * current(periods.map { $0.peak - final }) + final).cast(to: dtype)
  }

  private struct Period {
    var start: Double
    var length: Double
    var peak: Double
  }

  /// The periods that begin within the planned steps.
  private func periods(of progress: Progress) -> [Period] {
    var periods = [Period(start: 0, length: Swift.max(1, span.steps(of: progress)), peak: initial)]
    // A program holds them all: a plan without end gets as many as fit in memory.
    while let last = periods.last, last.start + last.length < Double(progress.totalSteps), periods.count < 100_000 {
      periods.append(
        Period(
          start: last.start + last.length, length: last.length * Swift.max(1, periodFactor),
          peak: last.peak * rateFactor))
    }
    return periods
  }
}
