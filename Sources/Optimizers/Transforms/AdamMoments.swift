import func Foundation.log

/// Updates as Adam scales them: the mean of gradients over the root of the mean of their squares.
///
/// `m' = beta1 m + (1 - beta1) g`, `v' = beta2 v + (1 - beta2) g^2`, and with the step's number t from 1 and
/// `M = m' / (1 - beta1^t)`, `V = v' / (1 - beta2^t)`:
/// - ``EpsilonPlacement/corrected``: `M / (sqrt(V) + epsilon)` (the paper's algorithm, PyTorch);
/// - ``EpsilonPlacement/uncorrected``: `M sqrt(1 - beta2^t) / (sqrt(v') + epsilon)` (the paper's "epsilon hat",
///   Keras).
///
/// Where beta1 is a schedule, `beta1^t` is the power of its present value, as in PyTorch and optax.
///
/// Kingma and Ba 2015; `amsgrad` divides by the greatest `v'` so far (Reddi et al. 2018). Both moments of
/// half-precision parameters are kept in `float32`.
public struct AdamMoments: ParameterwiseTransform {
  /// Whether epsilon is added after the bias correction or before it.
  public enum EpsilonPlacement: Sendable, Hashable { case corrected, uncorrected }

  public var beta1: any Schedule
  public var beta2: Double
  public var epsilon: Double
  public var placement: EpsilonPlacement
  public var amsgrad: Bool
  /// Whether the moments' bias towards their initial zero is corrected.
  public var correctsBias: Bool

  public init(
    beta1: any Schedule = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, placement: EpsilonPlacement = .corrected,
    amsgrad: Bool = false, correctsBias: Bool = true
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.placement = placement
    self.amsgrad = amsgrad
    self.correctsBias = correctsBias
  }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    slots["first"] = parameter.widened.zerosLike()
    slots["second"] = parameter.widened.zerosLike()
    if amsgrad { slots["greatest"] = parameter.widened.zerosLike() }
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let gradient = update.widened
    let first = slots["first"].runningMean(gradient, keeping: beta1, at: context.progress)
    var second = slots["second"].runningMean(gradient.squared(), keeping: beta2)
    slots["first"] = first
    slots["second"] = second
    if amsgrad {
      second = slots["greatest"].maximum(second)
      slots["greatest"] = second
    }
    guard correctsBias else { return (first / (second.sqrt() + epsilon)).cast(to: update.dtype) }
    let mean = first / context.progress.biasCorrection(beta1, dtype: gradient.dtype)
    let root = context.progress.biasCorrection(beta2, dtype: gradient.dtype).sqrt()
    let scaled =
      switch placement {
      case .corrected: mean / (second.sqrt() / root + epsilon)
      case .uncorrected: mean * root / (second.sqrt() + epsilon)
      }
    return scaled.cast(to: update.dtype)
  }
}

extension Progress {
  /// `1 - beta^t` for the update's number `t`, with all its digits where `beta` is near 1.
  func biasCorrection(_ beta: Double, dtype: DType) -> Tensor {
    -(updateNumber(dtype: dtype) * Foundation.log(beta)).expm1()
  }

  /// The same with the power of the schedule's present value.
  func biasCorrection(_ beta: any Schedule, dtype: DType) -> Tensor {
    if let beta = beta as? Double { return biasCorrection(beta, dtype: dtype) }
    return -(updateNumber(dtype: dtype) * beta.value(at: self, dtype: dtype).log()).expm1()
  }

  /// Progress as it will be at the next update.
  var next: Progress {
    Progress(step: step + 1, stepsPerEpoch: stepsPerEpoch, epochs: epochs, batchSize: batchSize)
  }
}

extension Tensor {
  /// `keeping * self + (1 - keeping) * value`.
  func runningMean(_ value: Tensor, keeping: Double) -> Tensor { self * keeping + value * (1 - keeping) }

  /// The same with the present value of a schedule.
  func runningMean(_ value: Tensor, keeping: any Schedule, at progress: Progress) -> Tensor {
    if let keeping = keeping as? Double { return runningMean(value, keeping: keeping) }
    let kept = keeping.value(at: progress, dtype: dtype)
    return self * kept + value * (1 - kept)
  }
}
