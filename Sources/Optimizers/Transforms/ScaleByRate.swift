/// Updates times the learning rate, with the sign turned: the end of most chains.
public struct ScaleByRate: StatelessTransform {
  public var rate: any Schedule

  public init(_ rate: any Schedule) { self.rate = rate }

  public func update(_ updates: TensorTree, context: UpdateContext) -> TensorTree {
    updates.mapValues { $0 * -rate.value(at: context.progress, dtype: $0.dtype) }
  }
}
