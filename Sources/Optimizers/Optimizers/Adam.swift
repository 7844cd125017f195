import Configuration
import func Foundation.log

/// Adam (Kingma and Ba 2015): `w -= lr * M / (sqrt(V) + epsilon)`, see ``AdamMoments``.
///
/// ``FrameworkStyle/torch`` adds epsilon (1e-8) after the bias correction, ``FrameworkStyle/keras`` (1e-7)
/// before it.
public struct Adam: Optimizer {
  public static let declaration = Declaration(
    "adam", "adaptive moment estimation", standard: Adam(),
    formula: "m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²; w ← w − η m̂ / (√v̂ + ε)",
    reference: Reference(
      "Kingma and Ba", 2015, "Adam: A Method for Stochastic Optimization", "https://arxiv.org/abs/1412.6980"),
    settings: [.learningRate(\.learningRate)] + AdamMoments.settings.of(\.moments) + [
      .l2(\.l2), .excludeFromWeightDecay(\.weightDecayFilter),
    ])

  public var learningRate: any Schedule
  public var moments: AdamMoments
  public var l2: any Schedule
  public var weightDecayFilter: PathFilter

  /// - Parameter epsilon: the style's by default.
  public init(
    learningRate: any Schedule = 0.001, beta1: any Schedule = 0.9, beta2: any Schedule = 0.999,
    epsilon: (any Schedule)? = nil,
    style: FrameworkStyle = .torch, amsgrad: Bool = false, correctsBias: Bool = true,
    l2: any Schedule = 0.0, weightDecayFilter: PathFilter = .all
  ) {
    self.learningRate = learningRate
    moments = AdamMoments(
      beta1: beta1, beta2: beta2, epsilon: epsilon, style: style, amsgrad: amsgrad, correctsBias: correctsBias)
    self.l2 = l2
    self.weightDecayFilter = weightDecayFilter
  }

  public var transform: any Transform {
    var chain: [any Transform] = []
    chain.append(decay: l2, filter: weightDecayFilter)
    return Chain(chain + [moments, ScaleByLearningRate(learningRate)])
  }
}

/// Adam with weight decay apart from the moments (Loshchilov and Hutter 2019):
/// `w -= lr * (M / (sqrt(V) + epsilon) + decay * w)`.
public struct AdamW: Optimizer {
  public static let declaration = Declaration(
    "adamW", "Adam with decoupled weight decay", standard: AdamW(),
    formula: "m, v of adam; w ← w − η (m̂ / (√v̂ + ε) + λw)",
    reference: Reference(
      "Loshchilov and Hutter", 2019, "Decoupled Weight Decay Regularization", "https://arxiv.org/abs/1711.05101"),
    settings: [.learningRate(\.learningRate)] + AdamMoments.settings.of(\.moments) + [
      .weightDecay(\.weightDecay), .excludeFromWeightDecay(\.weightDecayFilter),
    ])

  public var learningRate: any Schedule
  public var moments: AdamMoments
  public var weightDecay: any Schedule
  public var weightDecayFilter: PathFilter

  /// - Parameter epsilon: the style's by default.
  public init(
    learningRate: any Schedule = 0.001, beta1: any Schedule = 0.9, beta2: any Schedule = 0.999,
    epsilon: (any Schedule)? = nil,
    style: FrameworkStyle = .torch, amsgrad: Bool = false, correctsBias: Bool = true, weightDecay: any Schedule = 0.01,
    weightDecayFilter: PathFilter = .all
  ) {
    self.learningRate = learningRate
    moments = AdamMoments(
      beta1: beta1, beta2: beta2, epsilon: epsilon, style: style, amsgrad: amsgrad, correctsBias: correctsBias)
    self.weightDecay = weightDecay
    self.weightDecayFilter = weightDecayFilter
  }

  public var transform: any Transform {
    Chain(moments, decay: weightDecay, filter: weightDecayFilter, learningRate: learningRate)
  }
}

/// Updates as Adam scales them: the mean of gradients over the root of the mean of their squares.
///
/// `m' = beta1 m + (1 - beta1) g`, `v' = beta2 v + (1 - beta2) g^2`, and with the step's number t from 1 and
/// `M = m' / (1 - beta1^t)`, `V = v' / (1 - beta2^t)`:
/// - ``FrameworkStyle/torch``: `M / (sqrt(V) + epsilon)` (the paper's algorithm, PyTorch);
/// - ``FrameworkStyle/keras``: `M sqrt(1 - beta2^t) / (sqrt(v') + epsilon)` (the paper's "epsilon hat",
///   Keras).
///
/// Where beta1 is a schedule, `beta1^t` is the power of its present value, as in PyTorch and optax.
///
/// Kingma and Ba 2015; `amsgrad` divides by the greatest `v'` so far (Reddi et al. 2018). Both moments of
/// half-precision parameters are kept in `float32`. Where beta1 is 0 there is no first moment to keep.
public struct AdamMoments: ParameterwiseTransform, ShardableTransform {
  public var beta1: any Schedule
  public var beta2: any Schedule
  public var epsilon: any Schedule
  /// Whether epsilon is added after the bias correction or before it.
  public var style: FrameworkStyle
  public var amsgrad: Bool
  /// Whether the moments' bias towards their initial zero is corrected.
  public var correctsBias: Bool

  /// - Parameter epsilon: by default 1e-8, in style ``FrameworkStyle/keras`` 1e-7.
  public init(
    beta1: any Schedule = 0.9, beta2: any Schedule = 0.999, epsilon: (any Schedule)? = nil,
    style: FrameworkStyle = .torch,
    amsgrad: Bool = false, correctsBias: Bool = true
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon ?? (style == .keras ? 1e-7 : 1e-8)
    self.style = style
    self.amsgrad = amsgrad
    self.correctsBias = correctsBias
  }

  static let settings: [Setting<AdamMoments>] = [
    .preset(
      "style", \.style, .word, "where epsilon is added: after the bias correction (torch) or before (keras)",
      standard: { AdamMoments(style: $0) }),
    .beta1(\.beta1), .beta2(\.beta2), .epsilon(\.epsilon),
    Setting("amsgrad", \.amsgrad, .flag, "whether to divide by the greatest second moment so far"),
    .biasCorrection(\.correctsBias),
  ]

  private var hasMean: Bool { beta1.constant != 0 }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    if hasMean { slots.setZeros("first", like: parameter) }
    slots.setZeros("second", like: parameter)
    if amsgrad { slots.setZeros("greatest", like: parameter) }
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let gradient = update.upcast
    let epsilon = epsilon.at(context.progress)
    let first =
      hasMean ? slots.updateMean("first", with: gradient, keeping: beta1.at(context.progress)) : gradient
    var second = slots.updateMean("second", with: gradient.squared(), keeping: beta2.at(context.progress))
    if amsgrad {
      second = slots["greatest"].maximum(second)
      slots["greatest"] = second
    }
    guard correctsBias else { return (first / (second.sqrt() + epsilon)).cast(to: update.dtype) }
    let mean = hasMean ? first / context.progress.biasCorrection(beta1, dtype: gradient.dtype) : first
    let root = context.progress.biasCorrection(beta2, dtype: gradient.dtype).sqrt()
    let scaled =
      switch style {
      case .torch: mean / (second.sqrt() / root + epsilon)
      case .keras: mean * root / (second.sqrt() + epsilon)
      }
    return scaled.cast(to: update.dtype)
  }
}

extension Progress {
  /// `1 - beta^t` for the update's number `t` and the present value of `beta`, with all its digits where it is near 1.
  func biasCorrection(_ beta: any Schedule, dtype: DType) -> Tensor {
    let beta = beta.at(self)
    let number = updateNumber(dtype: dtype)
    return -(beta.constant.map { number * Foundation.log($0) } ?? number * beta.tensor(dtype).log()).expm1()
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
  func runningMean(_ value: Tensor, keeping: Coefficient) -> Tensor { self * keeping + value * (1 - keeping) }
}
