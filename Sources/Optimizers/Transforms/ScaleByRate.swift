/// Updates times the learning rate, with the sign turned.
///
/// Where it stands in a chain matters when the rate changes: before ``MomentumTrace`` a velocity keeps the
/// rates its gradients came with (Keras), after it the whole velocity takes the new rate (PyTorch).
public struct ScaleByRate: StatelessTransform {
  public var rate: any Schedule

  public init(_ rate: any Schedule) { self.rate = rate }

  public var learningRate: (any Schedule)? { rate }

  public func update(_ updates: TensorTree, context: UpdateContext) -> TensorTree {
    var factors: [DType: Tensor] = [:]
    return updates.mapValues { update in
      let factor = factors[update.dtype] ?? -rate.value(at: context.progress, dtype: update.dtype)
      factors[update.dtype] = factor
      return update * factor
    }
  }
}
