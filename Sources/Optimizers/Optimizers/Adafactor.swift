import Configuration

/// Adam in less memory: second moments of matrices as a row and a column, no first moment, steps in proportion
/// to the parameters' size (Shazeer and Stern 2018), see ``FactoredMoments``.
///
/// `w -= max(minimumSize, rms(w)) * rho * u`, with `rho = min(rate, 1 / sqrt(t))` for a relative step and the
/// rate itself otherwise. ``FrameworkStyle/torch`` clamps against zero with the type's resolution, has the learning rate
/// 0.01 and always takes relative steps; ``FrameworkStyle/keras`` adds 1e-30 and has the learning rate 0.001.
public struct Adafactor: Optimizer {
  public static let declaration = Declaration(
    "adafactor", "adaptive moments in the memory of rows and columns", standard: Adafactor(),
    formula: "r, c: means of g² over rows and columns; u = g / √(r cᵀ / mean(r)); w ← w − η u / max(1, rms(u)/d)",
    reference: Reference(
      "Shazeer and Stern", 2018, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost",
      "https://arxiv.org/abs/1804.04235"),
    settings: [
      .preset(
        "style", \.style, .word, "torch: squares clamped from below; keras: ε added", standard: { Adafactor(style: $0) }
      ),
      .learningRate(\.learningRate, "greatest learning rate η, or a schedule"),
      Setting("relativeStep", \.isRelative, .flag, "whether the learning rate is at most 1/√t"),
      Setting(
        "decayPower", \.scaling.decayPower, .number(in: -10...0),
        "t to this power is a gradient's share of the second moment"),
      Setting("clipThreshold", \.scaling.threshold, .positive, "greatest root mean square of a scaled update"),
      Setting("minimumSize", \.minimumSize, .nonNegative, "least size of a parameter that counts"),
      Setting(
        "epsilon", \.scaling.epsilon, .optional(.nonNegative, standing: 0),
        "ε, keeps squares from zero; none is the element type's resolution"),
      .weightDecay(\.weightDecay), .excludeFromWeightDecay(\.weightDecayFilter),
    ])

  public var learningRate: any Schedule
  public var isRelative: Bool
  public var scaling: FactoredMoments
  private var style: FrameworkStyle
  public var minimumSize: any Schedule
  public var weightDecay: any Schedule
  public var weightDecayFilter: PathFilter

  /// - Parameters:
  ///   - rate: the style's by default.
  ///   - epsilon: the style's by default.
  public init(
    learningRate: (any Schedule)? = nil, isRelative: Bool = true, decayPower: any Schedule = -0.8,
    clipThreshold: any Schedule = 1.0,
    minimumSize: any Schedule = 1e-3, epsilon: Double? = nil, style: FrameworkStyle = .torch,
    weightDecay: any Schedule = 0.0, weightDecayFilter: PathFilter = .all
  ) {
    self.learningRate = learningRate ?? (style == .torch ? 0.01 : 0.001)
    self.isRelative = isRelative
    scaling = FactoredMoments(
      decayPower: decayPower, threshold: clipThreshold,
      floor: style == .torch ? .clamped(epsilon) : .added(epsilon ?? 1e-30))
    self.style = style
    self.minimumSize = minimumSize
    self.weightDecay = weightDecay
    self.weightDecayFilter = weightDecayFilter
  }

  public var transform: any Transform {
    let scaled = chain(
      scaling, ScaleByParameterSize(minimum: minimumSize),
      ScaleByLearningRate(isRelative ? RelativeStep(learningRate) : learningRate))
    guard case .clamped = scaling.floor else {
      return DecayFirst(weightDecay, rate: learningRate, filter: weightDecayFilter, then: scaled)
    }
    // PyTorch takes the parameters' size before they shrink.
    return chain(
      scaled, DecayFirst(weightDecay, rate: learningRate, filter: weightDecayFilter, then: Chain([])))
  }
}

/// Updates over the root of their running squares, kept for matrices as a row and a column only, and clipped
/// (Adafactor, Shazeer and Stern 2018).
///
/// With `b = t^decayPower`, the rows' means of squares `r' = (1 - b) r + b mean_columns(g^2)` and the columns'
/// `c'` give `v = r' c' / mean(r')`; tensors of fewer than two axes keep `v` whole. The output is
/// `u / max(1, rms(u) / threshold.at(context.progress))` of `u = g / sqrt(v)`.
public struct FactoredMoments: ParameterwiseTransform {
  /// How division by zero is avoided.
  public enum Floor: Sendable, Hashable {
    /// Squares are at least this much more than zero: `g^2 + epsilon` (the paper, Keras).
    case added(Double)
    /// `mean(r')` is at least epsilon and `v` at least its square; without a number, the parameter type's
    /// resolution (PyTorch).
    case clamped(Double?)
  }

  public var decayPower: any Schedule
  public var threshold: any Schedule
  public var floor: Floor

  /// The floor's number; nil is the parameter type's resolution.
  var epsilon: Double? {
    get {
      switch floor {
      case .added(let epsilon): epsilon
      case .clamped(let epsilon): epsilon
      }
    }
    set {
      switch floor {
      case .added(let usual): floor = .added(newValue ?? usual)
      case .clamped: floor = .clamped(newValue)
      }
    }
  }

  public init(decayPower: any Schedule = -0.8, threshold: any Schedule = 1.0, floor: Floor = .added(1e-30)) {
    self.decayPower = decayPower
    self.threshold = threshold
    self.floor = floor
  }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    let zeros = parameter.upcast.zerosLike()
    if parameter.rank < 2 {
      slots["second"] = zeros
    } else {
      slots["rows"] = zeros.sum([-1], keepDims: true)
      slots["columns"] = zeros.sum([-2], keepDims: true)
    }
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let gradient = update.upcast
    let share = context.progress.updateNumber(dtype: gradient.dtype).power(decayPower.at(context.progress))
    var squares = gradient.squared()
    if case .added(let epsilon) = floor { squares = squares + epsilon }
    func blended(_ name: String, _ value: Tensor) -> Tensor {
      let mean = slots[name] * (1 - share) + value * share
      slots[name] = mean
      return mean
    }
    var second: Tensor
    if update.rank < 2 {
      second = blended("second", squares)
    } else {
      let rows = blended("rows", squares.mean([-1], keepDims: true))
      let columns = blended("columns", squares.mean([-2], keepDims: true))
      var mean = rows.mean([-2], keepDims: true)
      if case .clamped(let epsilon) = floor { mean = mean.maximum(epsilon ?? update.dtype.resolution) }
      second = rows / mean * columns
    }
    if case .clamped(let epsilon) = floor {
      let epsilon = epsilon ?? update.dtype.resolution
      second = second.maximum(epsilon * epsilon)
    }
    let scaled = gradient / second.sqrt()
    return (scaled / (scaled.rootMeanSquare() / threshold.at(context.progress)).maximum(1)).cast(to: update.dtype)
  }
}

extension Tensor {
  /// The root of the mean of squares, a scalar; 0 of no elements.
  func rootMeanSquare() -> Tensor { norm() / Double(Swift.max(1, shape.elementCount)).squareRoot() }
}

extension DType {
  /// The distance from 1 to the next number.
  fileprivate var resolution: Double {
    switch self {
    case .float64: 0x1p-52
    case .float16: 0x1p-10
    case .bfloat16: 0x1p-7
    default: 0x1p-23
    }
  }
}

/// Each tensor times the root mean square of its parameter, or `minimum` if that is more (Adafactor, Shazeer
/// and Stern 2018).
public struct ScaleByParameterSize: ParameterwiseTransform {
  public var minimum: any Schedule

  public init(minimum: any Schedule = 1e-3) { self.minimum = minimum }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    update * parameter.rootMeanSquare().maximum(minimum.at(context.progress)).cast(to: update.dtype)
  }
}
