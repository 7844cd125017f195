import Configuration
import Foundation

extension Method {
  /// Whether the parameter of a path is trained.
  public func isTrained(_ path: String) -> Bool { freeze?.matches(path) != true }

  /// The parameters that are trained.
  func trained(_ parameters: TensorTree) -> TensorTree {
    freeze == nil ? parameters : parameters.filter(isTrained)
  }

  /// Whether the state of a path is frozen; nil if none is.
  var isStateFrozen: ((String) -> Bool)? {
    guard let freeze, freezesStatistics else { return nil }
    return { freeze.matches($0) }
  }

  /// The updates with the factors of the parameters' learning rates.
  /// - Parameter scale: what callbacks have multiplied all rates by; nil if they can't.
  func scaled(_ updates: TensorTree, by scale: Tensor?) -> TensorTree {
    guard scale != nil || !learningRateFactors.isEmpty || !depthFactors.isEmpty else { return updates }
    return updates.map { path, update in
      var own = learningRateFactors.first { $0.matches(path) }.map { update * $0.factor } ?? update
      if let factor = depthFactors[path], factor != 1 { own = own * factor }
      return scale.map { own * $0.cast(to: own.dtype) } ?? own
    }
  }

  /// The method with the factors that its ``layerDecay`` gives a model's parameters.
  /// - Throws: `ConfigurationError` for a decay that isn't above 0 and at most 1.
  func placed(in model: any Layer, _ parameters: TensorTree) throws(ConfigurationError) -> Method {
    guard let layerDecay else { return self }
    guard layerDecay > 0, layerDecay <= 1 else {
      throw .outOfRange(key: "layerDecay", value: "\(layerDecay)", range: "above 0 and at most 1", origin: "")
    }
    var method = self
    method.depthFactors = model.depths(of: parameters).mapValues { pow(layerDecay, Double($0)) }
    return method
  }

  /// Checks patterns against the paths of a model's parameters.
  /// - Throws: ``TrainingError/unmatchedPattern(setting:pattern:paths:)``, and ``TrainingError/nothingTrained`` if all
  ///   are frozen.
  func check(_ paths: [String]) throws(TrainingError) {
    let patterns =
      (freeze?.included ?? []).map { ("freeze", $0) } + learningRateFactors.map { ("learningRateFactors", $0.pattern) }
      + optimizer.patterns.map { ($0.setting, $0.pattern) }
    for (setting, pattern) in patterns {
      guard let filter = try? PathFilter(including: [pattern]), paths.contains(where: filter.matches) else {
        throw .unmatchedPattern(setting: setting, pattern: pattern, paths: paths)
      }
    }
    if !paths.isEmpty, !paths.contains(where: isTrained) { throw .nothingTrained }
  }
}

extension TensorTree {
  /// These tensors, with those of another tree in place of those of the same paths.
  func replaced(by other: TensorTree) -> TensorTree { map { path, tensor in other[path] ?? tensor } }
}
