import Configuration

/// Gradients over the root of the sum of all their squares (Duchi et al. 2011), see ``AccumulatedSquares``.
///
/// - ``FrameworkStyle/torch``: the sum begins at 0, epsilon 1e-10 outside the root;
/// - ``FrameworkStyle/keras``: the sum begins at 0.1, epsilon 1e-7 inside the root.
public struct AdaGrad: Optimizer {
  public static let declaration = Declaration(
    "adagrad", "gradients over the root of the sum of their squares", standard: AdaGrad(),
    formula: "n ← n + g²; w ← w − η g / (√n + ε)",
    reference: Reference(
      "Duchi et al.", 2011, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization",
      "https://jmlr.org/papers/v12/duchi11a.html"),
    settings: [
      .preset(
        "style", \.style, .word, "where ε is added: outside the root (torch) or inside (keras)",
        standard: { AdaGrad(style: $0) }),
      .learningRate(\.learningRate),
      Setting("initialSum", \.scaling.initialSum, .nonNegative, "sum of squares before the first step"),
      .epsilon(\.scaling.epsilon),
    ])

  public var learningRate: any Schedule
  public var scaling: AccumulatedSquares
  private var style: FrameworkStyle

  /// - Parameters:
  ///   - initialSum: the style's by default.
  ///   - epsilon: the style's by default.
  public init(
    learningRate: any Schedule = 0.01, initialSum: Double? = nil, epsilon: (any Schedule)? = nil,
    style: FrameworkStyle = .torch
  ) {
    self.learningRate = learningRate
    self.style = style
    scaling =
      switch style {
      case .torch: AccumulatedSquares(initialSum: initialSum ?? 0, epsilon: epsilon ?? 1e-10)
      case .keras:
        AccumulatedSquares(initialSum: initialSum ?? 0.1, epsilon: epsilon ?? 1e-7, placement: .insideRoot)
      }
  }

  public var transform: any Transform { Chain([scaling, ScaleByLearningRate(learningRate)]) }
}

/// Updates over the root of the sum of all their squares: `s' = s + g^2`, `g / (sqrt(s') + epsilon)` or
/// `g / sqrt(s' + epsilon)` (Duchi et al. 2011).
public struct AccumulatedSquares: ParameterwiseTransform, ShardableTransform {
  /// The sum before the first step.
  public var initialSum: Double
  public var epsilon: any Schedule
  public var placement: EpsilonPlacement

  public init(initialSum: Double = 0, epsilon: any Schedule = 1e-10, placement: EpsilonPlacement = .outsideRoot) {
    self.initialSum = initialSum
    self.epsilon = epsilon
    self.placement = placement
  }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    slots["squares"] = Tensor(initialSum, like: parameter.upcast)
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let gradient = update.upcast
    let squares = slots["squares"] + gradient.squared()
    slots["squares"] = squares
    return (gradient / placement.root(of: squares, epsilon: epsilon.at(context.progress))).cast(to: update.dtype)
  }
}

/// Gradients over the root of their running mean square (Tieleman and Hinton 2012), see ``RootMeanSquare``.
///
/// - ``FrameworkStyle/torch``: keeps 0.99, epsilon 1e-8 outside the root, and the learning rate scales the velocity;
/// - ``FrameworkStyle/keras``: keeps 0.9, epsilon 1e-7 inside the root, and the learning rate scales what enters it.
public struct RMSProp: Optimizer {
  public static let declaration = Declaration(
    "rmsprop", "gradients over the root of their running mean square", standard: RMSProp(),
    formula: "v ← ρv + (1 − ρ)g²; w ← w − η g / (√v + ε)",
    reference: Reference(
      "Tieleman and Hinton", 2012, "Neural Networks for Machine Learning, lecture 6.5",
      "https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf"),
    settings: [
      .preset(
        "style", \.style, .word, "where ε is added: outside the root (torch) or inside (keras)",
        standard: { RMSProp(style: $0) }),
      .learningRate(\.learningRate), Setting("rho", \.scaling.rho, .decayRate, "decay rate ρ of the mean square"),
      .epsilon(\.scaling.epsilon),
      Setting("centered", \.scaling.isCentered, .flag, "whether the mean gradient is subtracted"),
      .momentum(\.momentum),
    ])

  public var learningRate: any Schedule
  public var scaling: RootMeanSquare
  public var momentum: any Schedule
  public private(set) var style: FrameworkStyle

  /// - Parameters:
  ///   - rho: the style's by default.
  ///   - epsilon: the style's by default.
  public init(
    learningRate: any Schedule = 0.01, rho: (any Schedule)? = nil, epsilon: (any Schedule)? = nil,
    isCentered: Bool = false,
    momentum: any Schedule = 0.0, style: FrameworkStyle = .torch
  ) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.style = style
    scaling =
      switch style {
      case .torch: RootMeanSquare(rho: rho ?? 0.99, epsilon: epsilon ?? 1e-8, isCentered: isCentered)
      case .keras:
        RootMeanSquare(
          rho: rho ?? 0.9, epsilon: epsilon ?? 1e-7, placement: .insideRoot, isCentered: isCentered)
      }
  }

  public var transform: any Transform {
    Chain([scaling, SGD(learningRate: learningRate, momentum: momentum, style: style).transform])
  }
}

/// Updates over the root of the running mean of their squares: `v' = rho v + (1 - rho) g^2`,
/// `g / (sqrt(v') + epsilon)` or `g / sqrt(v' + epsilon)`.
///
/// Centred, the square of the running mean of `g` is taken off `v'` (Graves 2013). Tieleman and Hinton 2012.
public struct RootMeanSquare: ParameterwiseTransform, ShardableTransform {
  public var rho: any Schedule
  public var epsilon: any Schedule
  public var placement: EpsilonPlacement
  public var isCentered: Bool

  public init(
    rho: any Schedule = 0.99, epsilon: any Schedule = 1e-8, placement: EpsilonPlacement = .outsideRoot,
    isCentered: Bool = false
  ) {
    self.rho = rho
    self.epsilon = epsilon
    self.placement = placement
    self.isCentered = isCentered
  }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    slots.setZeros("second", like: parameter)
    if isCentered { slots.setZeros("first", like: parameter) }
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let gradient = update.upcast
    var squares = slots.updateMean("second", with: gradient.squared(), keeping: rho.at(context.progress))
    if isCentered {
      let mean = slots.updateMean("first", with: gradient, keeping: rho.at(context.progress))
      // A variance that rounding makes negative has no root.
      squares = (squares - mean.squared()).maximum(0)
    }
    return (gradient / placement.root(of: squares, epsilon: epsilon.at(context.progress))).cast(to: update.dtype)
  }
}

/// Steps in the units of the parameters (Zeiler 2012), see ``AdaptiveDelta``.
///
/// - ``FrameworkStyle/torch``: rate 1, keeps 0.9, epsilon 1e-6;
/// - ``FrameworkStyle/keras``: rate 0.001, keeps 0.95, epsilon 1e-7.
public struct AdaDelta: Optimizer {
  public static let declaration = Declaration(
    "adadelta", "steps in the units of the parameters", standard: AdaDelta(),
    formula: "v ← ρv + (1 − ρ)g²; d = g √(x + ε) / √(v + ε); x ← ρx + (1 − ρ)d²; w ← w − ηd",
    reference: Reference(
      "Zeiler", 2012, "ADADELTA: An Adaptive Learning Rate Method", "https://arxiv.org/abs/1212.5701"),
    settings: [
      .preset("style", \.style, .word, "whose defaults", standard: { AdaDelta(style: $0) }),
      .learningRate(\.learningRate), Setting("rho", \.scaling.rho, .decayRate, "decay rate ρ of the mean squares"),
      .epsilon(\.scaling.epsilon, "ε, added inside the roots"),
    ])

  public var learningRate: any Schedule
  public var scaling: AdaptiveDelta
  private var style: FrameworkStyle

  /// - Parameters:
  ///   - rate: the style's by default, as are `rho` and `epsilon`.
  public init(
    learningRate: (any Schedule)? = nil, rho: (any Schedule)? = nil, epsilon: (any Schedule)? = nil,
    style: FrameworkStyle = .torch
  ) {
    self.style = style
    switch style {
    case .torch:
      self.learningRate = learningRate ?? 1.0
      scaling = AdaptiveDelta(rho: rho ?? 0.9, epsilon: epsilon ?? 1e-6)
    case .keras:
      self.learningRate = learningRate ?? 0.001
      scaling = AdaptiveDelta(rho: rho ?? 0.95, epsilon: epsilon ?? 1e-7)
    }
  }

  public var transform: any Transform { Chain([scaling, ScaleByLearningRate(learningRate)]) }
}

/// Updates in the units of the parameters: `v' = rho v + (1 - rho) g^2`,
/// `d = g sqrt(u + epsilon) / sqrt(v' + epsilon)`, `u' = rho u + (1 - rho) d^2` (Zeiler 2012).
public struct AdaptiveDelta: ParameterwiseTransform, ShardableTransform {
  public var rho: any Schedule
  public var epsilon: any Schedule

  public init(rho: any Schedule = 0.9, epsilon: any Schedule = 1e-6) {
    self.rho = rho
    self.epsilon = epsilon
  }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    slots.setZeros("squares", "squaredSteps", like: parameter)
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let gradient = update.upcast
    let squares = slots.updateMean("squares", with: gradient.squared(), keeping: rho.at(context.progress))
    let step =
      gradient * (slots["squaredSteps"] + epsilon.at(context.progress)).sqrt()
      / (squares + epsilon.at(context.progress)).sqrt()
    slots["squaredSteps"] = slots["squaredSteps"].runningMean(step.squared(), keeping: rho.at(context.progress))
    return step.cast(to: update.dtype)
  }
}

/// Where a small number keeps a root of squares from dividing by zero.
public enum EpsilonPlacement: Sendable, Hashable {
  /// `sqrt(x + epsilon)`
  case insideRoot
  /// `sqrt(x) + epsilon`
  case outsideRoot

  func root(of squares: Tensor, epsilon: Coefficient) -> Tensor {
    switch self {
    case .insideRoot: (squares + epsilon).sqrt()
    case .outsideRoot: squares.sqrt() + epsilon
    }
  }
}
