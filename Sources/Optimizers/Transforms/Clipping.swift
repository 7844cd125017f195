import Configuration

/// Each element brought into `-limit...limit`; NaN stays NaN.
public struct ClipByValue: NamedTransform, StatelessTransform, ShardableTransform {
  public static let declaration = Declaration(
    "clipByValue", "each element of the gradients clipped to -limit...limit", standard: ClipByValue(),
    formula: "g ← clip(g, ±c)",
    settings: [.limit(\.limit, "greatest magnitude")])

  public var limit: any Schedule

  public init(_ limit: any Schedule = 1.0) { self.limit = limit }

  public func update(_ updates: TensorTree, context: UpdateContext) -> TensorTree {
    updates.mapValues { $0.maximum(-limit.at(context.progress)).minimum(limit.at(context.progress)) }
  }
}

/// Each tensor scaled down to the norm `limit` if its own is greater: `u * min(1, limit / (|u| + epsilon))`.
///
/// A tensor of zeros stays as it is; one with an element that is NaN or infinite becomes NaN.
public struct ClipByNorm: NamedTransform, StatelessTransform, ShardableTransform {
  public static let declaration = Declaration(
    "clipByNorm", "each parameter's gradient scaled down to a greatest norm", standard: ClipByNorm(),
    formula: "g ← g min(1, c / (|g| + ε)), |g| of each parameter",
    settings: [.limit(\.limit, "greatest norm"), .epsilon(\.epsilon, "ε, added to the norm; 1e-6 in PyTorch")])

  public var limit: any Schedule
  public var epsilon: any Schedule

  public init(_ limit: any Schedule = 1.0, epsilon: any Schedule = 0.0) {
    self.limit = limit
    self.epsilon = epsilon
  }

  public func update(_ updates: TensorTree, context: UpdateContext) -> TensorTree {
    updates.zip(context.norms(of: updates)) { update, norm in
      // Over a norm of zero the quotient is infinite (NaN for a limit of zero too) and the minimum 1.
      let factor = (limit.at(context.progress) / (norm + epsilon.at(context.progress))).minimum(1).replaced(
        where: norm .== 0, by: 1)
      return update * factor.cast(to: update.dtype)
    }
  }
}

/// All tensors scaled alike, so that the norm of them together is at most `limit`:
/// `u * min(1, limit / (norm + epsilon.at(context.progress)))` (Pascanu et al. 2013).
///
/// Zeros stay as they are; a single NaN or infinite element makes every update NaN.
public struct ClipByGlobalNorm: NamedTransform, StatelessTransform, ShardableTransform {
  public static let declaration = Declaration(
    "clipByGlobalNorm", "the whole gradient scaled down to a greatest norm", standard: ClipByGlobalNorm(),
    formula: "g ← g min(1, c / (|g| + ε)), |g| of all parameters",
    reference: Reference(
      "Pascanu et al.", 2013, "On the difficulty of training recurrent neural networks",
      "https://arxiv.org/abs/1211.5063"),
    settings: [.limit(\.limit, "greatest norm"), .epsilon(\.epsilon, "ε, added to the norm; 1e-6 in PyTorch")])

  public var limit: any Schedule
  public var epsilon: any Schedule

  public init(_ limit: any Schedule = 1.0, epsilon: any Schedule = 0.0) {
    self.limit = limit
    self.epsilon = epsilon
  }

  public func update(_ updates: TensorTree, context: UpdateContext) -> TensorTree {
    let norm = context.norm(of: updates)
    let factor = (limit.at(context.progress) / (norm + epsilon.at(context.progress))).minimum(1).replaced(
      where: norm .== 0, by: 1)
    return updates.mapValues { $0 * factor.cast(to: $0.dtype) }
  }
}

/// All tensors divided by the norm of them together (normalized gradient descent, Hazan et al. 2015).
///
/// Zeros stay as they are, unless an `epsilon` is added to the norm.
public struct Normalization: NamedTransform, StatelessTransform, ShardableTransform {
  public static let declaration = Declaration(
    "normalize", "the whole gradient divided by its norm", standard: Normalization(),
    formula: "g ← g / (|g| + ε), |g| of all parameters",
    reference: Reference(
      "Hazan et al.", 2015, "Beyond Convexity: Stochastic Quasi-Convex Optimization", "https://arxiv.org/abs/1507.02030"
    ),
    settings: [.epsilon(\.epsilon, "ε, added to the norm")])

  public var epsilon: any Schedule

  public init(epsilon: any Schedule = 0.0) { self.epsilon = epsilon }

  public func update(_ updates: TensorTree, context: UpdateContext) -> TensorTree {
    let norm = context.norm(of: updates)
    let divisor = (norm + epsilon.at(context.progress)).replaced(where: norm .== 0, by: 1)
    return updates.mapValues { ($0.upcast / divisor.cast(to: $0.upcast.dtype)).cast(to: $0.dtype) }
  }
}

/// Each unit's gradient scaled down to a part of the unit's norm: `g * min(1, limit max(|w|, epsilon) / |g|)`
/// (AGC, Brock et al. 2021).
///
/// A unit is an output: norms are over all axes but the last. Tensors of fewer than two axes are one unit.
/// Gradients of zero stay as they are.
public struct AdaptiveClipping: NamedTransform, ParameterwiseTransform {
  public static let declaration = Declaration(
    "clipAdaptively", "each unit's gradient clipped relative to its weights", standard: AdaptiveClipping(),
    formula: "g ← g min(1, λ max(|w|, ε) / |g|), per unit",
    reference: Reference(
      "Brock et al.", 2021, "High-Performance Large-Scale Image Recognition Without Normalization",
      "https://arxiv.org/abs/2102.06171"),
    settings: [
      .limit(\.limit, "λ, the greatest ratio of gradient norm to weight norm"),
      .epsilon(\.epsilon, "ε, the least norm of weights that counts"),
    ])

  public var limit: any Schedule
  public var epsilon: any Schedule

  public init(_ limit: any Schedule = 0.01, epsilon: any Schedule = 0.001) {
    self.limit = limit
    self.epsilon = epsilon
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let axes = Array(0..<(update.rank < 2 ? update.rank : update.rank - 1))
    func norm(_ tensor: Tensor) -> Tensor { tensor.upcast.squared().sum(axes, keepDims: true).sqrt() }
    let gradientNorm = norm(update)
    let factor = (norm(parameter).maximum(epsilon.at(context.progress)) * limit.at(context.progress) / gradientNorm)
      .minimum(1)
      .replaced(where: gradientNorm .== 0, by: 1)
    return update * factor.cast(to: update.dtype)
  }
}

/// Each element's sign: 1, 0, -1 or NaN (Bernstein et al. 2018).
public struct SignOfUpdate: NamedTransform, StatelessTransform, ShardableTransform {
  public static let declaration = Declaration(
    "sign", "the sign of each element of the gradients", standard: SignOfUpdate(),
    formula: "g ← sign(g)",
    reference: Reference(
      "Bernstein et al.", 2018, "signSGD: Compressed Optimisation for Non-Convex Problems",
      "https://arxiv.org/abs/1802.04434"))

  public init() {}
  public func update(_ updates: TensorTree, context: UpdateContext) -> TensorTree {
    updates.mapValues { $0.sign() }
  }
}

extension Setting {
  fileprivate static func limit(
    _ property: WritableKeyPath<Method, any Schedule> & Sendable, _ meaning: String
  ) -> Setting { Setting("limit", property, .nonNegative, meaning) }
}
