import OrderedCollections

/// An echo state network that classifies sequences by the means of its states over parts of each.
///
/// Sequences are `[sequences, frames, channels]`, whose last channel is 1 within a sequence and 0 after its end, so that
/// sequences of several lengths lie side by side. Each begins at rest.
///
/// ```swift
/// let network = try EchoStateNetwork(Reservoir(units: 50, inputs: 2, outputs: 2))
/// // A slow wave and a fast one, 20 frames each.
/// var waves: [Double] = []
/// for wave in 0..<8 {
///   let frequency = wave % 2 == 0 ? 0.3 : 1.2
///   for frame in 0..<20 { waves += [sin(Double(frame) * frequency + Double(wave)), 1] }
/// }
/// let sequences = Tensor(waves, shape: [8, 20, 2])
/// let labels = Tensor([0, 1, 0, 1, 0, 1, 0, 1] as [Int32], shape: [8])
/// let (classifier, _) = try EchoStateClassifier.fit(network, to: sequences, labels: labels, classes: 2)
/// print(try classifier.classes(of: sequences))  // [0, 1, 0, 1, 0, 1, 0, 1]
/// ```
public struct EchoStateClassifier: Sendable {
  public let network: EchoStateNetwork
  /// Parts of a sequence whose mean states are taken.
  public let parts: Int
  /// `[parts·units + 1, classes]`, biases last.
  public let readout: Tensor

  /// Fits a readout to classes.
  /// - Parameters:
  ///   - network: drawn, not fitted.
  ///   - sequences: `[sequences, frames, channels]`.
  ///   - labels: integers `[sequences]`, in `0..<classes`.
  /// - Returns: the classifier, and the training data's features, `[sequences, parts·units]`.
  /// - Throws: ``ReservoirError``.
  public static func fit(
    _ network: EchoStateNetwork, parts: Int = 3, to sequences: Tensor, labels: Tensor, classes: Int,
    readout rule: any ReadoutRule = CholeskyReadout()
  ) throws -> (classifier: EchoStateClassifier, features: Tensor) {
    let features = try network.meanStates(of: sequences, parts: parts)
    let found = try rule.weights(features, labels.oneHot(classes, dtype: network.reservoir.dtype))
    return (EchoStateClassifier(network: network, parts: parts, readout: found.tensor), features)
  }

  init(network: EchoStateNetwork, parts: Int, readout: Tensor) {
    (self.network, self.parts, self.readout) = (network, parts, readout)
  }

  /// What the readout gives for each class, `[sequences, classes]`: targets were 1 for a sequence's class and 0 for others.
  /// - Throws: ``ReservoirError`` for sequences that don't fit.
  public func outputs(for sequences: Tensor) throws -> Tensor {
    outputs(ofFeatures: try network.meanStates(of: sequences, parts: parts))
  }

  /// The class with the greatest output for each sequence.
  /// - Throws: ``ReservoirError`` for sequences that don't fit.
  public func classes(of sequences: Tensor) throws -> [Int32] {
    try classes(ofFeatures: network.meanStates(of: sequences, parts: parts))
  }

  /// As ``classes(of:)``, for features that ``fit(_:parts:to:labels:classes:readout:)`` has returned.
  public func classes(ofFeatures features: Tensor) throws -> [Int32] {
    try outputs(ofFeatures: features).argMax().cast(to: .int32).values()
  }

  private func outputs(ofFeatures features: Tensor) -> Tensor {
    let width = features.shape[1]
    return features.matmul(readout.slice(0..<width)) + readout[width]
  }

  /// All that the classifier is, by name: ``EchoStateNetwork/arrays()``, and the parts and readout under `classifier`.
  public func arrays() throws -> OrderedDictionary<String, HostArray> {
    var arrays = try network.arrays()
    arrays[Self.partsName] = try HostArray([Int32(clamping: parts)])
    arrays[Self.readoutName] = try readout.hostArray()
    return arrays
  }

  /// The classifier of ``arrays()``; nil for arrays of a network that isn't one.
  /// - Throws: ``ReservoirError/malformedFile(path:reason:)`` for arrays that are missing or don't fit each other.
  public init?(arrays: OrderedDictionary<String, HostArray>) throws {
    guard let readout = arrays[Self.readoutName] else { return nil }
    network = try EchoStateNetwork(arrays: arrays)
    guard let parts = try? arrays[Self.partsName]?.values(as: Int32.self).first, (1...1000).contains(parts) else {
      throw ReservoirError.malformedFile(path: nil, reason: "the array '\(Self.partsName)' is missing or damaged")
    }
    self.parts = Int(parts)
    let (rows, dtype) = (self.parts * network.reservoir.units + 1, network.reservoir.dtype)
    guard readout.dtype == dtype, readout.shape == [rows, network.reservoir.outputs] else {
      throw ReservoirError.malformedFile(
        path: nil,
        reason: "the array '\(Self.readoutName)' is \(readout.dtype)\(readout.shape), not "
          + "\(dtype)[\(rows), \(network.reservoir.outputs)]")
    }
    self.readout = Tensor(readout)
  }

  private static let partsName = "classifier/parts"
  private static let readoutName = "classifier/readout"
}

extension EchoStateNetwork {
  /// For each sequence, from rest, the mean states of its parts, one after the other: `[sequences, parts·units]`.
  fileprivate func meanStates(of inputs: Tensor, parts: Int) throws -> Tensor {
    let means = try SequenceParts(of: inputs, parts: parts, reservoir)
    var network = self
    try network.reset(sequences: inputs.shape[0])
    return try means.means(of: network.drive(inputs: inputs)).evaluate()
  }
}

/// The parts of sequences of several lengths.
struct SequenceParts {
  /// For each part its share of a mean, `[parts, sequences, frames]`.
  private let weights: Tensor

  /// - Throws: ``ReservoirError/shape(series:found:expected:)``.
  init(of inputs: Tensor, parts: Int, _ reservoir: Reservoir) throws(ReservoirError) {
    guard inputs.rank == 3, inputs.shape[0] > 0, (1...1000).contains(parts) else {
      throw .shape(
        series: "sequences", found: Array(inputs.shape), expected: "[sequences, frames, \(reservoir.inputs)]")
    }
    let (count, frames) = (inputs.shape[0], inputs.shape[1])
    let present = inputs.slice(inputs.shape[2] - 1..<inputs.shape[2], axis: 2).squeeze(2).cast(to: reservoir.dtype)
    let place = Tensor.iota([count, frames], axis: 1, dtype: reservoir.dtype)
    let part = (place * Double(parts) / present.sum([1], keepDims: true).maximum(1)).floor()
    weights = Tensor.stack((0..<parts).map { present * (part .== Double($0)).cast(to: reservoir.dtype) })
  }

  /// The means of states `[sequences, frames, units]` over each part, one after the other: `[sequences, parts·units]`.
  func means(of states: Tensor) -> Tensor {
    let means = (0..<weights.shape[0]).map { index in
      let own = weights[index]
      return own.expand(at: 1).matmul(states).squeeze(1) / own.sum([1], keepDims: true).maximum(1)
    }
    return Tensor.concatenate(means, axis: 1)
  }
}
