import Configuration
import Synchronization

@testable import Training

/// A layer as a user writes one: with a parameter, a state that counts steps, and a layer inside.
struct CountingLinear: Layer {
  var units: Int

  func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    let steps = scope.state("steps", [], .zeros)
    if scope.isTraining { scope.update("steps", steps + 1) }
    return Dense(units)(x, in: scope["inner"]) * scope.parameter("gain", [], ConstantInitializer(1))
  }
}

/// A layer that counts how often it is traced.
final class TraceCounter: Layer {
  private let traces = Mutex(0)
  var count: Int { traces.withLock { $0 } }

  func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    traces.withLock { $0 += 1 }
    return x
  }
}

/// A transform as a user writes one: the updates' signs times a rate, and how many there were.
struct SignedSteps: Transform, Optimizer {
  static let declaration = Declaration("signedSteps", "steps of one size", standard: SignedSteps())
  var rate = 0.01
  var transform: any Transform { self }

  init(rate: Double = 0.01) { self.rate = rate }

  func initial(_ parameters: TensorTree) -> TensorTree { TensorTree([("count", Tensor(0, dtype: .int32))]) }

  func update(
    _ updates: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (updates: TensorTree, state: TensorTree) {
    (updates.mapValues { $0.sign() * -rate }, state.mapValues { $0 + 1 })
  }
}

/// A transform that forgets its state.
struct ForgetfulSteps: Transform, Optimizer {
  static let declaration = Declaration("forgetfulSteps", "loses what it should remember", standard: ForgetfulSteps())
  var transform: any Transform { self }

  func initial(_ parameters: TensorTree) -> TensorTree { TensorTree([("count", Tensor(0, dtype: .int32))]) }

  func update(
    _ updates: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (updates: TensorTree, state: TensorTree) { (updates, TensorTree()) }
}

/// The absolute distance of the outputs' sum from the targets'.
struct SumDistance: Loss {
  static let declaration = Declaration("sumDistance", "how far apart the sums are", standard: SumDistance())

  func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    (outputs.sum([1]) - targets.cast(to: outputs.dtype).sum([1])).abs()
  }
}

/// Cross entropy that leaves examples of label -1 out.
struct IgnoringCrossEntropy: Loss {
  static let declaration = Declaration(
    "ignoringCrossEntropy", "leaves examples of label -1 out", standard: IgnoringCrossEntropy())

  func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    SoftmaxCrossEntropy().perExample(outputs, targets.maximum(0)).replaced(where: targets .< 0, by: 0)
  }
}

/// A rule that remembers how far the gradients of the batch's halves are apart, and how often it was asked.
struct HalvesApart: GradientRule {
  static let declaration = Declaration("halvesApart", "compares the halves of a batch", standard: HalvesApart())

  func initial(_ parameters: TensorTree) -> TensorTree {
    TensorTree([("distance", Tensor(0, dtype: .float64)), ("calls", Tensor(0, dtype: .int32))])
  }

  func evaluate(
    _ batch: EvaluableBatch, state: TensorTree, context: GradientContext
  ) -> (evaluation: Evaluation, state: TensorTree) {
    let half = batch.size / 2
    let first = batch(context.parameters, context.modelState, examples: 0..<half)
    let second = batch(context.parameters, context.modelState, examples: half..<batch.size)
    let distance = first.gradients.zip(second.gradients, -).globalNorm()
    let next = TensorTree([("distance", distance), ("calls", (state["calls"] ?? Tensor(0)) + 1)])
    return (batch(context.parameters, context.modelState), next)
  }
}

/// What a callback throws to end a training.
struct Stopped: Error {}

/// Saves a checkpoint after a number of chunks, and ends the training as a crash would.
final class SavesAt: Callback {
  private var chunks: Int
  private let folder: String

  init(chunk: Int, folder: String) { (chunks, self.folder) = (chunk, folder) }

  func chunkEnded(_ progress: ChunkProgress, in trainer: Trainer) throws {
    chunks -= 1
    guard chunks == 0 else { return }
    try trainer.save(to: folder)
    throw Stopped()
  }
}
