import Configuration
import func Foundation.log

/// Adam with a second, slower mean of gradients (Pagliardini et al. 2024), see ``MixedMoments``.
public struct AdEMAMix: Optimizer {
  public static let declaration = Declaration(
    "adEMAMix", "Adam with a fast and a slow mean of gradients", standard: AdEMAMix(),
    formula: "m, v of adam; n ← β₃n + (1 − β₃)g; w ← w − η ((m̂ + αn) / (√v̂ + ε) + λw)",
    reference: Reference(
      "Pagliardini et al.", 2024, "The AdEMAMix Optimizer: Better, Faster, Older", "https://arxiv.org/abs/2409.03137"),
    settings: [
      .learningRate(\.learningRate), Setting("beta1", \.moments.beta1, .decayRate, "decay rate β₁ of the fast mean"),
      .beta2(\.moments.beta2), Setting("beta3", \.moments.beta3, .decayRate, "decay rate β₃ of the slow mean"),
      Setting("alpha", \.moments.alpha, .nonNegative, "α, how much the slow mean counts"),
      Setting(
        "warmup", \.moments.warmup, .integer(in: 0...Int(Int32.max)),
        "updates until α and β₃ have their values; 0 for none"),
      .epsilon(\.moments.epsilon), .weightDecay(\.weightDecay), .excludeFromWeightDecay(\.weightDecayFilter),
    ])

  public var learningRate: any Schedule
  public var moments: MixedMoments
  public var weightDecay: any Schedule
  public var weightDecayFilter: PathFilter

  /// - Parameter warmup: in updates; the paper takes all of the training.
  public init(
    learningRate: any Schedule = 0.001, beta1: any Schedule = 0.9, beta2: any Schedule = 0.999,
    beta3: any Schedule = 0.9999,
    alpha: any Schedule = 2.0, warmup: Int = 0, epsilon: any Schedule = 1e-8, weightDecay: any Schedule = 0.0,
    weightDecayFilter: PathFilter = .all
  ) {
    self.learningRate = learningRate
    moments = MixedMoments(
      beta1: beta1, beta2: beta2, beta3: beta3, alpha: alpha, warmup: warmup, epsilon: epsilon)
    self.weightDecay = weightDecay
    self.weightDecayFilter = weightDecayFilter
  }

  public var transform: any Transform {
    Chain(moments, decay: weightDecay, filter: weightDecayFilter, learningRate: learningRate)
  }
}

/// Two means of gradients, a fast one `m` with beta1, whose bias is corrected, and a slow one `n` with beta3:
/// `(M + alpha n') / (sqrt(V) + epsilon)` (AdEMAMix, Pagliardini et al. 2024).
///
/// During `warmup` updates alpha grows linearly from 0, and so does the slow mean's half-life from the fast one's.
public struct MixedMoments: ParameterwiseTransform, ShardableTransform {
  public var beta1: any Schedule
  public var beta2: any Schedule
  public var beta3: any Schedule
  public var alpha: any Schedule
  public var warmup: Int
  public var epsilon: any Schedule

  public init(
    beta1: any Schedule = 0.9, beta2: any Schedule = 0.999, beta3: any Schedule = 0.9999, alpha: any Schedule = 2.0,
    warmup: Int = 0,
    epsilon: any Schedule = 1e-8
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.beta3 = beta3
    self.alpha = alpha
    self.warmup = warmup
    self.epsilon = epsilon
  }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    slots.setZeros("first", "slow", "second", like: parameter)
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let (gradient, progress) = (update.upcast, context.progress)
    let first = slots.updateMean("first", with: gradient, keeping: beta1.at(context.progress))
    let second = slots.updateMean("second", with: gradient.squared(), keeping: beta2.at(context.progress))
    let (alpha, share) = slowMean(progress, dtype: gradient.dtype)
    let slow = slots["slow"] + (gradient - slots["slow"]) * share
    slots["slow"] = slow
    let root = (second / progress.biasCorrection(beta2, dtype: gradient.dtype)).sqrt()
    let mean = first / progress.biasCorrection(beta1, dtype: gradient.dtype)
    return ((mean + slow * alpha) / (root + epsilon.at(context.progress))).cast(to: update.dtype)
  }

  /// The half-life of a mean, less 1; 1e-8 admits a decay rate of 0.
  private func halfLife(_ beta: Coefficient) -> Coefficient {
    Foundation.log(0.5) / (beta + Coefficient(1e-8)).log() - 1
  }

  /// Alpha, and the present gradient's share of the slow mean.
  private func slowMean(_ progress: Progress, dtype: DType) -> (alpha: Tensor, share: Tensor) {
    let (fast, slow) = (halfLife(beta1.at(progress)), halfLife(beta3.at(progress)))
    let last = (alpha: alpha.value(at: progress, dtype: dtype), share: (1 - beta3.at(progress)).tensor(dtype))
    guard warmup > 0 else { return last }
    let part = progress.updateNumber(dtype: dtype) / Double(warmup)
    let life = part * (slow - fast) + fast
    let share = -(Foundation.log(0.5) / (life + 1)).expm1()
    let isOver = part .>= 1
    return (last.alpha * part.minimum(1), share.replaced(where: isOver, by: last.share))
  }
}
