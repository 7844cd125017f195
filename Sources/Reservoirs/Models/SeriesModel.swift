import OrderedCollections

/// A model that learns what comes after each value of a series, and goes on with it by itself: ``NodeNetwork``,
/// ``EchoStateNetwork``, ``NVAR`` and ``LocalReservoirs``, by the same calls.
///
/// ```swift
/// let series = Tensor(Lorenz().series(1001), shape: [1001, 3])
/// var models: [any SeriesModel] = [
///   try NVAR(DelayFeatures(channels: 3)),
///   try EchoStateNetwork(Reservoir(units: 100, inputs: 3, outputs: 3)),
///   try NodeNetwork(Input() >>> Reservoir(units: 100) >>> RidgeRegression(), inputs: 3, outputs: 3),
/// ]
/// for index in models.indices {
///   try models[index].learn(
///     series.slice(0..<1000), targets: series.slice(1..<1001), washout: 100, readout: RidgeRegression(lambda: 0.1))
///   let forecast = try models[index].forecast(steps: 20, after: series.slice(500..<600))    // [20, 3]
/// }
/// ```
public protocol SeriesModel: Sendable {
  var dtype: DType { get }
  /// Numbers that it puts out.
  var outputs: Int { get }
  /// Whether its outputs go back into it, so that nothing else drives it.
  var feedsItself: Bool { get }

  /// Learns a series: what each of its values is followed by, or another series.
  /// - Parameters:
  ///   - series: `[steps, channels]`. A model that feeds itself learns it with the last target behind.
  ///   - targets: after each value, `[steps, outputs]`.
  ///   - washout: steps at the start that nothing is learned from.
  ///   - rule: nil for its own, or a rule of several readouts.
  /// - Throws: ``ReservoirError``.
  @discardableResult
  mutating func learn(
    _ series: Tensor, targets: Tensor, washout: Int, readout rule: (any ReadoutRule)?
  ) throws -> ReadoutFit

  /// What it puts out for each value of a series, `[steps, outputs]` or `[sequences, steps, outputs]`, from where it stands. What
  /// feeds itself gets the series for its own outputs.
  /// - Throws: ``ReservoirError``.
  mutating func follow(_ series: Tensor) throws -> Tensor

  /// Puts it back to rest.
  /// - Throws: ``ReservoirError``.
  mutating func rest() throws

  /// The values that come next, `[steps, outputs]`.
  /// - Throws: ``ReservoirError``, ``ReservoirError/diverged(step:)``.
  mutating func goOn(steps: Int) throws -> Tensor

  /// The values that come after a series, or several, which it follows from rest: `[steps, outputs]` or
  /// `[sequences, steps, outputs]`.
  /// - Throws: ``ReservoirError``, ``ReservoirError/diverged(step:)``.
  mutating func forecast(steps: Int, after series: Tensor) throws -> Tensor

  /// See ``NodeNetwork/lyapunovExponents(_:steps:skipped:)``.
  func lyapunovExponents(_ count: Int, steps: Int, skipped: Int) throws -> [Double]

  /// All that the model is, by name.
  func arrays() throws -> OrderedDictionary<String, HostArray>
}

extension SeriesModel {
  /// Writes the model to a file that has everything to go on: weights, readouts, state, and where the noise's random numbers
  /// stand.
  ///
  /// ```swift
  /// var network = try EchoStateNetwork(Reservoir(units: 100, feedback: true))
  /// try network.fit(teacher: Tensor((0..<500).map { sin(0.1 * Double($0)) }, shape: [500, 1]), washout: 100)
  /// try network.save(to: "sine.safetensors")
  /// var loaded = try EchoStateNetwork(contentsOf: "sine.safetensors")
  /// let same = try loaded.generate(steps: 50).values(as: Double.self) == network.generate(steps: 50).values()  // true
  /// ```
  /// The format is safetensors, with the arrays of ``arrays()``. What is loaded goes on bit for bit as what was saved.
  /// - Throws: `SafetensorsError` if the file can't be written; `ConfigurationError` for a node without a name that
  ///   plans know; the engine's errors.
  public func save(to path: String) throws { try SavedArrays.write(arrays(), to: path) }

  public mutating func forecast(steps: Int, after series: Tensor) throws -> Tensor {
    try rest()
    _ = try follow(series)
    return try goOn(steps: steps)
  }
}

extension NodeNetwork: SeriesModel {
  public var feedsItself: Bool { inputs == 0 }

  /// What the last readout learned.
  @discardableResult
  public mutating func learn(
    _ series: Tensor, targets: Tensor, washout: Int, readout rule: (any ReadoutRule)?
  ) throws -> ReadoutFit {
    var fitted = self
    if let rule { try fitted.replaceReadout(by: rule) }
    // Without an input the whole series is what the readouts learn.
    let fits =
      try feedsItself
      ? fitted.fit(teacher: Tensor.wholeSeries(series, targets, dtype, first: 1), washout: washout)
      : fitted.fit(inputs: series, teacher: targets, washout: washout)
    guard let last = fits.values.last else { throw ReservoirError.notFitted }
    self = fitted
    return last
  }

  /// Runs over a series as ``learn(_:targets:washout:readout:)`` does, from rest, and learns nothing: what the last readout makes
  /// of it. The network then stands as after learning.
  /// - Throws: ``ReservoirError``, ``ReservoirError/notFitted``.
  public mutating func score(_ series: Tensor, targets: Tensor, washout: Int) throws -> ReadoutFit {
    try feedsItself
      ? score(nil, teacher: Tensor.wholeSeries(series, targets, dtype, first: 1), washout: washout)
      : score(series, teacher: targets, washout: washout)
  }

  public mutating func follow(_ series: Tensor) throws -> Tensor {
    try predict(inputs: feedsItself ? nil : series, teacher: feedsItself ? series : nil)
  }

  public mutating func rest() throws { try reset() }
  public mutating func goOn(steps: Int) throws -> Tensor { try generate(steps: steps) }
}

extension EchoStateNetwork: SeriesModel {
  public var dtype: DType { reservoir.dtype }
  public var outputs: Int { reservoir.outputs }
  public var feedsItself: Bool { reservoir.feedback }

  @discardableResult
  public mutating func learn(
    _ series: Tensor, targets: Tensor, washout: Int, readout rule: (any ReadoutRule)?
  ) throws -> ReadoutFit {
    let rule = rule ?? CholeskyReadout()
    return try feedsItself
      ? fit(teacher: Tensor.wholeSeries(series, targets, dtype), washout: washout, readout: rule)
      : fit(inputs: series, teacher: targets, washout: washout, readout: rule)
  }

  public mutating func follow(_ series: Tensor) throws -> Tensor {
    try predict(inputs: feedsItself ? nil : series, teacher: feedsItself ? series : nil)
  }

  public mutating func rest() throws { try reset() }

  /// A network that was fitted with feedback hasn't put out the value after its teacher's last yet; one that another series
  /// drives has.
  public mutating func goOn(steps: Int) throws -> Tensor {
    try feedsItself ? generate(steps: steps) : closedSteps(steps, isBatch: state.shape[0] > 1)
  }

  public mutating func forecast(steps: Int, after series: Tensor) throws -> Tensor {
    try rest()
    _ = try follow(series)
    let isBatch = series.rank == 3
    return try feedsItself ? afterOutput(steps: steps, isBatch: isBatch) : closedSteps(steps, isBatch: isBatch)
  }

  /// The output, and what follows from it where it goes in as the next input.
  private mutating func closedSteps(_ steps: Int, isBatch: Bool) throws -> Tensor {
    var closed = try closingLoop()
    let values = try closed.afterOutput(steps: steps, isBatch: isBatch)
    move(to: closed.state, output: closed.output)
    return values
  }

  /// The output, and what follows from it.
  private mutating func afterOutput(steps: Int, isBatch: Bool) throws -> Tensor {
    var parts = [output.expand(at: 1)]
    if steps > 1 {
      let free = try generate(steps: steps - 1)
      parts.append(free.rank == 3 ? free : free.expand(at: 0))
    }
    let all = Tensor.concatenate(parts, axis: 1)
    return try (isBatch ? all : all.squeeze(0)).evaluate()
  }
}

extension NVAR: SeriesModel {
  public var feedsItself: Bool { false }

  @discardableResult
  public mutating func learn(
    _ series: Tensor, targets: Tensor, washout: Int, readout rule: (any ReadoutRule)?
  ) throws -> ReadoutFit {
    try fit(inputs: series, teacher: targets, washout: washout, readout: rule ?? RidgeRegression(lambda: 2.5e-6))
  }

  public mutating func follow(_ series: Tensor) throws -> Tensor { try predict(inputs: series) }

  /// It has no state but the values that it follows.
  public mutating func rest() {}
  public mutating func goOn(steps: Int) throws -> Tensor { try generate(steps: steps) }
}

extension LocalReservoirs: SeriesModel {
  public var dtype: DType { nodes.dtype }
  public var outputs: Int { points }
  public var feedsItself: Bool { false }

  @discardableResult
  public mutating func learn(
    _ series: Tensor, targets: Tensor, washout: Int, readout rule: (any ReadoutRule)?
  ) throws -> ReadoutFit { try nodes.learn(series, targets: targets, washout: washout, readout: rule) }

  public mutating func follow(_ series: Tensor) throws -> Tensor { try nodes.follow(series) }
  public mutating func rest() throws { try nodes.rest() }
  public mutating func goOn(steps: Int) throws -> Tensor { try nodes.goOn(steps: steps) }
  public func arrays() throws -> OrderedDictionary<String, HostArray> { try nodes.arrays() }

  public func lyapunovExponents(_ count: Int, steps: Int, skipped: Int = 500) throws -> [Double] {
    try nodes.lyapunovExponents(count, steps: steps, skipped: skipped)
  }
}

extension Tensor {
  /// A series and the last of its targets.
  /// - Parameter first: values of the series that are kept, nil for all; the targets stand for the others.
  static func wholeSeries(_ series: Tensor, _ targets: Tensor, _ dtype: DType, first: Int? = nil) -> Tensor {
    guard series.rank == 2, targets.rank == 2, series.shape[0] > 0, targets.shape[0] > 0 else { return targets }
    let kept = first ?? series.shape[0]
    let from = first == nil ? targets.shape[0] - 1 : 0
    return concatenate([
      series.slice(0..<kept).cast(to: dtype), targets.slice(from..<targets.shape[0]).cast(to: dtype),
    ])
  }
}
