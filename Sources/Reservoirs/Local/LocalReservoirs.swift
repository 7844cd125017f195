import Configuration

/// Networks side by side along a circle, each of which predicts a patch of a field from the patch and its surroundings
/// (Pathak et al. 2018, https://doi.org/10.1103/PhysRevLett.120.024102).
///
/// ```swift
/// let waves = KuramotoSivashinsky(length: 22, points: 64)
/// let field = Tensor(waves.series(3001), shape: [3001, 64])
/// var model = try LocalReservoirs(Reservoir(units: 300), points: 64, patches: 8, overlap: 6)
/// try model.fit(field: field, washout: 100, readout: CholeskyReadout(lambda: 1e-4))
/// let forecast = try model.generate(steps: 200)     // [200, 64]
/// ```
/// All patches have one network with one readout, which learns from all of them: where the equation is the same
/// everywhere, that is a reservoir per patch with as many times the data. A network's inputs are its patch with
/// `overlap` points on either side, its outputs the patch one step later.
///
/// It is the network of nodes `Input() >>> PatchReservoirs(…) >>> readout`, which learns a field by itself.
public struct LocalReservoirs: Sendable {
  /// The network of nodes that it is.
  public internal(set) var nodes: NodeNetwork
  public let patches: Int
  /// Points on either side of a patch that its network sees too.
  public let overlap: Int

  /// - Parameter reservoir: its inputs, outputs and feedback are set to the patches'.
  /// - Throws: ``ReservoirError`` for patches that don't divide the circle, or an overlap longer than it.
  public init(
    _ reservoir: Reservoir, points: Int, patches: Int, overlap: Int, draws: ReservoirDraws = .keyed(seed: 0)
  ) throws {
    _ = try CirclePatches(points: points, patches: patches, overlap: overlap)
    nodes = try NodeNetwork(
      Input() >>> PatchReservoirs(reservoir, patches: patches, overlap: overlap)
        >>> Node(CholeskyReadout(lambda: 1e-4), name: "readout"),
      inputs: points, outputs: points, draws: draws, dtype: reservoir.dtype)
    (self.patches, self.overlap) = (patches, overlap)
  }

  /// Points on the circle.
  public var points: Int { nodes.outputs }

  /// The network of each patch, which the patches are sequences of, as it stands.
  public var network: EchoStateNetwork {
    get throws {
      guard let place = nodes.parts.firstIndex(where: { $0.unit is PatchUnit }),
        let unit = nodes.parts[place].unit as? PatchUnit
      else { throw ReservoirError.notFitted }
      let state = nodes.states[place][0].reshape(to: [-1, unit.network.reservoir.units])
      let output = nodes.last ?? .zeros([1, points], dtype: nodes.dtype)
      let computed = try Tensor.evaluate([state, output.reshape(to: [-1, unit.circle.size])])
      return unit.network.placed(
        at: computed[0], output: computed[1], readout: nodes.readout("readout"), stream: unit.network.stream)
    }
  }

  private func checked(_ field: Tensor) throws -> Tensor {
    let batch = try SequenceBatch(field, channels: points, dtype: nodes.dtype, named: "field's values")
    guard !batch.isBatch else {
      throw ReservoirError.shape(series: "field's values", found: Array(field.shape), expected: "[steps, \(points)]")
    }
    return batch.tensor.squeeze(0)
  }

  /// Learns each step of a field from the one before it. The model then stands after the last one.
  /// - Parameters:
  ///   - field: `[steps + 1, points]`.
  ///   - washout: steps at the start that nothing is learned from.
  ///   - memory: bytes that states may take: a longer field is learned from in stretches.
  /// - Throws: ``ReservoirError``.
  /// - Returns: the root of the mean squared error over the field's standard deviation, on what was learned from: a difference of
  ///   sums, which has lost half of the digits.
  @discardableResult
  public mutating func fit(
    field: Tensor, washout: Int = 0, readout rule: any GramReadoutRule = CholeskyReadout(lambda: 1e-4),
    memory: Int = 1 << 29
  ) throws -> Double {
    let field = try checked(field)
    let steps = field.shape[0] - 1
    guard washout >= 0, washout < steps else { throw ReservoirError.washout(steps: washout, length: max(0, steps)) }
    var fitted = nodes
    try fitted.replaceReadout(by: rule)
    try fitted.reset()
    let error = try fitted.fitSums(
      inputs: field.slice(0..<steps), teacher: field.slice(1..<steps + 1), washout: washout, memory: memory)
    _ = try fitted.predict(inputs: field.slice(steps..<steps + 1))
    nodes = fitted
    return error
  }

  /// Drives the networks, from rest, by the fields of a series.
  /// - Parameter field: `[steps, points]`.
  /// - Throws: ``ReservoirError``.
  public mutating func start(after field: Tensor) throws {
    let field = try checked(field)
    var driven = nodes
    try driven.reset()
    _ = try driven.predict(inputs: field)
    nodes = driven
  }

  /// The field goes on by itself: in each step the networks see what they and their neighbours put out.
  /// - Returns: `[steps, points]`, the first one after the last field that the networks saw.
  /// - Throws: ``ReservoirError``, ``ReservoirError/diverged(step:)`` if the values overflow. The model then stands
  ///   where it stood.
  public mutating func generate(steps: Int) throws -> Tensor { try nodes.generate(steps: steps) }
}

extension LocalReservoirs {
  package static let reference = Reference(
    "Pathak et al.", 2018,
    "Model-Free Prediction of Large Spatiotemporally Chaotic Systems from Data: A Reservoir Computing Approach",
    "https://doi.org/10.1103/PhysRevLett.120.024102")

  /// The settings of a method that has reservoirs side by side.
  package static func settings<Method>(
    patches: WritableKeyPath<Method, Int> & Sendable, overlap: WritableKeyPath<Method, Int> & Sendable
  ) -> [Setting<Method>] {
    [
      Setting("patches", patches, .integer(in: 1...10_000), "reservoirs, which divide the circle"),
      Setting(
        "overlap", overlap, .integer(in: 0...10_000), "points on either side of a patch that its reservoir sees too"),
    ]
  }
}
