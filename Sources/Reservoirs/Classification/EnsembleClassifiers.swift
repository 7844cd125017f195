/// Classifiers of an ensemble's networks, which are fitted and asked side by side.
///
/// Each is what ``EchoStateClassifier`` makes of its network alone.
public struct EnsembleClassifiers: Sendable {
  public let classifiers: [EchoStateClassifier]
  /// The training data's features, `[members, sequences, parts·units]`.
  public let features: Tensor
  private let ensemble: ReservoirEnsemble

  /// Fits classifiers.
  /// - Parameters:
  ///   - ensemble: networks that are drawn, not fitted.
  ///   - parts, sequences, labels, classes: as
  ///     ``EchoStateClassifier/fit(_:parts:to:labels:classes:readout:)`` has them.
  ///   - rules: one for each network.
  /// - Throws: ``ReservoirError``.
  public init(
    _ ensemble: ReservoirEnsemble, parts: Int = 3, to sequences: Tensor, labels: Tensor, classes: Int,
    readouts rules: [any ReadoutRule]
  ) throws {
    let means = try SequenceParts(of: sequences, parts: parts, ensemble.reservoir)
    var driven = ensemble
    try driven.reset(sequences: sequences.shape[0])
    let series = try driven.begin(sequences, nil)
    let targets = labels.oneHot(classes, dtype: ensemble.reservoir.dtype)
    let drives = driven.drives
    let results = try driven.regressed(rules, series, []) { states in
      let features = means.means(of: states)
      return EnsembleRegression(inputs: features, targets: targets) { _, _ in [features] }
    }
    let computed = try Tensor.evaluate([drives.spread(rows: results[0]), drives.spread(results[2])])
    classifiers = (0..<ensemble.count).map { index in
      EchoStateClassifier(network: ensemble[index], parts: parts, readout: computed[0].member(index))
    }
    (self.ensemble, features) = (ensemble, computed[1])
  }

  /// Each member's features of sequences, `[members, sequences, parts·units]`, for
  /// ``EchoStateClassifier/classes(ofFeatures:)``.
  /// - Throws: ``ReservoirError`` for sequences that don't fit.
  public func features(of sequences: Tensor) throws -> Tensor {
    let means = try SequenceParts(of: sequences, parts: classifiers[0].parts, ensemble.reservoir)
    var driven = ensemble
    try driven.reset(sequences: sequences.shape[0])
    let series = try driven.begin(sequences, nil)
    let (drives, reservoir) = (driven.drives, ensemble.reservoir)
    let results = try driven.driven(series, drives) { last, _, readout in
      [reservoir.readOut(last, by: readout)]
    } common: {
      [means.means(of: $0)]
    }
    return try drives.spread(results[2]).evaluate()
  }

  /// The class with the greatest output for each sequence, of each member.
  /// - Throws: ``ReservoirError`` for sequences that don't fit.
  public func classes(of sequences: Tensor) throws -> [[Int32]] {
    try classes(ofFeatures: features(of: sequences))
  }

  /// As ``classes(of:)``, for features that were computed before.
  public func classes(ofFeatures features: Tensor) throws -> [[Int32]] {
    try classifiers.indices.map { try classifiers[$0].classes(ofFeatures: features.member($0)) }
  }
}
