/// A schedule that is at most `1 / sqrt(t)` at the `t`-th update (Shazeer and Stern 2018).
public struct RelativeStep: Schedule {
  public var limit: any Schedule

  public init(_ limit: any Schedule) { self.limit = limit }

  public func value(at progress: Progress, dtype: DType) -> Tensor {
    let work = dtype.accumulation
    return limit.value(at: progress, dtype: work).minimum(progress.updateNumber(dtype: work).rsqrt()).cast(to: dtype)
  }
}
