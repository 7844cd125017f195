import Configuration
import PJRT

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
public struct LocalReservoirs: Sendable {
  /// The network of each patch, which the patches are sequences of.
  public private(set) var network: EchoStateNetwork
  /// Points on the circle.
  public let points: Int
  public let patches: Int
  /// Points on either side of a patch that its network sees too.
  public let overlap: Int

  /// - Parameter reservoir: its inputs, outputs and feedback are set to the patches'.
  /// - Throws: ``ReservoirError`` for patches that don't divide the circle, or an overlap longer than it.
  public init(
    _ reservoir: Reservoir, points: Int, patches: Int, overlap: Int, draws: ReservoirDraws = .keyed(seed: 0)
  ) throws {
    try Self.check(points: points, patches: patches, overlap: overlap)
    let size = points / patches
    var local = reservoir
    (local.inputs, local.outputs, local.feedback) = (size + 2 * overlap, size, false)
    network = try EchoStateNetwork(local, draws: draws)
    (self.points, self.patches, self.overlap) = (points, patches, overlap)
  }

  /// - Parameter network: a patch's.
  init(_ network: EchoStateNetwork, points: Int, patches: Int, overlap: Int) throws(ReservoirError) {
    try Self.check(points: points, patches: patches, overlap: overlap)
    guard network.reservoir.inputs == points / patches + 2 * overlap else {
      throw .malformedFile(
        path: nil, reason: "its network has \(network.reservoir.inputs) inputs, not those of \(patches) patches")
    }
    (self.network, self.points, self.patches, self.overlap) = (network, points, patches, overlap)
  }

  private static func check(points: Int, patches: Int, overlap: Int) throws(ReservoirError) {
    guard points >= 1, patches >= 1, points % patches == 0 else {
      throw .setting(name: "patches", value: "\(patches)", allowed: "a divisor of \(points) points")
    }
    let size = points / patches
    guard overlap >= 0, size + 2 * overlap <= points else {
      throw .setting(
        name: "overlap", value: "\(overlap)", allowed: "in 0...\((points - size) / 2), half of what is beside a patch")
    }
  }

  private var size: Int { points / patches }

  /// Noise for each patch of each sequence, and each step.
  mutating func noise(_ sequences: Int, _ steps: Int) -> Tensor? { network.noise(sequences * patches, steps) }

  /// What each network sees of fields `[…, points]`, given as columns: `[…, patches·(size + 2·overlap)]`.
  func surroundings(_ fields: Tensor) -> Tensor {
    let places = (0..<patches).flatMap { patch in
      (-overlap..<size + overlap).map { Int32((patch * size + $0 + points) % points) }
    }
    return fields.take(Tensor(places, shape: [places.count]), axis: fields.rank - 1)
  }

  /// What the networks see of a field `[steps, points]`, a sequence for each: `[patches, steps, size + 2·overlap]`.
  private func inputs(_ field: Tensor) -> Tensor {
    surroundings(field).reshape(to: [field.shape[0], patches, -1]).moveAxis(from: 1, to: 0)
  }

  private func targets(_ field: Tensor) -> Tensor {
    field.reshape(to: [field.shape[0], patches, size]).moveAxis(from: 1, to: 0)
  }

  private func checked(_ field: Tensor) throws -> Tensor {
    let batch = try SequenceBatch(field, channels: points, dtype: network.reservoir.dtype, named: "field's values")
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
  /// - Returns: the root of the mean squared error over the field's standard deviation, on what was learned from.
  @discardableResult
  public mutating func fit(
    field: Tensor, washout: Int = 0, readout rule: any GramReadoutRule = CholeskyReadout(lambda: 1e-4),
    memory: Int = 1 << 29
  ) throws -> Double {
    let field = try checked(field)
    let steps = field.shape[0] - 1
    guard washout >= 0, washout < steps else { throw ReservoirError.washout(steps: washout, length: max(0, steps)) }
    let bytes = patches * network.reservoir.units * network.reservoir.dtype.byteCount
    let stretch = max(washout + 1, memory / max(1, bytes))
    var (fitted, sums) = (network, ReadoutSums())
    try fitted.reset(sequences: patches)
    for first in stride(from: 0, to: steps, by: stretch) {
      let range = first..<min(steps, first + stretch)
      try fitted.accumulate(
        inputs: inputs(field.slice(range)), teacher: targets(field.slice(range.lowerBound + 1..<range.upperBound + 1)),
        washout: first == 0 ? washout : 0, into: &sums)
    }
    let nrmse = try fitted.fit(sums, readout: rule)
    try fitted.drive(inputs: inputs(field.slice(steps..<steps + 1)))
    network = fitted
    return nrmse
  }

  /// Drives the networks, from rest, by the fields of a series.
  /// - Parameter field: `[steps, points]`.
  /// - Throws: ``ReservoirError``.
  public mutating func start(after field: Tensor) throws {
    let field = try checked(field)
    var driven = network
    try driven.reset(sequences: patches)
    try driven.drive(inputs: inputs(field))
    network = driven
  }

  /// The field goes on by itself: in each step the networks see what they and their neighbours put out.
  /// - Returns: `[steps, points]`, the first one after the last field that the networks saw.
  /// - Throws: ``ReservoirError``, ``ReservoirError/diverged(step:)`` if the values overflow. The model then stands
  ///   where it stood.
  public mutating func generate(steps: Int) throws -> Tensor {
    guard let readout = network.readout else { throw ReservoirError.notFitted }
    guard (1...100_000_000).contains(steps) else {
      throw ReservoirError.setting(name: "steps", value: "\(steps)", allowed: "in 1...100000000")
    }
    let (tensors, reservoir) = (network.tensors, network.reservoir)
    let looped = scan(carry: [network.state, network.output], over: [], length: steps) { carry, _ in
      let field = carry[1].reshape(to: [1, points])
      let seen = surroundings(field).reshape(to: [patches, reservoir.inputs])
      let states = tensors.step(rows: carry[0], seen.matmul(tensors.input) + tensors.bias)
      return ([states, reservoir.readOut(states, by: readout)], [field.squeeze(0)])
    }
    let results = try Tensor.evaluate([looped.outputs[0].isFinite().all([1]), looped.outputs[0]] + looped.carry)
    let finite: [Bool] = try results[0].values()
    if let step = finite.firstIndex(of: false) { throw ReservoirError.diverged(step: step) }
    network.move(to: results[2], output: results[3])
    return results[1]
  }
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
