import OrderedCollections

extension Trainer {
  /// Everything that decides how this training goes on.
  ///
  /// - Parameter configuration: kept as it is.
  /// - Throws: `EngineError` if the state can't be read from the device.
  public func checkpoint(configuration: String = "") throws -> Checkpoint {
    var tensors: OrderedDictionary<String, HostArray> = [:]
    for (path, tensor) in state.tree.pairs { tensors[path] = try tensor.hostArray() }
    var memories = self.memories
    for (name, callback) in rememberingCallbacks { memories[name] = try callback.memory() }
    return Checkpoint(
      tensors: tensors, epoch: epoch, step: step, key: try key.state.values(), plan: plan,
      configuration: configuration, history: history, callbacks: memories)
  }

  /// Saves a checkpoint in a folder, which is made if need be.
  ///
  /// - Parameters:
  ///   - configuration: kept beside the state, for ``restore(from:configuration:)`` to compare.
  ///   - keep: how many checkpoints of the folder stay.
  /// - Returns: the checkpoint's number.
  /// - Throws: ``CheckpointError``; the folder's older checkpoints are untouched then.
  @discardableResult
  public func save(to folder: String, configuration: String = "", keep: Int = 2) throws -> Int {
    try CheckpointFolder(folder).save(checkpoint(configuration: configuration), keep: keep)
  }

  /// Goes on from the newest checkpoint of a folder.
  ///
  /// The trainer's model, method and element type have to be the saved one's, its seed needn't. Fit the
  /// checkpoint's ``Checkpoint/remainingEpochs`` on the same data in the same way.
  /// - Parameter configuration: if given, the one that must have been saved.
  /// - Throws: ``CheckpointError``; the trainer is as it was then.
  @discardableResult
  public func restore(from folder: String, configuration: String? = nil) throws -> Checkpoint {
    guard let checkpoint = try CheckpointFolder(folder).latest() else {
      throw CheckpointError.noCheckpoint(folder: folder)
    }
    if let configuration, configuration != checkpoint.configuration {
      throw CheckpointError.differentConfiguration(saved: checkpoint.configuration, expected: configuration)
    }
    try restore(checkpoint)
    return checkpoint
  }

  /// Goes on from a checkpoint, as ``restore(from:configuration:)`` does.
  public func restore(_ checkpoint: Checkpoint) throws {
    let tree = state.tree
    let missing = tree.paths.filter { checkpoint.tensors[$0] == nil }
    let unexpected = Array(checkpoint.tensors.keys).filter { tree[$0] == nil }
    let mismatched = tree.pairs.compactMap { path, tensor in
      checkpoint.tensors[path].flatMap { array -> TypeMismatch? in
        let actual = TensorType(array.dtype, Shape(array.shape))
        return actual == tensor.type ? nil : TypeMismatch(path: path, expected: tensor.type, actual: actual)
      }
    }
    guard missing.isEmpty, unexpected.isEmpty, mismatched.isEmpty else {
      throw CheckpointError.differentModel(missing: missing, unexpected: unexpected, mismatched: mismatched)
    }
    let restored = try tree.map { path, tensor in
      try checkpoint.tensors[path].map { try Tensor($0).hidden() } ?? tensor
    }
    let key = Key(state: try Tensor(checkpoint.key).hidden())
    (state, self.key) = (TrainingState(tree: restored), key)
    (step, epoch, history) = (checkpoint.step, checkpoint.epoch, checkpoint.history)
    (plan, memories) = (checkpoint.plan, checkpoint.callbacks)
  }

  /// Makes the trainer's memory of epochs ready for those of a `fit`, and hands its callbacks what a checkpoint
  /// kept for them.
  func beginHistory(_ plan: FitPlan, order: any BatchOrder) throws {
    // Without epochs to do nothing is planned anew: training stays as it ended.
    if plan.epochs > 0 {
      self.plan = DataPlan(
        epochs: plan.lastEpoch, stepsPerEpoch: plan.stepsPerEpoch, batchSize: plan.batchSize,
        order: "\(type(of: order))")
      history.stopReason = nil
    }
    if epoch == 0 { history = History() }
    for (name, callback) in rememberingCallbacks {
      if let memory = memories.removeValue(forKey: name) { try callback.recall(memory, in: self) }
    }
  }

  /// Those of the `fit` that is running, by distinct names.
  private var rememberingCallbacks: [(name: String, callback: any RememberingCallback)] {
    var counts: [String: Int] = [:]
    return callbacks.compactMap { $0 as? any RememberingCallback }.map { callback in
      let count = counts[callback.memoryName, default: 0] + 1
      counts[callback.memoryName] = count
      return (count == 1 ? callback.memoryName : "\(callback.memoryName) \(count)", callback)
    }
  }
}
