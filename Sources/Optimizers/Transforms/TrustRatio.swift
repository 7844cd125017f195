/// Each tensor scaled to a multiple of its parameter's norm: `u * coefficient * |w| / |u|`.
///
/// Parameters that `filter` leaves out, and those whose own norm or whose update's is 0, keep the update as it
/// is: a bias that begins at zero can leave it. You et al. 2017 (LARS), 2020 (LAMB).
public struct TrustRatio: ParameterwiseTransform {
  public var coefficient: Double
  /// The parameter's norm counts as at most this.
  public var weightNormLimit: Double
  public var filter: PathFilter

  public init(coefficient: Double = 1, weightNormLimit: Double = .infinity, filter: PathFilter = .all) {
    self.coefficient = coefficient
    self.weightNormLimit = weightNormLimit
    self.filter = filter
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    guard filter.matches(slots.path) else { return update }
    var weightNorm = parameter.norm()
    if weightNormLimit.isFinite { weightNorm = weightNorm.minimum(weightNormLimit) }
    let updateNorm = update.norm()
    let ratio = (weightNorm * coefficient / updateNorm)
      .replaced(where: (weightNorm .== 0) .| (updateNorm .== 0), by: 1)
    return (update.widened * ratio).cast(to: update.dtype)
  }
}
