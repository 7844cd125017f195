import Configuration

/// An exponential moving average of the parameters, `a = keeping a + (1 - keeping) w`, evaluated in their place
/// (Polyak and Juditsky 1992; Tarvainen and Valpola 2017).
///
/// It begins at the first step's parameters. Averages of half-precision parameters are kept in `float32`.
public struct ExponentialAverage: Averaging {
  public static let name = "ema"
  public static let summary = "an exponential moving average of the parameters (Tarvainen and Valpola 2017)"
  public static let parameters = [
    Parameter("keeping", default: 0.999, "what is kept of the average in each step"),
    Parameter("ramps", default: false, "whether to keep less early on: (1 + t) / (10 + t) at step t from 0"),
    .statistics,
  ]

  public var keeping: Double
  public var ramps: Bool
  public var statistics: AveragedStatistics

  public init(keeping: Double = 0.999, ramps: Bool = false, statistics: AveragedStatistics = .last) {
    self.keeping = keeping
    self.ramps = ramps
    self.statistics = statistics
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    keeping = try options.decayFactor("keeping", default: 0.999)
    ramps = try options.flag("ramps", default: false)
    statistics = try options.oneOf("statistics", default: .last)
  }

  public func initial(_ parameters: TensorTree) -> TensorTree {
    parameters.mapValues(\.widened).nested(under: "average")
  }

  public func update(
    _ parameters: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (parameters: TensorTree, state: TensorTree) {
    let averages = state[under: "average"].zip(parameters) { average, parameter in
      let step = context.progress.step.cast(to: average.dtype)
      var keeping = Tensor(keeping, dtype: average.dtype)
      if ramps { keeping = keeping.minimum((step + 1) / (step + 10)) }
      let mean = average * keeping + parameter.widened * (1 - keeping)
      return mean.replaced(where: context.progress.step .== 0, by: parameter.widened)
    }
    return (parameters, averages.nested(under: "average"))
  }

  public func averaged(_ parameters: TensorTree, state: TensorTree) -> TensorTree {
    state[under: "average"].zip(parameters) { $0.cast(to: $1.dtype) }
  }
}
