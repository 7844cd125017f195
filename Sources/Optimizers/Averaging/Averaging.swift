import Configuration

/// What happens to the parameters after an update: slow copies, running means.
public protocol Averaging: Configurable {
  /// Which running statistics the averaged parameters are evaluated with; the last ones by default.
  var statistics: AveragedStatistics { get }

  /// Others that are evaluated beside this one, by name; they read its state. By default there are none.
  var alternatives: [(name: String, averaging: any Averaging)] { get }

  /// The state before the first step.
  func initial(_ parameters: TensorTree) -> TensorTree

  /// - Returns: the parameters training goes on with, and the new state.
  func update(
    _ parameters: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (parameters: TensorTree, state: TensorTree)

  /// The parameters to evaluate and keep.
  func averaged(_ parameters: TensorTree, state: TensorTree) -> TensorTree
}

extension Averaging {
  public var statistics: AveragedStatistics { .last }
  public var alternatives: [(name: String, averaging: any Averaging)] { [] }
}

/// Which running statistics, batch normalization's say, averaged parameters are evaluated with.
public enum AveragedStatistics: String, Sendable, Hashable, CaseIterable {
  /// Those of training, which belong to the parameters that aren't averaged.
  case last
  /// Estimated for the averaged parameters after each epoch, as PyTorch's `update_bn` does: by a pass over the training
  /// data in the epoch's order, without augmentation, in which all whole batches count alike. A pass without gradients
  /// costs about a third of an epoch.
  case estimated
}

/// The parameters as they are.
public struct NoAveraging: Averaging {
  public static let declaration = Declaration(
    "none", "the parameters as they are", standard: NoAveraging(),
    formula: "w")

  public init() {}
  public func initial(_ parameters: TensorTree) -> TensorTree { TensorTree() }

  public func update(
    _ parameters: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (parameters: TensorTree, state: TensorTree) { (parameters, state) }

  public func averaged(_ parameters: TensorTree, state: TensorTree) -> TensorTree { parameters }
}

/// An exponential moving average of the parameters, `a = decay a + (1 - decay) w`, evaluated in their place
/// (Polyak and Juditsky 1992; Tarvainen and Valpola 2017).
///
/// It begins at the first step's parameters. Averages of half-precision parameters are kept in `float32`.
public struct ExponentialAverage: Averaging {
  public static let declaration = Declaration(
    "ema", "an exponential moving average of the parameters", standard: ExponentialAverage(),
    formula: "a ← βa + (1 − β)w",
    reference: Reference(
      "Tarvainen and Valpola", 2017, "Mean teachers are better role models", "https://arxiv.org/abs/1703.01780"),
    settings: [
      Setting("decay", \.decay, .decayRate, "decay rate of the average"),
      Setting("ramps", \.ramps, .flag, "whether the decay rate is lower early on: (1 + t)/(10 + t) at step t from 0"),
      .statistics(\.statistics),
    ])

  public var decay: any Schedule
  public var ramps: Bool
  public var statistics: AveragedStatistics

  public init(decay: any Schedule = 0.999, ramps: Bool = false, statistics: AveragedStatistics = .last) {
    self.decay = decay
    self.ramps = ramps
    self.statistics = statistics
  }

  public func initial(_ parameters: TensorTree) -> TensorTree {
    parameters.mapValues(\.upcast).nested(under: "average")
  }

  public func update(
    _ parameters: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (parameters: TensorTree, state: TensorTree) {
    let averages = state[under: "average"].zip(parameters) { average, parameter in
      let step = context.progress.step.cast(to: average.dtype)
      var decay = decay.value(at: context.progress, dtype: average.dtype)
      if ramps { decay = decay.minimum((step + 1) / (step + 10)) }
      let mean = average * decay + parameter.upcast * (1 - decay)
      return mean.replaced(where: context.progress.step .== 0, by: parameter.upcast)
    }
    return (parameters, averages.nested(under: "average"))
  }

  public func averaged(_ parameters: TensorTree, state: TensorTree) -> TensorTree {
    state[under: "average"].zip(parameters) { $0.cast(to: $1.dtype) }
  }
}

/// Every few steps, slow parameters move a part of the way to the fast ones, which go on from there:
/// `s += alpha (w - s)`, `w = s` (Zhang et al. 2019). The slow ones are evaluated.
public struct Lookahead: Averaging {
  public static let declaration = Declaration(
    "lookahead", "slow parameters follow fast ones every k steps", standard: Lookahead(),
    formula: "every k steps s ← s + α(w − s); w ← s",
    reference: Reference(
      "Zhang et al.", 2019, "Lookahead Optimizer: k steps forward, 1 step back", "https://arxiv.org/abs/1907.08610"),
    settings: [
      Setting("alpha", \.alpha, .number(in: 0...1), "step size α of the slow parameters"),
      Setting("every", \.period, .integer(in: 1...Int(Int32.max)), "synchronization period k, in steps"),
      .statistics(\.statistics),
    ])

  public var alpha: any Schedule
  public var period: Int
  public var statistics: AveragedStatistics

  public init(alpha: any Schedule = 0.5, every period: Int = 6, statistics: AveragedStatistics = .last) {
    self.alpha = alpha
    self.period = period
    self.statistics = statistics
  }

  public func initial(_ parameters: TensorTree) -> TensorTree { parameters.nested(under: "slow") }

  public func update(
    _ parameters: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (parameters: TensorTree, state: TensorTree) {
    let number = context.progress.step + 1
    let moves = number.remainder(dividingBy: Double(Swift.max(1, period))) .== 0
    let slow = state[under: "slow"]
    let moved = slow.zip(parameters) { slow, fast in slow + (fast - slow) * alpha.at(context.progress) }
    let next = moved.zip(slow) { Tensor.select(moves, $0, $1) }
    return (parameters.zip(moved) { fast, slow in Tensor.select(moves, slow, fast) }, next.nested(under: "slow"))
  }

  public func averaged(_ parameters: TensorTree, state: TensorTree) -> TensorTree { state[under: "slow"] }
}

/// The mean of the parameters at the ends of later epochs, evaluated in their place (SWA, Izmailov et al. 2018).
///
/// `a_n = a_(n-1) + (w - a_(n-1)) / n`. Before `start` the parameters themselves are evaluated. Running
/// statistics of a model are those of the last parameters, unless ``AveragedStatistics/estimated``, as the paper has it.
public struct StochasticWeightAverage: Averaging {
  public static let declaration = Declaration(
    "swa", "the mean of the parameters at the ends of later epochs", standard: StochasticWeightAverage(),
    formula: "a ← a + (w − a)/n, at n ends of epochs",
    reference: Reference(
      "Izmailov et al.", 2018, "Averaging Weights Leads to Wider Optima and Better Generalization",
      "https://arxiv.org/abs/1803.05407"),
    settings: [
      Setting("start", \.startFraction, .number(in: 0...1), "fraction of the training after which averaging begins")
    ] + TrainingSpan.settings(\.period, "time between snapshots") + [.statistics(\.statistics)])

  public var start: TrainingSpan
  private var startFraction: Double {
    get { if case .fraction(let fraction) = start { fraction } else { .nan } }
    set { start = .fraction(newValue) }
  }
  public var period: TrainingSpan
  public var statistics: AveragedStatistics

  public init(
    after start: TrainingSpan = .fraction(0.75), every period: TrainingSpan = .epochs(1),
    statistics: AveragedStatistics = .last
  ) {
    self.start = start
    self.period = period
    self.statistics = statistics
  }

  public func initial(_ parameters: TensorTree) -> TensorTree {
    var state = parameters.mapValues(\.upcast).nested(under: "average")
    state["count"] = Tensor(0, dtype: .int32)
    return state
  }

  public func update(
    _ parameters: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (parameters: TensorTree, state: TensorTree) {
    let progress = context.progress
    let number = progress.step + 1
    let period = Swift.max(1, period.steps(of: progress).rounded())
    let takes = (number .> start.steps(of: progress).rounded()) .& (number.remainder(dividingBy: period) .== 0)
    let count = (state["count"] ?? Tensor(0, dtype: .int32)) + takes.cast(to: .int32)
    let averages = state[under: "average"].zip(parameters) { average, parameter in
      let mean = average + (parameter.upcast - average) / count.maximum(1).cast(to: average.dtype)
      // Until the first snapshot the average follows the parameters.
      return Tensor.select(count .== 0, parameter.upcast, Tensor.select(takes, mean, average))
    }
    var next = averages.nested(under: "average")
    next["count"] = count
    return (parameters, next)
  }

  public func averaged(_ parameters: TensorTree, state: TensorTree) -> TensorTree {
    state[under: "average"].zip(parameters) { $0.cast(to: $1.dtype) }
  }
}

extension Setting {
  static func statistics(_ property: WritableKeyPath<Method, AveragedStatistics> & Sendable) -> Setting {
    Setting(
      "statistics", property, .word, "running statistics to evaluate with; estimated: for the average, after each epoch"
    )
  }
}
