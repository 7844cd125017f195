import Configuration

/// The coefficient of determination: 1 for perfect outputs, 0 for those no better than the targets' mean, below for
/// worse ones.
///
/// `1 - sum((t - y)²) / sum((t - mean(t))²)` for each output, the last axis, then the mean over the outputs, as
/// scikit-learn's `r2_score` by default. An output whose targets are all the same counts 1 if it is exact, else 0. Sums
/// are in double precision, since the spread of targets is the small difference of large ones.
public struct R2: Metric {
  public static let name = "r2"
  public static let summary = "The share of the targets' variance that the outputs explain, the mean over outputs."
  public static var isGreaterBetter: Bool { true }

  public init() {}
  public init(from options: inout Options) throws(ConfigurationError) {}

  /// The count of numbers an output has, then for each output the sums of targets, of their squares, and of squared
  /// differences: `float64[1 + 3·outputs]`.
  public func sums(_ outputs: Tensor, _ targets: Tensor, weights: Tensor?) -> Tensor {
    let targets = targets.asValues(for: outputs, operation: Self.name)
    if targets.diagnostic != nil { return targets }
    let columns = outputs.rank > 1 ? outputs.shape.last : 1
    let shape: Shape = [outputs.shape[0], outputs.shape.dropFirst().reduce(1, *) / Swift.max(1, columns), columns]
    let (y, t) = (outputs.cast(to: .float64).reshape(to: shape), targets.cast(to: .float64).reshape(to: shape))
    let factors = (weights?.cast(to: .float64) ?? Tensor.ones([shape[0]], dtype: .float64)).reshape(to: [
      shape[0], 1, 1,
    ])
    // A weight of 0 masks even a NaN.
    func sum(_ numbers: Tensor) -> Tensor {
      (numbers.replaced(where: (factors .== 0).broadcast(to: shape), by: 0) * factors).sum([0, 1])
    }
    let count = factors.sum() * Double(shape[1])
    return Tensor.concatenate([count.expand(at: 0), sum(t), sum(t.squared()), sum((t - y).squared())])
  }

  public func value(ofSums sums: [Double]) -> Double {
    let columns = (sums.count - 1) / 3
    guard columns > 0, sums[0] > 0 else { return .nan }
    let scores = (0..<columns).map { column in
      let (sum, squares, residual) = (sums[1 + column], sums[1 + columns + column], sums[1 + 2 * columns + column])
      let spread = squares - sum * sum / sums[0]
      // What double precision leaves of targets that are all the same isn't a spread.
      guard spread > squares * 1e-14 else { return residual == 0 ? 1 : residual.isNaN ? .nan : 0 }
      return 1 - residual / spread
    }
    return scores.reduce(0, +) / Double(columns)
  }

  public func incompatibility(
    _ kind: OutputKind?, outputs: Shape, targets: TargetDescription
  ) -> Incompatibility? { mismatchOfValues(kind, outputs: outputs, targets: targets) }
}
