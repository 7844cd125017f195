import Configuration

/// Batch normalization: normalizes each channel, the last axis of `[batch, …, channels]`, by its mean and variance, those
/// of the batch in training and running ones otherwise (Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167).
///
/// Parameters are `scale` (γ) and `offset` (β), state is `mean` and `variance`, all `[channels]`. These and the batch's
/// statistics are `float32` if the input has half precision.
public struct BatchNorm: ComposableLayer {
  public static let declaration = Declaration(
    "batchNorm", "normalizes each channel by the batch's mean and variance", standard: BatchNorm(),
    reference: Reference(
      "Ioffe and Szegedy", 2015,
      "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift",
      "https://arxiv.org/abs/1502.03167"),
    settings: BatchNormConvention.settings.of(\.convention) + [
      Setting("scale", \.hasScale, .flag, "whether the result is multiplied by a trainable γ per channel"),
      Setting("offset", \.hasOffset, .flag, "whether a trainable β per channel is added"),
      Setting("activation", \.activation, .optional(.method, standing: ReLU()), "activation of the result"),
    ])

  public var convention: BatchNormConvention
  public var hasScale: Bool
  public var hasOffset: Bool
  /// Applied to the result; ReLU is fused into the same pass over memory.
  public var activation: (any Activation)?

  public init(
    _ convention: BatchNormConvention = .keras, hasScale: Bool = true, hasOffset: Bool = true,
    activation: (any Activation)? = nil
  ) {
    self.convention = convention
    self.hasScale = hasScale
    self.hasOffset = hasOffset
    self.activation = activation
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    let isTraining = scope.isTraining && !scope.isFrozen("mean")
    if let problem = problem(with: x, isTraining: isTraining, in: scope) {
      return .failed(Diagnostic(operation: label, message: problem, inputs: [x.type]))
    }
    let (channels, type): (Shape, DType) = ([x.shape.last], x.dtype.accumulation)
    let scale = hasScale ? scope.parameter("scale", channels, .ones, dtype: type) : nil
    let offset = hasOffset ? scope.parameter("offset", channels, .zeros, dtype: type) : nil
    let mean = scope.state("mean", channels, .zeros, dtype: type)
    let variance = scope.state("variance", channels, .ones, dtype: type)
    guard isTraining else {
      let factor = (variance + convention.epsilon).rsqrt()
      let y = (x.cast(to: type) - mean) * (scale.map { factor * $0 } ?? factor)
      let result = (offset.map { y + $0 } ?? y).cast(to: x.dtype)
      return activation?(result) ?? result
    }
    let groups: BatchGroups
    do throws(ShapeError) {
      groups = try BatchGroups(
        scope.normalizationGroups, of: x.shape[0] * (scope.devices?.count ?? 1), over: scope.devices)
    } catch {
      return .failed(Diagnostic(operation: label, message: error.message, inputs: [x.type]))
    }
    let isFused = activation is ReLU
    let batch = normalized(x, scale: scale, offset: offset, activation: isFused ? .relu : .none, in: groups)
    let count = Double(count(x, in: scope))
    let estimate = convention.isUnbiased ? batch.variance * (count / (count - 1)) : batch.variance
    scope.update("mean", moved(mean, to: batch.mean, in: scope))
    scope.update("variance", moved(variance, to: estimate, in: scope))
    return isFused ? batch.output : activation?(batch.output) ?? batch.output
  }

  /// - Returns: the output, and the mean over groups of their means and variances.
  private func normalized(
    _ x: Tensor, scale: Tensor?, offset: Tensor?, activation: FusedActivation, in groups: BatchGroups
  ) -> (output: Tensor, mean: Tensor, variance: Tensor) {
    func group(_ x: Tensor, over devices: DeviceAxis?) -> (output: Tensor, mean: Tensor, variance: Tensor) {
      Tensor.batchNormalization(
        x, scale: scale, offset: offset, epsilon: convention.epsilon, activation: activation, over: devices)
    }
    if groups.own == 1 {
      let (output, mean, variance) = group(x, over: groups.within)
      let means = groups.across?.mean([mean, variance]) ?? [mean, variance]
      return (output, means[0], means[1])
    }
    let size = x.shape[0] / groups.own
    let parts = (0..<groups.own).map { group(x.slice($0 * size..<($0 + 1) * size), over: groups.within) }
    func mean(_ values: [Tensor]) -> Tensor { values.dropFirst().reduce(values[0], +) / Double(values.count) }
    let own = [mean(parts.map(\.mean)), mean(parts.map(\.variance))]
    let means = groups.across?.mean(own) ?? own
    return (Tensor.concatenate(parts.map(\.output)), means[0], means[1])
  }

  /// The values of a channel that are normalized together.
  private func count(_ x: Tensor, in scope: Scope) -> Int {
    x.shape.dropLast().reduce(scope.devices?.count ?? 1, *) / Swift.max(1, scope.normalizationGroups)
  }

  private func moved(_ running: Tensor, to batch: Tensor, in scope: Scope) -> Tensor {
    if let share = scope.statisticsShare?.cast(to: running.dtype) {
      // The first batch replaces the old statistics entirely, even a NaN.
      return (running * (1 - share)).replaced(where: share .== 1, by: 0) + batch * share
    }
    return running * convention.momentum + batch.stopGradient() * (1 - convention.momentum)
  }

  private func problem(with x: Tensor, isTraining: Bool, in scope: Scope) -> String? {
    guard x.rank >= 2, x.dtype.isFloatingPoint else { return "takes numbers [batch, …, channels]" }
    guard (0...1).contains(convention.momentum), convention.epsilon >= 0, convention.epsilon.isFinite else {
      return "needs a momentum of 0 to 1, not \(convention.momentum), and an epsilon of 0 or more, not "
        + "\(convention.epsilon)"
    }
    let (count, least) = (count(x, in: scope), convention.isUnbiased ? 2 : 1)
    guard !isTraining || count >= least else {
      return "a batch needs \(least) or more values per channel to have a variance, not \(count)"
    }
    return nil
  }
}

/// The parameters of batch normalization in which frameworks differ.
public struct BatchNormConvention: Sendable, Hashable {
  /// The weight of the old running statistics in each update, as Keras and Flax define momentum; PyTorch's momentum is
  /// 1 minus this.
  public var momentum: Double
  /// ε, which is added to the variance.
  public var epsilon: Double
  /// Whether the running variance uses the unbiased estimate, `n/(n - 1)` times the variance by which the batch is
  /// normalized.
  public var isUnbiased: Bool

  public init(momentum: Double, epsilon: Double, isUnbiased: Bool = false) {
    (self.momentum, self.epsilon, self.isUnbiased) = (momentum, epsilon, isUnbiased)
  }

  /// The settings of a method that has batch normalization.
  static let settings: [Setting<BatchNormConvention>] = [
    Setting(
      "momentum", \.momentum, .number(in: 0...1),
      "batch normalization's momentum, the weight of the old running statistics, as in Keras"),
    Setting("epsilon", \.epsilon, .nonNegative, "batch normalization's ε, added to the variance"),
    Setting("unbiased", \.isUnbiased, .flag, "whether the running variance is the unbiased estimate, as in PyTorch"),
  ]

  /// Momentum 0.99, epsilon 0.001.
  public static let keras = BatchNormConvention(momentum: 0.99, epsilon: 1e-3)
  /// Momentum 0.9 (0.1 in PyTorch's own definition), epsilon 0.00001, unbiased running variance.
  public static let pyTorch = BatchNormConvention(momentum: 0.9, epsilon: 1e-5, isUnbiased: true)
  /// Momentum 0.9, epsilon 0.00001: Flax in the wide residual networks of SAM's authors.
  public static let samAuthors = BatchNormConvention(momentum: 0.9, epsilon: 1e-5)
}
