import Configuration

/// Stochastic gradient descent, `w -= lr * g`, with momentum if asked for.
///
/// - ``FrameworkStyle/torch``: `v' = mu v + (1 - dampening) g`, `w -= lr v'`;
/// - ``FrameworkStyle/keras``: `v' = mu v - lr g`, `w += v'`.
///
/// They agree while the learning rate stays the same. With Nesterov's momentum `w` moves by `g + mu v'` (`mu v' - lr g`)
/// instead; see ``Nesterov``. Robbins and Monro 1951; Polyak 1964; Nesterov 1983.
public struct SGD: Optimizer {
  public static let declaration = Declaration(
    "sgd", "stochastic gradient descent, with optional momentum", standard: SGD(),
    formula: "v ← μv + (1 − τ)g; w ← w − ηv",
    reference: Reference(
      "Robbins and Monro", 1951, "A Stochastic Approximation Method", "https://doi.org/10.1214/aoms/1177729586"),
    settings: [
      .learningRate(\.learningRate), .momentum(\.momentum), .nesterov(\.isNesterov), .dampening(\.dampening),
      Setting("style", \.style, .word, "torch: the learning rate scales the velocity; keras: what enters it"),
      .l2(\.l2), .excludeFromWeightDecay(\.weightDecayFilter),
    ])

  public var learningRate: any Schedule
  public var momentum: any Schedule
  public var isNesterov: Bool
  public var dampening: any Schedule
  public var style: FrameworkStyle
  public var l2: any Schedule
  public var weightDecayFilter: PathFilter

  public init(
    learningRate: any Schedule = 0.1, momentum: any Schedule = 0.0, isNesterov: Bool = false,
    dampening: any Schedule = 0.0,
    style: FrameworkStyle = .torch, l2: any Schedule = 0.0, weightDecayFilter: PathFilter = .all
  ) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.isNesterov = isNesterov
    self.dampening = dampening
    self.style = style
    self.l2 = l2
    self.weightDecayFilter = weightDecayFilter
  }

  public var transform: any Transform {
    var chain: [any Transform] = []
    chain.append(decay: l2, filter: weightDecayFilter)
    var scaling: [any Transform] = [MomentumTrace(momentum, dampening: dampening, isNesterov: isNesterov)]
    if momentum.constant == 0 { scaling = [] }
    scaling.insert(ScaleByLearningRate(learningRate), at: style == .keras ? 0 : scaling.count)
    return Chain(chain + scaling)
  }
}

/// Gradient descent with a velocity: ``SGD`` with momentum 0.9 by default (Polyak 1964).
public struct Momentum: Optimizer {
  public static let declaration = Declaration(
    "momentum", "gradient descent with momentum", standard: Momentum(),
    formula: "v ← μv + (1 − τ)g; w ← w − ηv",
    reference: Reference(
      "Polyak", 1964, "Some methods of speeding up the convergence of iteration methods",
      "https://doi.org/10.1016/0041-5553(64)90137-5"),
    settings: [
      .learningRate(\.descent.learningRate), .momentum(\.descent.momentum), .dampening(\.descent.dampening),
      Setting("style", \.descent.style, .word, "torch: the learning rate scales the velocity; keras: what enters it"),
      .l2(\.descent.l2), .excludeFromWeightDecay(\.descent.weightDecayFilter),
    ])

  /// The optimizer this is a name for.
  public var descent: SGD

  public init(
    learningRate: any Schedule = 0.01, momentum: any Schedule = 0.9, dampening: any Schedule = 0.0,
    style: FrameworkStyle = .torch,
    l2: any Schedule = 0.0, weightDecayFilter: PathFilter = .all
  ) {
    descent = SGD(
      learningRate: learningRate, momentum: momentum, dampening: dampening, style: style, l2: l2,
      weightDecayFilter: weightDecayFilter)
  }

  public var transform: any Transform { descent.transform }
}

/// Nesterov's accelerated gradient, whose stored parameters are the points looked ahead to.
///
/// - ``Form/reformulated``: `v' = mu v - lr g(W)`, `W' = W - mu v + mu v' + v'`, as Keras computes it; in
///   ``FrameworkStyle/torch`` the learning rate scales the velocity instead, which differs when the learning rate changes;
/// - ``Form/classical``: `v' = mu v - lr g(w + mu v)`, `w' = w + v'`, with `W = w + mu v` stored so that the
///   gradient is taken there; `w` is kept beside it, see ``LookAheadMomentum``. The learning rate scales the gradient.
///
/// Nesterov 1983; Sutskever et al. 2013.
public struct Nesterov: Optimizer {
  /// Which variables are stored; the steps are the same.
  public enum Form: String, Sendable, Hashable, CaseIterable { case reformulated, classical }

  public static let declaration = Declaration(
    "nesterov", "Nesterov's accelerated gradient", standard: Nesterov(),
    formula: "v ← μv + g; w ← w − η(g + μv)",
    reference: Reference(
      "Sutskever et al.", 2013, "On the importance of initialization and momentum in deep learning",
      "https://proceedings.mlr.press/v28/sutskever13.html"),
    settings: [
      .learningRate(\.learningRate), Setting("momentum", \.momentum, .decayRate, "momentum μ"),
      Setting("form", \.form, .word, "which variables are stored; classical keeps the point the velocity starts from"),
      Setting("style", \.style, .word, "keras: the learning rate scales what enters the velocity; torch: the velocity"),
      .l2(\.l2), .excludeFromWeightDecay(\.weightDecayFilter),
    ],
    check: { (method, options) throws(ConfigurationError) in
      guard method.form == .classical, method.style == .torch else { return }
      throw .invalid(
        message: "nesterov: 'form: classical' scales gradients by the learning rate: leave out 'style: torch'",
        origin: options.origin)
    })

  public var learningRate: any Schedule
  public var momentum: any Schedule
  public var form: Form
  public var style: FrameworkStyle
  public var l2: any Schedule
  public var weightDecayFilter: PathFilter

  public init(
    learningRate: any Schedule = 0.01, momentum: any Schedule = 0.9, form: Form = .reformulated,
    style: FrameworkStyle = .keras,
    l2: any Schedule = 0.0, weightDecayFilter: PathFilter = .all
  ) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.form = form
    self.style = style
    self.l2 = l2
    self.weightDecayFilter = weightDecayFilter
  }

  public var transform: any Transform {
    guard form == .classical else {
      return SGD(
        learningRate: learningRate, momentum: momentum, isNesterov: true, style: style, l2: l2,
        weightDecayFilter: weightDecayFilter
      ).transform
    }
    var chain: [any Transform] = []
    chain.append(decay: l2, filter: weightDecayFilter)
    return Chain(chain + [ScaleByLearningRate(learningRate), LookAheadMomentum(momentum)])
  }
}

/// A velocity, the decaying sum of past updates.
///
/// `v' = mu v + (1 - dampening) u`; the output is `v'`, with Nesterov's look-ahead `u + mu v'`. PyTorch leaves
/// the first step undamped, and so does this. Polyak 1964; Sutskever et al. 2013.
public struct MomentumTrace: ParameterwiseTransform, ShardableTransform {
  public var momentum: any Schedule
  public var dampening: any Schedule
  public var isNesterov: Bool

  public init(_ momentum: any Schedule = 0.9, dampening: any Schedule = 0.0, isNesterov: Bool = false) {
    self.momentum = momentum
    self.dampening = dampening
    self.isNesterov = isNesterov
  }

  public func initial(_ parameter: Tensor, slots: inout Slots) { slots["velocity"] = parameter.zerosLike() }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let momentum = momentum.value(at: context.progress, dtype: update.dtype)
    let isDamped = dampening.constant != 0
    var velocity = slots["velocity"] * momentum + (isDamped ? update * (1 - dampening.at(context.progress)) : update)
    if isDamped {
      velocity = velocity.replaced(where: context.progress.step .== 0, by: update)
    }
    slots["velocity"] = velocity
    return isNesterov ? update + velocity * momentum : velocity
  }
}

/// Nesterov's momentum in its classical form, `v' = mu v - lr * g(w + mu v)`, `w' = w + v'`.
///
/// Gradients are taken for the stored parameters, so what is stored is the point looked at, `W = w + mu v`, and
/// `w` itself is kept in the slot `position`. Substituting `w = W - mu v` gives the reformulated
/// `W' = W - mu v + mu v' + v'`, which is ``MomentumTrace`` after ``ScaleByLearningRate``: the two agree at every step.
///
/// It takes gradients times the negative rate. Nesterov 1983; Sutskever et al. 2013.
public struct LookAheadMomentum: ParameterwiseTransform, ShardableTransform {
  public var momentum: any Schedule

  public init(_ momentum: any Schedule = 0.9) { self.momentum = momentum }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    slots["position"] = parameter
    slots["velocity"] = parameter.zerosLike()
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let velocity = slots["velocity"] * momentum.at(context.progress) + update
    let position = slots["position"] + velocity
    slots["velocity"] = velocity
    slots["position"] = position
    return position + velocity * momentum.at(context.progress) - parameter
  }
}
