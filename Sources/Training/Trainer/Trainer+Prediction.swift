extension Trainer {
  /// The model's outputs for inputs.
  ///
  /// ```swift
  /// let data = try SyntheticDigits.generate(trainCount: 200, testCount: 100)
  /// let trainer = try Trainer(
  ///   model: Sequential { Flatten(); Dense(10) },
  ///   method: Method(loss: SoftmaxCrossEntropy(), optimizer: Adam()) {
  ///     $0.preprocessing = Rescaling(dividingBy: 255)
  ///   },
  ///   inputs: data.train.inputs)
  /// let logits = try trainer.predict(data.test.inputs)
  /// print(logits.shape)  // [100, 10]
  /// let classes = try trainer.predictClasses(data.test.inputs)
  /// print(classes.count)  // 100
  /// ```
  /// One program serves all batches, and only one batch at a time is on the device, so the number of inputs isn't
  /// limited.
  /// - Parameters:
  ///   - inputs: `[count, …]`, before preprocessing.
  ///   - batchSize: number of inputs computed at once.
  /// - Returns: `[count, …]`, in the order of the inputs.
  /// - Throws: ``TrainingError`` for a batch size below 1; `Diagnostic` with the layer's path if the inputs don't
  ///   fit the model.
  public func predict(_ inputs: HostArray, batchSize: Int = 1000) throws -> HostArray {
    try predict(inputs, batchSize: batchSize) { $0 }
  }

  /// The class with the greatest output for each input, the first of equal ones. A single output of a loss of events
  /// gives class 1 if it is above 0 for logits or above 0.5 for probabilities, and class 0 otherwise.
  /// - Throws: as ``predict(_:batchSize:)``, and `Diagnostic` if the model's outputs aren't `[batch, classes]`, or one
  ///   output that isn't an event.
  public func predictClasses(_ inputs: HostArray, batchSize: Int = 1000) throws -> [Int] {
    guard outputType.shape.rank == 2 else {
      throw Diagnostic(operation: "predictClasses", message: "needs outputs [batch, classes]", inputs: [outputType])
    }
    if outputType.shape[1] == 1 {
      guard let threshold = method.loss.outputKind?.threshold else {
        throw Diagnostic(
          operation: "predictClasses",
          message: "needs several outputs, or one output and a loss of events such as binaryCrossEntropy; "
            + "predict gives numbers",
          inputs: [outputType])
      }
      return try predict(inputs, batchSize: batchSize) { ($0 .> threshold).cast(to: .int32).reshape(to: [$0.shape[0]]) }
        .values(as: Int32.self).map(Int.init)
    }
    return try predict(inputs, batchSize: batchSize) { $0.argMax() }.values(as: Int32.self).map(Int.init)
  }

  private func predict(
    _ inputs: HostArray, batchSize: Int, _ transform: (Tensor) -> Tensor
  ) throws -> HostArray {
    try TrainingError.check(batchSize, name: "batch size", atLeast: 1)
    guard let count = inputs.shape.first else {
      throw Diagnostic(
        operation: "predict", message: "takes inputs [count, …]", inputs: [TensorType(inputs.dtype, [])])
    }
    let batch = Swift.max(1, Swift.min(batchSize, count))
    let type = TensorType(inputs.dtype, Shape([batch] + inputs.shape.dropFirst()))
    let program = try Program(state.tree.types + [type]) { arguments in
      let variables = TrainingState(tree: state.tree.with(arguments)).variables(method.averaging)
      let x = method.preprocessing(arguments[arguments.count - 1], dtype: precision.computation)
      return [transform(model.apply(variables, to: x, precision: precision).output)]
    }
    let result = program.results[0]
    guard result.shape.first == batch else {
      throw Diagnostic(operation: "predict", message: "needs a model that gives [batch, …]", inputs: [type, result])
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count * result.shape.dropFirst().reduce(result.dtype.byteCount, *))
    for start in stride(from: 0, to: count, by: batch) {
      // The last batch starts earlier so that it is full; only its new outputs are taken.
      let first = Swift.min(start, count - batch)
      let outputs = try program(state.tree.tensors + [Tensor(inputs.rows(first..<first + batch))])
      bytes += try outputs[0].hostArray().rows(start - first..<batch).bytes
    }
    return try HostArray(dtype: result.dtype, shape: [count] + result.shape.dropFirst(), bytes: bytes)
  }
}

extension HostArray {
  /// Consecutive elements along the first axis.
  fileprivate func rows(_ range: Range<Int>) throws -> HostArray {
    let size = shape.dropFirst().reduce(dtype.byteCount, *)
    return try HostArray(
      dtype: dtype, shape: [range.count] + shape.dropFirst(),
      bytes: Array(bytes[range.lowerBound * size..<range.upperBound * size]))
  }
}
