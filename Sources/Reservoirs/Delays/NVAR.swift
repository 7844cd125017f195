import PJRT

/// Nonlinear vector autoregression, the next generation reservoir: a readout of monomials of a series' present and past
/// values, in place of a reservoir's states (Gauthier et al. 2021, https://doi.org/10.1038/s41467-021-25801-2).
///
/// ```swift
/// let series = Tensor(Lorenz().series(2001), shape: [2001, 3])
/// var model = try NVAR(DelayFeatures(channels: 3, delays: 2))
/// try model.fit(
///   inputs: series.slice(0..<2000), teacher: series.slice(1..<2001), readout: RidgeRegression(lambda: 0.3))
/// let forecast = try model.generate(steps: 100)      // [100, 3], what comes after the last teacher's value
/// ```
/// Series are `[steps, channels]`, or `[sequences, steps, channels]` for several at once. Nothing is drawn.
public struct NVAR: Sendable {
  public let features: DelayFeatures
  /// Numbers of a target.
  public let outputs: Int
  /// Whether the readout gives the change from the present value, as Gauthier et al. have it, and not the next value
  /// itself. Needs as many outputs as channels.
  public let predictsChange: Bool
  public let dtype: DType
  /// `[features + 1, outputs]`, the constants last; nil before ``fit(inputs:teacher:washout:readout:)``.
  public private(set) var readout: Tensor?
  /// The last values, `[sequences, firstStep + 1, channels]`; nil before there are as many.
  public private(set) var past: Tensor?

  /// - Parameter outputs: nil for as many as channels.
  /// - Throws: ``ReservoirError/setting(name:value:allowed:)``.
  public init(
    _ features: DelayFeatures, outputs: Int? = nil, predictsChange: Bool = true, dtype: DType = .float64
  ) throws(ReservoirError) {
    try features.check()
    let outputs = outputs ?? features.channels
    guard outputs >= 1 else { throw .setting(name: "outputs", value: "\(outputs)", allowed: "1 or more") }
    guard !predictsChange || outputs == features.channels else {
      throw .setting(
        name: "predictsChange", value: "true", allowed: "false for \(outputs) outputs of \(features.channels) channels")
    }
    guard [.float64, .float32].contains(dtype) else {
      throw .setting(name: "dtype", value: dtype.rawValue, allowed: "float64 or float32")
    }
    (self.features, self.outputs, self.predictsChange, self.dtype) = (features, outputs, predictsChange, dtype)
  }

  /// The model elsewhere in its series, with another readout.
  mutating func place(after past: Tensor?, readout: Tensor?) { (self.past, self.readout) = (past, readout) }

  /// Computes the readout, in one regression over all steps that have all their past.
  /// - Parameters:
  ///   - inputs: `[steps, channels]` or `[sequences, steps, channels]`.
  ///   - teacher: the target after each input, `[steps, outputs]` or `[sequences, steps, outputs]`: to forecast the
  ///     series itself its next values.
  ///   - washout: steps at the start that nothing is learned from; at least those without all their past.
  ///   - rule: how. Its bias is the constant among the features.
  /// - Throws: ``ReservoirError``.
  @discardableResult
  public mutating func fit(
    inputs: Tensor, teacher: Tensor, washout: Int = 0, readout rule: any ReadoutRule = RidgeRegression(lambda: 2.5e-6)
  ) throws -> ReadoutFit {
    let (inputs, teacher) = (try series(inputs), try targets(teacher))
    guard teacher.sequences == inputs.sequences, teacher.steps == inputs.steps else {
      throw ReservoirError.shape(
        series: "teacher's values", found: Array(teacher.tensor.shape),
        expected: "of \(inputs.sequences) sequences and \(inputs.steps) steps like the inputs")
    }
    let first = max(washout, features.firstStep)
    guard washout >= 0, first < inputs.steps else { throw ReservoirError.washout(steps: first, length: inputs.steps) }
    let present = inputs.tensor.slice(first..<inputs.steps, axis: 1).reshape(to: [-1, features.channels])
    let given = teacher.tensor.slice(first..<inputs.steps, axis: 1).reshape(to: [-1, outputs])
    let rows = rows(inputs).slice(first - features.firstStep..<inputs.steps - features.firstStep, axis: 1)
      .reshape(to: [-1, features.count])
    let computed = try Tensor.evaluate([rows, predictsChange ? given - present : given])
    let found = try rule.weights(computed[0], computed[1])
    let predictions = computed[0].readOut(found.tensor)
    let outputs = predictsChange ? predictions + present : predictions
    let scale = (given - given.mean([0])).squared().mean()
    let results = try Tensor.evaluate([
      outputs.reshape(to: [inputs.sequences, -1, self.outputs]), ((outputs - given).squared().mean() / scale).sqrt(),
    ])
    readout = found.tensor
    // The last teacher's value is the present one of what comes next.
    let next = self.outputs == features.channels
    let last =
      next
      ? Tensor.concatenate([inputs.tensor, teacher.slice(inputs.steps - 1..<inputs.steps).tensor], axis: 1)
      : inputs.tensor
    try keepPast(of: last)
    return ReadoutFit(
      lambda: found.lambda, nrmse: try results[1].cast(to: .float64).scalar(), outputs: inputs.like(results[0]))
  }

  /// What the readout gives after each step that has all its past, `[steps - firstStep, outputs]`, or with an axis of
  /// sequences.
  /// - Throws: ``ReservoirError``.
  public mutating func predict(inputs: Tensor) throws -> Tensor {
    guard let readout else { throw ReservoirError.notFitted }
    let inputs = try series(inputs)
    guard inputs.steps > features.firstStep else {
      throw ReservoirError.washout(steps: features.firstStep, length: inputs.steps)
    }
    let rows = rows(inputs)
    let outputs = rows.reshape(to: [-1, features.count]).readOut(readout).reshape(to: [inputs.sequences, -1, outputs])
    let present = inputs.tensor.slice(features.firstStep..<inputs.steps, axis: 1)
    try keepPast(of: inputs.tensor)
    return inputs.like(try (predictsChange ? outputs + present : outputs).evaluate())
  }

  /// Puts the model after the last of the values of a series, or of several side by side.
  /// - Throws: ``ReservoirError``, ``ReservoirError/washout(steps:length:)`` for a series too short.
  public mutating func start(after values: Tensor) throws { try keepPast(of: series(values).tensor) }

  /// Goes on by itself.
  /// - Returns: `[steps, channels]`, or `[sequences, steps, channels]` where several run side by side.
  /// - Throws: ``ReservoirError``, ``ReservoirError/diverged(step:)`` if the values overflow. The model then stands
  ///   where it stood.
  public mutating func generate(steps: Int) throws -> Tensor {
    let (readout, past) = try closed()
    guard (1...100_000_000).contains(steps) else {
      throw ReservoirError.setting(name: "steps", value: "\(steps)", allowed: "in 1...100000000")
    }
    let looped = scan(carry: [past], over: [], length: steps) { carry, _ in
      let next = next(after: carry[0], readout)
      return ([next.past], [next.value])
    }
    let values = looped.outputs[0].moveAxis(from: 0, to: 1)
    let results = try Tensor.evaluate([values.isFinite().all([0, 2]), values, looped.carry[0]])
    let finite: [Bool] = try results[0].values()
    if let step = finite.firstIndex(of: false) { throw ReservoirError.diverged(step: step) }
    self.past = results[2]
    return past.shape[0] == 1 ? results[1].squeeze(0) : results[1]
  }

  /// The greatest Lyapunov exponents of the model that runs freely, per step and greatest first, from where it stands
  /// on.
  /// - Parameters: as ``EchoStateNetwork/lyapunovExponents(_:steps:skipped:)`` has them; `count` is at most the numbers
  ///   of the past that is kept.
  /// - Throws: ``ReservoirError``.
  public func lyapunovExponents(_ count: Int, steps: Int, skipped: Int = 500) throws -> [Double] {
    let (readout, past) = try closed()
    guard past.shape[0] == 1 else {
      throw ReservoirError.shape(series: "values", found: Array(past.shape), expected: "of one sequence")
    }
    let (window, channels) = (features.firstStep + 1, features.channels)
    let weights = readout.slice(0..<features.count)
    return try TangentDynamics(start: [past], dimension: window * channels, dtype: dtype) { carry, vectors in
      let windows = vectors.reshape(to: [-1, window, channels])
      var change = features.derivative(at: linear(carry[0]), along: linear(windows)).matmul(weights)
      if predictsChange { change = change + windows.slice(window - 1..<window, axis: 1).squeeze(1) }
      let moved = Tensor.concatenate([windows.slice(1..<window, axis: 1), change.expand(at: 1)], axis: 1)
      return ([next(after: carry[0], readout).past], moved.reshape(to: [-1, window * channels]))
    }.exponents(count, steps: steps, skipped: skipped)
  }

  /// Each feature's name and its weights for the outputs, the constant first.
  /// - Throws: ``ReservoirError/notFitted``.
  public func terms(channels names: [String] = []) throws -> [(name: String, weights: [Double])] {
    guard let readout else { throw ReservoirError.notFitted }
    let values: [Double] = try readout.cast(to: .float64).values()
    let rows = (0...features.count).map { Array(values[$0 * outputs..<($0 + 1) * outputs]) }
    return [("1", rows[features.count])] + zip(features.names(of: names), rows).map { ($0, $1) }
  }
}

extension NVAR {
  private func series(_ given: Tensor) throws -> SequenceBatch {
    try SequenceBatch(given, channels: features.channels, dtype: dtype, named: "inputs")
  }

  private func targets(_ given: Tensor) throws -> SequenceBatch {
    try SequenceBatch(given, channels: outputs, dtype: dtype, named: "teacher's values")
  }

  private mutating func keepPast(of series: Tensor) throws {
    let (steps, window) = (series.shape[1], features.firstStep + 1)
    guard steps >= window else { throw ReservoirError.washout(steps: window - 1, length: steps) }
    past = try series.slice(steps - window..<steps, axis: 1).evaluate()
  }

  /// The features `[sequences, steps - firstStep, count]`.
  private func rows(_ inputs: SequenceBatch) -> Tensor {
    vectorized { (one: [Tensor]) in [features.features(of: features.linear(of: one[0]))] }([inputs.tensor])[0]
  }

  private func closed() throws(ReservoirError) -> (readout: Tensor, past: Tensor) {
    guard let readout, let past else { throw .notFitted }
    guard outputs == features.channels else { throw .openLoop(inputs: features.channels, outputs: outputs) }
    return (readout, past)
  }

  /// Present and past values `[sequences, linearCount]` of windows `[sequences, firstStep + 1, channels]`.
  private func linear(_ windows: Tensor) -> Tensor {
    Tensor.concatenate(
      (0..<features.delays).map { delay in
        let place = features.firstStep - delay * features.stride
        return windows.slice(place..<place + 1, axis: 1).squeeze(1)
      }, axis: 1)
  }

  private func next(after past: Tensor, _ readout: Tensor) -> (past: Tensor, value: Tensor) {
    let window = features.firstStep + 1
    var value = features.features(of: linear(past)).readOut(readout)
    if predictsChange { value = value + past.slice(window - 1..<window, axis: 1).squeeze(1) }
    return (Tensor.concatenate([past.slice(1..<window, axis: 1), value.expand(at: 1)], axis: 1), value)
  }
}
