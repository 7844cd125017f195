extension Trainer {
  /// The level of each example for the method's `AdaptivelyFlooded`, by auxiliary models that haven't seen it.
  ///
  /// Each of them is this trainer's model, trained from random values by its method without the flooding, on all examples
  /// but one of `folds`: the first, sixth, eleventh, … for the first of five, so that of sorted
  /// data each has all classes. ``fit(_:epochs:batchSize:validation:options:callbacks:)``
  /// does the same for data without levels, for all epochs up to its last one; ask for levels to keep them, to look at them, or to use them for several trainers.
  ///
  /// ```swift
  /// let data = try SyntheticDigits.generate(trainCount: 200, testCount: 100)
  /// let method = Method(loss: SoftmaxCrossEntropy().adaptivelyFlooded(folds: 2), optimizer: Adam()) {
  ///   $0.preprocessing = Rescaling(dividingBy: 255)
  /// }
  /// let trainer = try Trainer(model: Sequential { Flatten(); Dense(10) }, method: method, inputs: data.train.inputs)
  /// let train = try ResidentData(data.train)
  /// let levels = try trainer.floodLevels(of: train, epochs: 2, batchSize: 50)
  /// try trainer.fit(train.flooded(at: levels), epochs: 5, batchSize: 50)
  /// ```
  /// - Parameters:
  ///   - epochs: of the auxiliary models.
  ///   - options: of which the order doesn't matter.
  ///   - callbacks: told of each auxiliary epoch by ``Callback/preparing(_:in:)``, and of nothing else.
  /// - Returns: `[count]`, in the order of the data.
  /// - Throws: ``TrainingError/incompatible(_:)`` for a method without such a loss, data that are read part by part, too few
  ///   examples, or augmentations that mix them; otherwise as `fit` does.
  public func floodLevels(
    of data: ResidentData, epochs: Int, batchSize: Int, options: FitOptions = FitOptions(),
    callbacks: [any Callback] = []
  ) throws -> HostArray {
    guard let flooding = method.loss.adaptiveFlooding else {
      throw TrainingError.incompatible(
        Incompatibility("flood levels", with: "the loss '\(type(of: method.loss).name)'", remedy: "adaFlood takes them")
      )
    }
    try checkFlooding(of: data)
    let folds = (0..<flooding.folds).map { Array(stride(from: $0, to: data.count, by: flooding.folds)) }
    guard folds[0].count + batchSize <= data.count, !folds[flooding.folds - 1].isEmpty else {
      throw TrainingError.incompatible(
        Incompatibility(
          "adaFlood with \(flooding.folds) folds", with: "batches of \(batchSize) of \(data.count) examples",
          remedy:
            "each auxiliary model leaves out a fold, and needs a batch of the others: take smaller batches or other folds"
        ))
    }
    var auxiliary = method
    auxiliary.loss = method.loss.flooded(atEach: nil)
    var levels = [Double](repeating: 0, count: data.count)
    var dtype = DType.float32
    for (number, fold) in folds.enumerated() {
      let seed = try key.derived("floodLevels").folding(number).state.values(as: UInt64.self)
      let trainer = try Trainer(
        model: model, method: auxiliary, inputs: data.inputs.type, precision: precision, seed: seed[0], devices: devices
      )
      var options = options
      options.order = ShuffledOrder()
      let learned = Set(fold)
      try trainer.fit(
        data.examples(at: (0..<data.count).filter { !learned.contains($0) }), epochs: epochs, batchSize: batchSize,
        options: options,
        callbacks: [
          AuxiliaryReport { record in
            let preparation = Preparation(
              purpose: "flood levels", models: folds.count, completed: number * epochs + record.epoch,
              total: folds.count * epochs, loss: record["loss"])
            for callback in callbacks { try callback.preparing(preparation, in: self) }
          }
        ])
      let heldOut = try data.examples(at: fold)
      let outputs = try trainer.predict(heldOut.inputs.hostArray(), batchSize: options.evaluationBatch)
      let found = trainer.atLastStep(flooding).levels(outputs: Tensor(outputs).upcast, heldOut.targets)
      dtype = found.dtype
      for (index, level) in zip(fold, try found.cast(to: .float64).values(as: Double.self)) { levels[index] = level }
    }
    return try Tensor(levels).cast(to: dtype).hostArray()
  }

  /// - Throws: ``TrainingError/incompatible(_:)`` if examples can't have levels.
  func checkFlooding(of data: ResidentData) throws(TrainingError) {
    if method.loss.adaptiveFlooding?.loss.adaptiveFlooding != nil {
      throw .incompatible(
        Incompatibility("the loss 'adaFlood'", with: "another inside of it", remedy: "an example has one level"))
    }
    if data.stream != nil {
      throw .incompatible(
        Incompatibility(
          "the loss 'adaFlood'", with: "data that are read part by part", remedy: "allow memory for all of them"))
    }
    if let mixing = method.augmentation.mixing {
      throw .incompatible(
        Incompatibility(
          "the loss 'adaFlood'", with: "'\(type(of: mixing).name)'",
          remedy: "a level is that of an unmixed example: take manifoldMixup, or another augmentation"))
    }
  }

  /// A flooded loss with its schedules where training has come to.
  private func atLastStep(_ flooding: AdaptivelyFlooded) -> AdaptivelyFlooded {
    let plan = FitPlan(
      epochs: plan?.epochs ?? 1, stepsPerEpoch: plan?.stepsPerEpoch ?? 1, batchSize: plan?.batchSize ?? 1, metrics: [])
    var flooding = flooding
    let step = Tensor([Int32(clamping: Swift.max(0, step - 1))], shape: [])
    flooding.loss = flooding.loss.scheduled(at: plan.progress(at: step))
    return flooding
  }
}

extension ResidentData {
  /// The data with levels, if a trainer's loss needs some and there are none.
  /// - Parameter epochs: of the auxiliary models; without any nothing is trained.
  func withFloodLevels(
    for trainers: Members<Trainer>, epochs: Int, batchSize: Int, options: FitOptions, callbacks: [any Callback]
  ) throws -> ResidentData {
    guard epochs > 0, trainers.all.contains(where: { $0.method.loss.adaptiveFlooding != nil }) else { return self }
    for trainer in trainers.all { try trainer.checkFlooding(of: self) }
    if floodLevels != nil { return self }
    guard trainers.isSingle else { throw TrainingError.floodLevelsOfGroup }
    return try flooded(
      at: trainers.first.floodLevels(
        of: self, epochs: epochs, batchSize: batchSize, options: options, callbacks: callbacks))
  }
}

/// Tells of each epoch.
private final class AuxiliaryReport: Callback {
  private let report: (EpochRecord) throws -> Void

  init(_ report: @escaping (EpochRecord) throws -> Void) { self.report = report }

  func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction {
    if record.epoch > 0 { try report(record) }
    return .continue
  }
}
