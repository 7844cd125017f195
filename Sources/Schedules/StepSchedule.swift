import Configuration

/// The rate multiplied at given epochs: `initial * factor^k` from the `k`-th milestone on.
public struct StepSchedule: NamedSchedule {
  public static let name = "step"
  public static let summary = "multiplied by a factor at each milestone, in epochs"
  public static let parameters = [
    Parameter("initial", default: 0.1, "the value before the first milestone"),
    Parameter("milestones", default: "[]", "epochs, counted from 0, from which on the factor applies"),
    Parameter("factor", default: 0.1, "what the value is multiplied by"),
  ]

  public var initial: Double
  public var milestones: [Double]
  public var factor: Double

  public init(_ initial: Double, milestones: [Double], factor: Double = 0.1) {
    self.initial = initial
    self.milestones = milestones
    self.factor = factor
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    initial = try options.nonNegative("initial", default: 0.1)
    milestones = try options.nonNegatives("milestones", default: [])
    factor = try options.nonNegative("factor", default: 0.1)
  }

  public func value(at progress: Progress, dtype: DType) -> Tensor {
    milestones.reduce(Tensor(initial, dtype: dtype)) { value, milestone in
      let step = TrainingSpan.epochs(milestone).steps(of: progress).rounded(.up)
      return Tensor.select(progress.step .< step, value, value * factor)
    }
  }
}
