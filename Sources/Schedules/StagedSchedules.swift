import Configuration
import Foundation

/// A straight line up from 0, a constant, and a decay at the end (warmup-stable-decay, Hu et al. 2024).
///
/// The decay's shapes are those of Hägele et al. 2024: with `z` from 0 to 1, `1 - z`, half a cosine, or `1 - sqrt(z)`.
public struct WarmupStableDecaySchedule: NamedSchedule {
  /// The way down.
  public enum Shape: String, Sendable, Hashable, CaseIterable { case linear, cosine, squareRoot }

  public static let declaration = Declaration(
    "warmupStableDecay", "a straight line up, a constant, and a decay at the end",
    standard: WarmupStableDecaySchedule(0.1),
    reference: Reference(
      "Hu et al.", 2024, "MiniCPM: Unveiling the Potential of Small Language Models with Scalable Training Strategies",
      "https://arxiv.org/abs/2404.06395"),
    settings: [
      Setting("value", \.value, .finite, "value between warm-up and decay"),
      Setting("final", \.final, .finite, "value at the end and after it"),
      Setting("warmup", \.warmup, .number(in: 0...1), "fraction of the time during which the value rises"),
      Setting("decay", \.decay, .number(in: 0...1), "fraction of the time during which it falls, at the end"),
      Setting("shape", \.shape, .word, "the way down"),
    ] + TrainingSpan.settings(\.span, "duration"),
    check: { (schedule, options) throws(ConfigurationError) in
      guard schedule.warmup + schedule.decay <= 1 else {
        throw .invalid(
          message: "warm-up and decay take \(schedule.warmup) and \(schedule.decay) of the time, more than all of it",
          origin: options.origin)
      }
    })

  public var value: Double
  public var final: Double
  public var warmup: Double
  public var decay: Double
  public var shape: Shape
  public var span: TrainingSpan

  /// - Parameters:
  ///   - warmup: a fraction of the span, as `decay` is; their sum is at most 1.
  public init(
    _ value: Double, final: Double = 0, warmup: Double = 0.05, decay: Double = 0.2, shape: Shape = .linear,
    over span: TrainingSpan = .wholeTraining
  ) {
    (self.value, self.final, self.warmup, self.decay) = (value, final, warmup, decay)
    (self.shape, self.span) = (shape, span)
  }

  public var extremes: [Double] {
    (warmup > 0 ? [0] : []) + [value] + (decay > 0 ? [span.last(final, from: value)] : [])
  }

  public func value(at progress: Progress, dtype: DType) -> Tensor {
    let step = progress.step.cast(to: dtype.accumulation)
    let total = span.steps(of: progress)
    let (rise, fall) = ((warmup * total).rounded(), (decay * total).rounded())
    let rising = (step / Swift.max(rise, 1)).minimum(1)
    let fallen = ((step - (total - fall)) / Swift.max(fall, 1)).clamped(to: 0...1)
    let falling: Tensor =
      switch shape {
      case .linear: (1 - fallen) * (value - final) + final
      case .cosine: .cosine(from: value, to: final, fallen)
      case .squareRoot: (1 - fallen.sqrt()) * (value - final) + final
      }
    return Tensor.select(step .< rise, rising * value, falling).cast(to: dtype)
  }
}

/// A constant while wide minima are explored, then a straight line down to 0 (explore-exploit, Iyer et al. 2020), after a
/// straight line up if there is a warm-up.
public struct KneeSchedule: NamedSchedule {
  public static let declaration = Declaration(
    "knee", "a constant, then a straight line down to 0", standard: KneeSchedule(0.1),
    reference: Reference(
      "Iyer et al.", 2020, "Wide-minima Density Hypothesis and the Explore-Exploit Learning Rate Schedule",
      "https://arxiv.org/abs/2003.03977"),
    settings: [
      Setting("peak", \.peak, .finite, "value while exploring"),
      Setting("warmup", \.warmup, .number(in: 0...1), "fraction of the time during which the value rises"),
      Setting("explore", \.explore, .number(in: 0...1), "fraction of the time after it during which it is constant"),
    ] + TrainingSpan.settings(\.span, "duration"),
    check: { (schedule, options) throws(ConfigurationError) in
      guard schedule.warmup + schedule.explore <= 1 else {
        throw .invalid(
          message: "warm-up and exploration take \(schedule.warmup) and \(schedule.explore) of the time, more than all "
            + "of it", origin: options.origin)
      }
    })

  public var peak: Double
  public var warmup: Double
  public var explore: Double
  public var span: TrainingSpan

  /// - Parameter explore: a fraction of the span, as `warmup` is; their sum is at most 1.
  public init(
    _ peak: Double, warmup: Double = 0, explore: Double = 0.5, over span: TrainingSpan = .wholeTraining
  ) {
    (self.peak, self.warmup, self.explore, self.span) = (peak, warmup, explore, span)
  }

  private var stages: WarmupStableDecaySchedule {
    WarmupStableDecaySchedule(peak, warmup: warmup, decay: 1 - warmup - explore, over: span)
  }

  public var extremes: [Double] { stages.extremes }

  public func value(at progress: Progress, dtype: DType) -> Tensor { stages.value(at: progress, dtype: dtype) }
}

/// From one value to another, slowly at first and fast at the end: with `z` the part of the time that has passed,
/// `final + (initial - final) (1 - z) / (1 - z / 2)` (Chen et al. 2022, "reflected exponential").
public struct REXSchedule: NamedSchedule {
  public static let declaration = Declaration(
    "rex", "from one value to another, slowly at first and fast at the end", standard: REXSchedule(0.1),
    reference: Reference(
      "Chen et al.", 2022, "REX: Revisiting Budgeted Training with an Improved Schedule",
      "https://arxiv.org/abs/2107.04197"),
    settings: [
      Setting("initial", \.initial, .finite, "value at the start"),
      Setting("final", \.final, .finite, "value at the end and after it"),
    ] + TrainingSpan.settings(\.span, "duration"))

  public var initial: Double
  public var final: Double
  public var span: TrainingSpan

  public init(_ initial: Double, final: Double = 0, over span: TrainingSpan = .wholeTraining) {
    (self.initial, self.final, self.span) = (initial, final, span)
  }

  public var extremes: [Double] { [initial, span.last(final, from: initial)] }

  public func value(at progress: Progress, dtype: DType) -> Tensor {
    let left = 1 - progress.fraction(of: span, dtype: dtype)
    return (left / (left * 0.5 + 0.5) * (initial - final) + final).cast(to: dtype)
  }
}

/// Another schedule times a warm-up whose length follows from Adam's `beta2` (Ma and Yarats 2021).
///
/// At the `t`-th update, counted from 1, the factor is `min(1, (1 - beta2) t / 2)`, or `1 - exp(-(1 - beta2) t)`. The other
/// schedule's clock starts with training.
public struct UntunedWarmupSchedule: NamedSchedule {
  /// The way up.
  public enum Shape: String, Sendable, Hashable, CaseIterable { case linear, exponential }

  public static let declaration = Declaration(
    "untunedWarmup", "another schedule, warmed up for as long as Adam's beta2 needs",
    standard: UntunedWarmupSchedule(0.001),
    reference: Reference(
      "Ma and Yarats", 2021, "On the Adequacy of Untuned Warmup for Adaptive Optimization",
      "https://arxiv.org/abs/1910.04209"),
    settings: [
      Setting("then", \.next, .finite, "schedule or number that is warmed up"),
      Setting("beta2", \.beta2, .decayRate, "the optimizer's decay rate of squared gradients"),
      Setting("shape", \.shape, .word, "the way up: over 2 / (1 - beta2) updates, or exponentially"),
    ])

  public var next: any Schedule
  public var beta2: Double
  public var shape: Shape

  public init(_ next: any Schedule, beta2: Double = 0.999, shape: Shape = .linear) {
    (self.next, self.beta2, self.shape) = (next, beta2, shape)
  }

  public var extremes: [Double] {
    let first = shape == .linear ? Swift.min(1, (1 - beta2) / 2) : -expm1(-(1 - beta2))
    return next.extremes.flatMap { [$0 * first, $0] }
  }

  public func value(at progress: Progress, dtype: DType) -> Tensor {
    let work = dtype.accumulation
    let elapsed = progress.updateNumber(dtype: work) * (1 - beta2)
    let factor = shape == .linear ? (elapsed * 0.5).minimum(1) : -(-elapsed).expm1()
    return (next.value(at: progress, dtype: work) * factor).cast(to: dtype)
  }
}
