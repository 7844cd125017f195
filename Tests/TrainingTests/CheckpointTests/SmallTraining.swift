import OrderedCollections
import Testing

@testable import Training

/// A training that takes a moment, in which everything is used that a checkpoint has to keep.
struct SmallTraining {
  var model: any Layer = Sequential {
    Dense(6); Tanh(); Dropout(0.3); Dense(3)
  }
  var optimizer: any Optimizer = Adam(learningRate: CosineSchedule(0.05))
  var rule: any GradientRule = PlainGradient()
  var averaging: any Averaging = ExponentialAverage(decay: 0.8)
  var order: any BatchOrder = ShuffledOrder()
  var partialBatch = PartialBatch.drop
  var precision = Precision.float32
  var evaluatesBeforeTraining = false

  /// 26 points of three classes, which no batch of 4 or 5 divides.
  static func data() throws -> LabeledArrays {
    let count = 26
    let inputs = try HostArray((0..<count * 4).map { Float(($0 * 37) % 101) / 101 - 0.5 }, shape: [count, 4])
    return try LabeledArrays(inputs: inputs, targets: HostArray((0..<count).map { Int32($0 % 3) }), classCount: 3)
  }

  func trainer(seed: UInt64 = 3) throws -> Trainer {
    let method = Method(loss: SoftmaxCrossEntropy(), optimizer: optimizer) {
      $0.gradientRule = rule
      $0.averaging = averaging
    }
    return try Trainer(model: model, method: method, inputs: Self.data().inputs, precision: precision, seed: seed)
  }

  /// Trains until `last` epochs are done.
  @discardableResult
  func fit(_ trainer: Trainer, upTo last: Int, callbacks: [any Callback] = []) throws -> History {
    let data = try Self.data()
    return try trainer.fit(
      data, epochs: last - trainer.epoch, batchSize: 5, validation: data,
      options: FitOptions(order: order, partialBatch: partialBatch, evaluatesBeforeTraining: evaluatesBeforeTraining),
      callbacks: callbacks)
  }
}

/// Ends training after an epoch, as a machine that is switched off does.
final class PowerCut: Callback {
  struct Cut: Error {}
  private let last: Int
  init(after last: Int) { self.last = last }

  func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction {
    if record.epoch == last { throw Cut() }
    return .continue
  }
}

extension Trainer {
  /// Each tensor of the state by path, to the bit.
  func arrays() throws -> OrderedDictionary<String, HostArray> { try checkpoint().tensors }

  /// What was recorded, without the times.
  var recorded: [[String]] {
    history.epochs.map { record in
      ["\(record.epoch)", "\(record.step)"] + record.metrics.map { "\($0.key) \($0.value.bitPattern)" }
    }
  }
}

extension Checkpoint {
  /// One without a model, to be told from others by its epoch.
  static func sample(epoch: Int = 1) throws -> Checkpoint {
    Checkpoint(
      tensors: [
        "parameters/dense1/kernel": try HostArray([Float](repeating: Float(epoch), count: 6), shape: [3, 2]),
        "optimizer/step": try HostArray([Int32(epoch)], shape: []),
        "state/empty": try HostArray([Float](), shape: [0]),
      ],
      epoch: epoch, step: 10 * epoch, key: [.max, 7],
      plan: Checkpoint.Plan(epochs: 9, stepsPerEpoch: 10, batchSize: 5, order: "ShuffledOrder"),
      configuration: "model: mlp(hidden: [3])\nname: \"Ünïcode 火\"\u{1}",
      history: History(
        epochs: [
          EpochRecord(
            epoch: 1, step: 10,
            metrics: ["loss": 0.1, "val_loss": .infinity, "odd \"name\"": -Double.leastNonzeroMagnitude],
            trainingSeconds: 1e-7, evaluationSeconds: 1e22)
        ], stopReason: "tired"),
      callbacks: [
        "stopping": CallbackMemory(numbers: ["best": 0.25, "wait": 3]),
        "stopping/late": CallbackMemory(tensors: ["kernel": try HostArray([Double.pi])]),
      ])
  }
}
