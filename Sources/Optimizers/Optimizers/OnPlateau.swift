import Configuration

/// An optimizer whose updates become smaller when the training loss has stopped falling, inside the compiled program, as
/// optax' `reduce_on_plateau`.
///
/// The loss is averaged over a number of steps. An average counts as an improvement if it is below
/// `best (1 - relative) - absolute`. After `patience` averages without one, updates are multiplied by `factor`, until
/// nothing less than `least` remains of them; then `cooldown` averages aren't counted. For a metric of validation data,
/// which is known after an epoch only, there is the callback `reduceOnPlateau`.
public struct OnPlateau: Optimizer {
  public static let declaration = Declaration(
    "onPlateau", "an optimizer whose updates become smaller when the training loss has stopped falling",
    standard: OnPlateau(SGD()),
    formula: "w ← w + f u; f ← max(f · factor, least) when the mean loss has stopped falling",
    settings: [
      Setting("optimizer", \.optimizer, .method, "the optimizer, by name"),
      Setting("factor", \.reduction.factor, .number(in: 0...1), "what updates are multiplied by"),
      Setting("patience", \.reduction.patience, .integer(in: 1...1_000_000_000), "averages without improvement"),
      Setting(
        "average", \.reduction.window, .integer(in: 1...1_000_000_000), "steps whose losses are averaged"),
      Setting("relative", \.reduction.relative, .number(in: 0...1), "improvement that counts, relative to the best"),
      Setting("absolute", \.reduction.absolute, .nonNegative, "improvement that counts, in addition"),
      Setting(
        "cooldown", \.reduction.cooldown, .integer(in: 0...1_000_000_000), "averages that aren't counted after one"),
      Setting("least", \.reduction.least, .number(in: 0...1), "the least part that remains of updates"),
    ])

  public var optimizer: any Optimizer
  var reduction: PlateauReduction

  public init(
    _ optimizer: any Optimizer, factor: any Schedule = 0.1, patience: Int = 10, average window: Int = 100,
    relative: any Schedule = 1e-4, absolute: any Schedule = 0.0, cooldown: Int = 0, least: any Schedule = 0.0
  ) {
    self.optimizer = optimizer
    reduction = PlateauReduction(
      factor: factor, patience: patience, window: window, relative: relative, absolute: absolute, cooldown: cooldown,
      least: least)
  }

  public var transform: any Transform { chain(optimizer.transform, reduction) }
}

/// Updates times a factor that shrinks when the loss has stopped falling.
struct PlateauReduction: ShardableTransform {
  var factor: any Schedule
  var patience: Int
  var window: Int
  var relative: any Schedule
  var absolute: any Schedule
  var cooldown: Int
  var least: any Schedule

  func initial(_ parameters: TensorTree) -> TensorTree {
    func number(_ value: Double) -> Tensor { Tensor(value, dtype: .float32) }
    func count() -> Tensor { Tensor(0, dtype: .int32) }
    return TensorTree([
      (path: "scale", tensor: number(1)), (path: "best", tensor: number(.infinity)), (path: "mean", tensor: number(0)),
      (path: "seen", tensor: count()), (path: "without", tensor: count()), (path: "cooling", tensor: count()),
    ])
  }

  func update(
    _ updates: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (updates: TensorTree, state: TensorTree) {
    func slot(_ name: String) -> Tensor {
      state[name] ?? .failed(Diagnostic(operation: OnPlateau.name, message: "the state has no '\(name)'"))
    }
    let (seen, oldMean, oldScale) = (slot("seen"), slot("mean"), slot("scale"))
    let loss = context.loss.cast(to: oldMean.dtype)
    let count = seen.cast(to: oldMean.dtype)
    let mean = (oldMean * count + loss) / (count + 1)
    let isFull = seen .>= Double(window - 1)

    let (best, cooling) = (slot("best"), slot("cooling"))
    let improves = mean .< best * (1 - relative.at(context.progress)) - absolute.at(context.progress)
    let isCooling = cooling .> 0
    let counted = (slot("without") + 1).replaced(where: improves .| isCooling, by: 0)
    let reduces = counted .>= Double(patience)
    let without = counted.replaced(where: reduces, by: 0)
    let scale = Tensor.select(
      reduces, (oldScale * factor.at(context.progress)).maximum(least.at(context.progress)), oldScale)
    let cooled = Tensor.select(
      reduces, Tensor(Double(cooldown), like: cooling), (cooling - 1).maximum(0))

    var next = state
    func set(_ name: String, _ value: Tensor, otherwise: Tensor) {
      next[name] = Tensor.select(isFull, value, otherwise)
    }
    set("scale", scale, otherwise: oldScale)
    set("best", Tensor.select(improves, mean, best), otherwise: best)
    set("mean", mean.zerosLike(), otherwise: mean)
    set("seen", seen.zerosLike(), otherwise: seen + 1)
    set("without", without, otherwise: slot("without"))
    set("cooling", cooled, otherwise: cooling)
    let factor = next["scale"] ?? oldScale
    return (updates.mapValues { $0 * factor.cast(to: $0.dtype) }, next)
  }
}
