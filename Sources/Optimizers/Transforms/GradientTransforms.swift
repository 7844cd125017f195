import Configuration

/// Gradients of kernels without their mean over all axes but the last, so that each unit's sum to zero (Yong et al.
/// 2020). Tensors of fewer than two axes stay as they are.
public struct GradientCentralization: NamedTransform, ParameterwiseTransform {
  public static let declaration = Declaration(
    "centralize", "the mean of each unit's gradients subtracted", standard: GradientCentralization(),
    formula: "g ← g − mean(g), per unit",
    reference: Reference(
      "Yong et al.", 2020, "Gradient Centralization: A New Optimization Technique for Deep Neural Networks",
      "https://arxiv.org/abs/2004.01461"))

  public init() {}

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    guard update.rank > 1 else { return update }
    let mean = update.upcast.mean(Array(0..<update.rank - 1), keepDims: true)
    return (update.upcast - mean).cast(to: update.dtype)
  }
}

/// Gradients plus normally distributed noise of the variance `eta / (1 + t)^gamma`, `t` counted from 0 (Neelakantan et
/// al. 2015).
public struct GradientNoise: NamedTransform, StatelessTransform {
  public static let declaration = Declaration(
    "noise", "normally distributed noise added to the gradients, which fades", standard: GradientNoise(),
    formula: "g ← g + N(0, η / t^γ)",
    reference: Reference(
      "Neelakantan et al.", 2015, "Adding Gradient Noise Improves Learning for Very Deep Networks",
      "https://arxiv.org/abs/1511.06807"),
    settings: [
      Setting("eta", \.eta, .nonNegative, "η, the variance at first"),
      Setting("gamma", \.gamma, .nonNegative, "γ, how fast it fades"),
    ])

  public var eta: any Schedule
  public var gamma: any Schedule

  public init(eta: any Schedule = 0.01, gamma: any Schedule = 0.55) {
    self.eta = eta
    self.gamma = gamma
  }

  public func update(_ updates: TensorTree, context: UpdateContext) -> TensorTree {
    updates.map { path, update in
      let dtype = update.dtype.accumulation
      let deviation =
        (context.progress.updateNumber(dtype: dtype).power(-gamma.at(context.progress)) * eta.at(context.progress))
        .sqrt()
      let noise = context.key.derived("noise/" + path).normal(update.shape, dtype: dtype) * deviation
      return (update.upcast + noise).cast(to: update.dtype)
    }
  }
}
