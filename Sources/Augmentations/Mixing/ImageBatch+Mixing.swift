extension ImageBatch {
  /// Targets that can be mixed: class indices as probabilities, others as they are.
  var mixableTargets: Tensor {
    guard targets.dtype.isInteger, let classes else { return targets }
    return targets.oneHot(classes, dtype: .float32)
  }

  /// Targets and those of other examples, `share` of the first.
  /// - Parameter share: `[batch]` or `[1]`
  func mixedTargets(with partners: Tensor, share: Tensor) -> Tensor {
    let own = mixableTargets
    let shape = Shape([share.shape[0]] + own.shape.dropFirst().map { _ in 1 })
    let share = share.reshape(to: shape).cast(to: own.dtype)
    let other = own.take(partners)
    return other + (own - other) * share
  }
}
