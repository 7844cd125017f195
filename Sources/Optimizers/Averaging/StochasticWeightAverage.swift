import Configuration

/// The mean of the parameters at the ends of later epochs, evaluated in their place (SWA, Izmailov et al. 2018).
///
/// `a_n = a_(n-1) + (w - a_(n-1)) / n`. Before `start` the parameters themselves are evaluated. Running
/// statistics of a model are those of the last parameters, unless ``AveragedStatistics/estimated``, as the paper has it.
public struct StochasticWeightAverage: Averaging {
  public static let name = "swa"
  public static let summary = "the mean of parameters at the ends of later epochs (Izmailov et al. 2018)"
  public static let parameters = [
    Parameter("start", default: 0.75, "the part of training after which averaging begins"),
    Parameter("epochs", default: 1, "epochs from one snapshot to the next"),
    Parameter("steps", default: "none", "the same in updates, instead of 'epochs'"),
    .statistics,
  ]

  public var start: TrainingSpan
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

  public init(from options: inout Options) throws(ConfigurationError) {
    start = .fraction(try options.number("start", default: 0.75, in: 0...1))
    period = try options.span(default: .epochs(1))
    statistics = try options.oneOf("statistics", default: .last)
  }

  public func initial(_ parameters: TensorTree) -> TensorTree {
    var state = parameters.mapValues(\.widened).nested(under: "average")
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
      let mean = average + (parameter.widened - average) / count.maximum(1).cast(to: average.dtype)
      // Until the first snapshot the average follows the parameters.
      return Tensor.select(count .== 0, parameter.widened, Tensor.select(takes, mean, average))
    }
    var next = averages.nested(under: "average")
    next["count"] = count
    return (parameters, next)
  }

  public func averaged(_ parameters: TensorTree, state: TensorTree) -> TensorTree {
    state[under: "average"].zip(parameters) { $0.cast(to: $1.dtype) }
  }
}
