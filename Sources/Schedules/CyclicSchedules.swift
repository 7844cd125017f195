import Configuration

/// Half a cosine over and over, each period longer and each peak lower if asked for.
///
/// Period `k` takes `T periodFactor^k` and falls from `initial rateFactor^k` to `final` of the same height
/// (SGDR, Loshchilov and Hutter 2017).
public struct CosineRestartsSchedule: NamedSchedule {
  public static let declaration = Declaration(
    "cosineRestarts", "half a cosine over and over", standard: CosineRestartsSchedule(0.1), reference: .sgdr,
    settings: [
      Setting("initial", \.initial, .finite, "value at the start"),
      Setting("final", \.final, .finite, "value at the end of each period"),
      Setting("periodFactor", \.periodFactor, .number(in: 1...1e6), "length of each period relative to the last"),
      Setting("rateFactor", \.rateFactor, .nonNegative, "peak of each period relative to the last"),
    ] + TrainingSpan.settings(\.span, "first period"))

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

  /// Of peaks that grow the greatest isn't known.
  public var extremes: [Double] {
    [initial, final.before(initial)] + (rateFactor < 1 ? [Double.zero.before(initial)] : [initial * rateFactor])
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

/// Half a cosine up to the peak and another down to almost nothing (Smith and Topin 2018), as PyTorch draws it.
///
/// From `peak / divisor` to `peak` by update `warmup * T - 1`, then to `peak / divisor / finalDivisor` by update
/// `T - 1`.
public struct OneCycleSchedule: NamedSchedule {
  public static let declaration = Declaration(
    "oneCycle", "half a cosine up and another down", standard: OneCycleSchedule(0.1),
    reference: Reference(
      "Smith and Topin", 2018, "Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates",
      "https://arxiv.org/abs/1708.07120"),
    settings: [
      Setting("peak", \.peak, .finite, "greatest value"),
      Setting("warmup", \.warmup, .number(in: 0...1), "fraction of the time during which the value rises"),
      Setting("divisor", \.divisor, .positive, "peak divided by the value at the start"),
      Setting("finalDivisor", \.finalDivisor, .positive, "value at the start divided by the value at the end"),
    ] + TrainingSpan.settings(\.span, "duration"))

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

  public var extremes: [Double] { [peak / divisor, peak, peak / divisor / finalDivisor] }

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
