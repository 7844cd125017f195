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
    try predict(reader(of: inputs), batchSize: batchSize)
  }

  /// The model's outputs for inputs that are read when they are needed: a batch is read while the one before it is computed.
  ///
  /// ```swift
  /// let data = try SyntheticDigits.generate(trainCount: 200, testCount: 100)
  /// let trainer = try Trainer(
  ///   model: Sequential { Flatten(); Dense(10) },
  ///   method: Method(loss: SoftmaxCrossEntropy(), optimizer: Adam()) {
  ///     $0.preprocessing = Rescaling(dividingBy: 255)
  ///   },
  ///   inputs: data.train.inputs)
  /// let reader = ArrayReader(data.test.inputs)
  /// print(try trainer.predict(reader, batchSize: 50, memory: 1_000_000).shape)  // [100, 10]
  /// ```
  /// - Parameter memory: the most bytes that inputs take at a time.
  /// - Throws: as ``predict(_:batchSize:)``; `DatasetError` if inputs can't be read; ``TrainingError/beyondMemory(needed:limit:)``
  ///   for a batch that takes more.
  public func predict(_ inputs: any RecordReader, batchSize: Int = 1000, memory: Int = .max) throws -> HostArray {
    try predict(inputs, batchSize: batchSize, memory: memory) { [$0] }[0]
  }

  /// The class with the greatest output for each input, the first of equal ones. A single output of a loss of events
  /// gives class 1 if it is above 0 for logits or above 0.5 for probabilities, and class 0 otherwise.
  /// - Throws: as ``predict(_:batchSize:)``, and `Diagnostic` if the model's outputs aren't `[batch, classes]`, or one
  ///   output that isn't an event.
  public func predictClasses(_ inputs: HostArray, batchSize: Int = 1000) throws -> [Int] {
    let classes = try classes()
    return try predict(reader(of: inputs), batchSize: batchSize) { [classes($0)] }[0].values(as: Int32.self)
      .map(Int.init)
  }

  /// The probabilities that the outputs stand for, as the loss interprets them.
  ///
  /// ```swift
  /// let data = try SyntheticDigits.generate(trainCount: 200, testCount: 100)
  /// let trainer = try Trainer(
  ///   model: Sequential { Flatten(); Dense(10) },
  ///   method: Method(loss: SoftmaxCrossEntropy(), optimizer: Adam()) {
  ///     $0.preprocessing = Rescaling(dividingBy: 255)
  ///   },
  ///   inputs: data.train.inputs)
  /// print(try trainer.predictProbabilities(data.test.inputs).shape)  // [100, 10]
  /// ```
  /// - Returns: `[count, …, classes]` for a loss of classes; `[count, …]`, one per event, for a loss of events. In
  ///   `float32` where the model computes in half precision.
  /// - Throws: as ``predict(_:batchSize:)``, and `Diagnostic` for a loss of values, whose outputs ``predict(_:batchSize:)``
  ///   gives.
  public func predictProbabilities(_ inputs: HostArray, batchSize: Int = 1000) throws -> HostArray {
    try predictProbabilities(reader(of: inputs), batchSize: batchSize)
  }

  /// ``predictProbabilities(_:batchSize:)`` for inputs that are read when they are needed.
  package func predictProbabilities(
    _ inputs: any RecordReader, batchSize: Int, memory: Int = .max
  ) throws -> HostArray {
    let probabilities = try probabilities()
    return try predict(inputs, batchSize: batchSize, memory: memory) { [probabilities($0)] }[0]
  }

  /// ``predictClasses(_:batchSize:)`` and ``predictProbabilities(_:batchSize:)`` by one computation.
  package func predictClassesWithProbabilities(
    _ inputs: any RecordReader, batchSize: Int, memory: Int
  ) throws -> (classes: [Int], probabilities: HostArray) {
    let (classes, probabilities) = (try classes(), try probabilities())
    let results = try predict(inputs, batchSize: batchSize, memory: memory) { [classes($0), probabilities($0)] }
    return (try results[0].values(as: Int32.self).map(Int.init), results[1])
  }

  /// What turns outputs into classes.
  private func classes() throws(Diagnostic) -> (Tensor) -> Tensor {
    guard outputType.shape.rank == 2 else {
      throw Diagnostic(operation: "predictClasses", message: "needs outputs [batch, classes]", inputs: [outputType])
    }
    if outputType.shape[1] > 1 { return { $0.argMax() } }
    guard let threshold = method.loss.outputKind?.threshold else {
      throw Diagnostic(
        operation: "predictClasses",
        message: "needs several outputs, or one output and a loss of events such as binaryCrossEntropy; "
          + "predict gives numbers",
        inputs: [outputType])
    }
    return { ($0 .> threshold).cast(to: .int32).reshape(to: [$0.shape[0]]) }
  }

  /// What turns outputs into probabilities.
  private func probabilities() throws(Diagnostic) -> (Tensor) -> Tensor {
    switch method.loss.outputKind {
    case .classLogits: return { $0.upcast.softmax() }
    case .classLogProbabilities: return { $0.upcast.exp() }
    case .eventLogits: return { $0.upcast.sigmoid() }
    case .classProbabilities, .eventProbabilities: return { $0.upcast }
    case .values, nil:
      throw Diagnostic(
        operation: "predictProbabilities",
        message: "needs a loss of classes or events, not '\(type(of: method.loss).name)'; predict gives numbers",
        inputs: [outputType])
    }
  }

  private func reader(of inputs: HostArray) throws(Diagnostic) -> any RecordReader {
    guard !inputs.shape.isEmpty else {
      throw Diagnostic(
        operation: "predict", message: "takes inputs [count, …]", inputs: [TensorType(inputs.dtype, [])])
    }
    return ArrayReader(inputs)
  }

  /// - Returns: the results of `transform`, of all batches.
  private func predict(
    _ inputs: any RecordReader, batchSize: Int, memory: Int = .max, _ transform: (Tensor) -> [Tensor]
  ) throws -> [HostArray] {
    try TrainingError.check(batchSize, name: "batch size", atLeast: 1)
    let count = inputs.count
    let batch = Swift.max(1, Swift.min(batchSize, count))
    let stream = ExampleStream(inputs, memory: memory)
    let axis = axis.dividing(batch)
    let devices = axis?.count ?? 1
    _ = try stream.batches(of: batch, devices: devices)
    let type = stream.types(count: batch)[0]
    let program = try Program(state.tree.types + [type], devices: devices) { arguments in
      let variables = TrainingState(tree: state.tree.with(arguments)).variables(method)
      let batch = arguments[arguments.count - 1]
      let x = method.preprocessing(axis?.rows(of: batch) ?? batch, dtype: precision.computation)
      let results = transform(model.apply(variables, to: x, precision: precision).output)
      return axis?.gather(results) ?? results
    }
    for result in program.results where result.shape.first != batch {
      throw Diagnostic(operation: "predict", message: "needs a model that gives [batch, …]", inputs: [type, result])
    }
    var bytes = program.results.map { result in
      var bytes: [UInt8] = []
      bytes.reserveCapacity(count * result.shape.dropFirst().reduce(result.dtype.byteCount, *))
      return bytes
    }
    // The last batch starts earlier so that it is full; only its new outputs are taken.
    let starts = Array(stride(from: 0, to: count, by: batch))
    let batches = StreamedParts(
      stream, starts.map { Array(Swift.min($0, count - batch)..<Swift.min($0 + batch, count)) }, devices: devices)
    let spread = try state.tree.tensors.map { try $0.onDevices(devices) }
    for start in starts {
      let outputs = try program(spread + batches.next())
      for (index, output) in outputs.enumerated() {
        bytes[index] += try output.hostArray().rows(start - Swift.min(start, count - batch)..<batch).bytes
      }
    }
    return try zip(program.results, bytes).map { result, bytes in
      try HostArray(dtype: result.dtype, shape: [count] + result.shape.dropFirst(), bytes: bytes)
    }
  }
}
