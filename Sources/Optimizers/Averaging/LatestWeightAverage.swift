import Configuration

/// The mean of the parameters at the last few epochs' ends, evaluated in their place (LAWA, Kaddour 2022).
///
/// Until the first snapshot the parameters themselves are evaluated, then the mean of as many as there are. The state is as
/// many copies of the parameters.
public struct LatestWeightAverage: Averaging {
  public static let declaration = Declaration(
    "lawa", "the mean of the parameters at the last few epochs' ends", standard: LatestWeightAverage(),
    formula: "a = mean of the last k snapshots",
    reference: Reference(
      "Kaddour", 2022, "Stop Wasting My Time! Saving Days of ImageNet and BERT Training with Latest Weight Averaging",
      "https://arxiv.org/abs/2209.14981"),
    settings: [Setting("snapshots", \.snapshots, .integer(in: 1...1000), "how many of the last snapshots are averaged")]
      + TrainingSpan.settings(\.period, "time between snapshots") + [.statistics(\.statistics)])

  public var snapshots: Int
  public var period: TrainingSpan
  public var statistics: AveragedStatistics

  public init(
    of snapshots: Int = 6, every period: TrainingSpan = .epochs(1), statistics: AveragedStatistics = .last
  ) {
    (self.snapshots, self.period, self.statistics) = (snapshots, period, statistics)
  }

  public func initial(_ parameters: TensorTree) -> TensorTree {
    var state = parameters.mapValues {
      Tensor.zeros($0.shape.prepending(snapshots), dtype: $0.dtype)
    }.nested(under: "snapshots")
    state["count"] = Tensor(0, dtype: .int32)
    return state
  }

  public func update(
    _ parameters: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (parameters: TensorTree, state: TensorTree) {
    let number = context.progress.step + 1
    let takes = number.remainder(dividingBy: Swift.max(1, period.steps(of: context.progress).rounded())) .== 0
    let count = state["count"] ?? Tensor(0, dtype: .int32)
    let place = count.remainder(dividingBy: Double(snapshots))
    let isPlace = (Tensor.iota([snapshots]) .== place) .& takes
    var next = state[under: "snapshots"].zip(parameters) { snapshots, parameter in
      let shape = Shape([self.snapshots] + parameter.shape.map { _ in 1 })
      return Tensor.select(isPlace.reshape(to: shape), parameter.expand(at: 0), snapshots)
    }.nested(under: "snapshots")
    next["count"] = count + takes.cast(to: .int32)
    return (parameters, next)
  }

  public func averaged(_ parameters: TensorTree, state: TensorTree) -> TensorTree {
    let count = state["count"] ?? Tensor(0, dtype: .int32)
    return state[under: "snapshots"].zip(parameters) { snapshots, parameter in
      let number = count.minimum(Double(self.snapshots)).maximum(1).cast(to: parameter.upcast.dtype)
      let mean = (snapshots.upcast.sum([0]) / number).cast(to: parameter.dtype)
      return Tensor.select(count .== 0, parameter, mean)
    }
  }
}
