import Configuration

/// A straight line up to another schedule, which then goes on: `from + (s - from) t / T` while `t < T`, then `s`.
///
/// Per step, `t` counts updates from 0. Per epoch, it counts epochs from 1, so that the first isn't spent at
/// `from`. Goyal et al. 2017 start at the rate of one device and take five epochs.
public struct WarmupSchedule: NamedSchedule {
  public static let declaration = Declaration(
    "warmup", "a straight line up to another schedule", standard: WarmupSchedule(to: 0.1), reference: .largeMiniBatch,
    settings: [
      Setting("from", \.from, .finite, "value at the start"),
      Setting("then", \.next, .finite, "schedule or number that follows"),
    ] + TrainingSpan.settings(\.span, "duration") + [
      Setting("perEpoch", \.isPerEpoch, .flag, "whether the value is constant within an epoch"),
      Setting("delaysNext", \.delaysNext, .flag, "whether the next schedule's clock starts after the warm-up"),
    ])

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

  public var extremes: [Double] {
    let following = next.extremes
    // Epochs count from 1.
    return [isPerEpoch ? from.before(following.first ?? from) : from] + following
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

/// A schedule times a power of the batch size: `s * (batch / reference)`, or the square root of the quotient.
///
/// Linear: Goyal et al. 2017; square root: Krizhevsky 2014, You et al. 2020. The batch size is training's own;
/// where it isn't known, the value fails.
public struct BatchScaledSchedule: NamedSchedule {
  /// Whether a rate grows with the batch size or with its root.
  public enum Rule: String, Sendable, Hashable, CaseIterable { case linear, squareRoot }

  public static let declaration = Declaration(
    "batchScaled", "a schedule that grows with the batch size", standard: BatchScaledSchedule(0.1),
    reference: .largeMiniBatch,
    settings: [
      Setting("schedule", \.schedule, .finite, "schedule or number at the reference batch size"),
      Setting("reference", \.reference, .integer(in: 1...Int.max), "batch size at which the schedule applies as it is"),
      Setting("rule", \.rule, .word, "growth with the batch size or with its square root"),
    ])

  public var schedule: any Schedule
  public var reference: Int
  public var rule: Rule

  public init(_ schedule: any Schedule, reference: Int = 128, rule: Rule = .linear) {
    self.schedule = schedule
    self.reference = reference
    self.rule = rule
  }

  public func value(at progress: Progress, dtype: DType) -> Tensor {
    guard let batchSize = progress.batchSize else {
      return .failed(
        Diagnostic(operation: Self.name, message: "the batch size isn't known here: give the rate as a number"))
    }
    let quotient = Double(batchSize) / Double(reference)
    return schedule.value(at: progress, dtype: dtype) * (rule == .linear ? quotient : quotient.squareRoot())
  }
}

extension Reference {
  static let sgdr = Reference(
    "Loshchilov and Hutter", 2017, "SGDR: Stochastic Gradient Descent with Warm Restarts",
    "https://arxiv.org/abs/1608.03983")
  static let largeMiniBatch = Reference(
    "Goyal et al.", 2017, "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour",
    "https://arxiv.org/abs/1706.02677")
}
