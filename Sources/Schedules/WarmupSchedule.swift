import Configuration

/// A straight line up to another schedule, which then goes on: `from + (s - from) t / T` while `t < T`, then `s`.
///
/// Per step, `t` counts updates from 0. Per epoch, it counts epochs from 1, so that the first isn't spent at
/// `from`. Goyal et al. 2017 start at the rate of one device and take five epochs.
public struct WarmupSchedule: NamedSchedule {
  public static let name = "warmup"
  public static let summary = "a straight line up to another schedule (Goyal et al. 2017)"
  public static let parameters =
    [
      Parameter("from", default: 0, "the value at the start"),
      Parameter("then", default: 0.1, "the schedule or number it leads to"),
    ] + TrainingSpan.parameters(default: "5", "how long it takes") + [
      Parameter("perEpoch", default: false, "whether the value stays the same within an epoch"),
      Parameter("delaysNext", default: true, "whether the next schedule's clock starts after the warm-up"),
    ]

  public var next: any Schedule
  public var from: Double
  public var span: TrainingSpan
  public var isPerEpoch: Bool
  /// Whether the next schedule's clock starts after the warm-up (Keras, PyTorch's `SequentialLR`), or with
  /// training: milestones of a step schedule are then epochs of training.
  public var delaysNext: Bool

  public init(
    to next: any Schedule, from: Double = 0, over span: TrainingSpan = .epochs(5), isPerEpoch: Bool = false,
    delaysNext: Bool = true
  ) {
    self.next = next
    self.from = from
    self.span = span
    self.isPerEpoch = isPerEpoch
    self.delaysNext = delaysNext
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    from = try options.nonNegative("from", default: 0)
    next = try options.schedule("then", default: 0.1)
    span = try options.span(default: .epochs(5))
    isPerEpoch = try options.flag("perEpoch", default: false)
    delaysNext = try options.flag("delaysNext", default: true)
  }

  public func value(at progress: Progress, dtype: DType) -> Tensor {
    let work = dtype.accumulation
    let length = span.steps(of: progress).rounded(.up)
    let clock = delaysNext ? progress.delayed(by: Int(clamping: length)) : progress
    let next = next.value(at: clock, dtype: work)
    guard length > 0 else { return next.cast(to: dtype) }
    let fraction =
      isPerEpoch
      ? (progress.epoch.cast(to: work) + 1) * (Double(progress.stepsPerEpoch) / length)
      : progress.step.cast(to: work) / length
    let rising = (next - from) * fraction + from
    return Tensor.select(fraction .< 1, rising, next).cast(to: dtype)
  }
}

extension Int {
  /// The nearest integer to a number that may be beyond all of them; 0 for NaN.
  fileprivate init(clamping number: Double) {
    self = Int(exactly: number.rounded()) ?? (number.isNaN ? 0 : number < 0 ? .min : .max)
  }
}
