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
///
/// It is the network of nodes `Input() >>> Monomials(…) >>> readout`, whose features have names.
public struct NVAR: Sendable {
  public let features: DelayFeatures
  /// Whether the readout gives the change from the present value, as Gauthier et al. have it, and not the next value
  /// itself. Needs as many outputs as channels.
  public let predictsChange: Bool
  /// The network of nodes that it is.
  public private(set) var nodes: NodeNetwork
  /// The last values, `[sequences, firstStep + 1, channels]`; nil before there are as many.
  public private(set) var past: Tensor?

  /// - Parameter outputs: nil for as many as channels.
  /// - Throws: ``ReservoirError/setting(name:value:allowed:)``.
  public init(
    _ features: DelayFeatures, outputs: Int? = nil, predictsChange: Bool = true, dtype: DType = .float64
  ) throws {
    try features.check()
    let outputs = outputs ?? features.channels
    guard outputs >= 1 else {
      throw ReservoirError.setting(name: "outputs", value: "\(outputs)", allowed: "1 or more")
    }
    guard !predictsChange || outputs == features.channels else {
      throw ReservoirError.setting(
        name: "predictsChange", value: "true", allowed: "false for \(outputs) outputs of \(features.channels) channels")
    }
    let (input, readout) = (Node(Input()), Node(RidgeRegression(lambda: 2.5e-6), name: "readout"))
    let monomials = Monomials(delays: features.delays, stride: features.stride, orders: features.orders)
    let plain = input >>> monomials >>> readout
    nodes = try NodeNetwork(
      predictsChange ? plain.adding(input, to: readout) : plain, inputs: features.channels, outputs: outputs,
      dtype: dtype)
    (self.features, self.predictsChange) = (features, predictsChange)
  }

  /// Numbers of a target.
  public var outputs: Int { nodes.outputs }
  public var dtype: DType { nodes.dtype }
  /// `[features + 1, outputs]`, the constants last; nil before ``fit(inputs:teacher:washout:readout:)``.
  public var readout: Tensor? { nodes.readout("readout") }

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
    var fitted = self
    try fitted.nodes.replaceReadout(by: rule)
    try fitted.nodes.reset()
    let fits = try fitted.nodes.fit(inputs: inputs, teacher: teacher, washout: washout)
    guard let fit = fits["readout"] else { throw ReservoirError.notFitted }
    // The last teacher's value is the present one of what comes next.
    let last = teacher.slice(teacher.shape[-2] - 1..<teacher.shape[-2], axis: teacher.rank - 2)
    let isNext = outputs == features.channels
    try fitted.start(
      after: isNext ? .concatenate([inputs, last].map { $0.cast(to: dtype) }, axis: inputs.rank - 2) : inputs)
    self = fitted
    return fit
  }

  /// What the readout gives after each step that has all its past, `[steps - firstStep, outputs]`, or with an axis of
  /// sequences.
  /// - Throws: ``ReservoirError``.
  public mutating func predict(inputs: Tensor) throws -> Tensor {
    guard readout != nil else { throw ReservoirError.notFitted }
    var driven = self
    try driven.nodes.reset()
    let outputs = try driven.nodes.predict(inputs: inputs)
    let (steps, axis) = (outputs.shape[-2], outputs.rank - 2)
    guard steps > features.firstStep else { throw ReservoirError.washout(steps: features.firstStep, length: steps) }
    try driven.start(after: inputs)
    self = driven
    return try outputs.slice(features.firstStep..<steps, axis: axis).evaluate()
  }

  /// Puts the model after the last of the values of a series, or of several side by side.
  /// - Throws: ``ReservoirError``, ``ReservoirError/washout(steps:length:)`` for a series too short.
  public mutating func start(after values: Tensor) throws {
    let series = try SequenceBatch(values, channels: features.channels, dtype: dtype, named: "inputs")
    let (steps, window) = (series.steps, features.firstStep + 1)
    guard steps >= window else { throw ReservoirError.washout(steps: window - 1, length: steps) }
    try place(after: series.slice(steps - window..<steps).tensor.evaluate())
  }

  /// Goes on after values `[sequences, firstStep + 1, channels]`.
  mutating func place(after past: Tensor) throws {
    let first = features.firstStep
    // Where the outputs don't go in as inputs, all values are of the past.
    let (before, last) =
      outputs == features.channels
      ? (past.slice(0..<first, axis: 1), past.lastStep)
      : (past.slice(1..<first + 1, axis: 1), .zeros([past.shape[0], outputs], dtype: dtype))
    try nodes.place(at: [before], last: last)
    self.past = past
  }

  mutating func setReadout(_ readout: Tensor) { nodes.setReadout(readout, of: "readout") }

  /// Goes on by itself.
  /// - Returns: `[steps, channels]`, or `[sequences, steps, channels]` where several run side by side.
  /// - Throws: ``ReservoirError``, ``ReservoirError/diverged(step:)`` if the values overflow. The model then stands
  ///   where it stood.
  public mutating func generate(steps: Int) throws -> Tensor {
    guard readout != nil, let past else { throw ReservoirError.notFitted }
    let values = try nodes.generate(steps: steps)
    let new = values.rank == 2 ? values.expand(at: 0) : values
    let all = Tensor.concatenate([past, new.slice(max(0, steps - past.shape[1])..<steps, axis: 1)], axis: 1)
    self.past = try all.slice(all.shape[1] - past.shape[1]..<all.shape[1], axis: 1).evaluate()
    return values
  }

  /// The greatest Lyapunov exponents of the model that runs freely; see
  /// ``NodeNetwork/lyapunovExponents(_:steps:skipped:)``. There are at most as many as numbers of the past that is kept.
  public func lyapunovExponents(_ count: Int, steps: Int, skipped: Int = 500) throws -> [Double] {
    try nodes.lyapunovExponents(count, steps: steps, skipped: skipped)
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
