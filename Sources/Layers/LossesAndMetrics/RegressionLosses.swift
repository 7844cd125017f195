import Configuration

/// The mean squared error over an example's outputs; a loss and a metric.
public struct MeanSquaredError: Loss, Metric, AveragedMetric {
  public static let declaration = Declaration(
    "meanSquaredError", "mean squared error (MSE)", standard: MeanSquaredError())

  public var outputKind: OutputKind? { .values }

  public init() {}

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    (outputs - targets.asValues(for: outputs, operation: Self.name)).squared().meanOfPositions()
  }

  public func incompatibility(
    _ kind: OutputKind?, outputs: Shape, targets: TargetDescription
  ) -> Incompatibility? { mismatchOfValues(kind, outputs: outputs, targets: targets) }
}

/// The mean absolute error over an example's outputs, with derivative 0 where they equal the targets; a loss and a
/// metric.
public struct MeanAbsoluteError: Loss, Metric, AveragedMetric {
  public static let declaration = Declaration(
    "meanAbsoluteError", "mean absolute error (MAE)", standard: MeanAbsoluteError())

  public var outputKind: OutputKind? { .values }

  public init() {}

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    (outputs - targets.asValues(for: outputs, operation: Self.name)).abs().meanOfPositions()
  }

  public func incompatibility(
    _ kind: OutputKind?, outputs: Shape, targets: TargetDescription
  ) -> Incompatibility? { mismatchOfValues(kind, outputs: outputs, targets: targets) }
}

/// Huber's loss, averaged over an example's outputs: half the squared error up to δ, `δ·(|error| - δ/2)` beyond.
public struct Huber: Loss {
  public static let declaration = Declaration(
    "huber", "half the squared error up to δ, linear beyond", standard: Huber(),
    reference: Reference(
      "Huber", 1964, "Robust Estimation of a Location Parameter", "https://doi.org/10.1214/aoms/1177703732"),
    settings: [Setting("delta", \.delta, .number(in: 1e-12...1e12), "δ, the error where the linear part begins")])

  public var outputKind: OutputKind? { .values }

  public var delta: any Schedule

  public init(delta: any Schedule = 1.0) { self.delta = delta }

  public func scheduled(at progress: Progress) -> any Loss { Huber(delta: delta.fixed(at: progress)) }

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    let difference = outputs - targets.asValues(for: outputs, operation: Self.name)
    let distance = difference.abs()
    let delta = delta.initial
    let isSmall = delta.constant.map { distance .<= $0 } ?? (distance .<= delta.tensor(distance.dtype))
    let loss = Tensor.select(isSmall, difference.squared() * 0.5, (distance - delta / 2) * delta)
    return loss.meanOfPositions()
  }
}
