import Configuration

/// The share of examples whose target's class is among the `k` greatest outputs.
///
/// Classes of equal output rank by index, as in a stable sort, so that constant outputs don't look right.
public struct TopKAccuracy: Metric, AveragedMetric {
  public static let name = "topKAccuracy"
  public static let summary = "Whether the target's class is among the k greatest outputs."
  public static let parameters = [Parameter("k", default: 5, "how many outputs count")]

  public var k: Int

  public init(k: Int = 5) { self.k = k }

  public init(from options: inout Options) throws(ConfigurationError) {
    k = try options.integer("k", default: 5, in: 1...1_000_000)
  }

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    let classes = targets.asClasses(for: outputs, operation: Self.name)
    if classes.diagnostic != nil { return classes }
    let count = outputs.shape.last
    let isTarget = classes.oneHot(count, dtype: .bool)
    let chosen = (outputs.replaced(where: .!isTarget, by: 0)).sum([-1], keepingAxes: true)
    let index = classes.expand(at: -1).broadcast(to: outputs.shape)
    let isEarlier = Tensor.iota(outputs.shape, axis: -1) .< index
    let isAhead = (outputs .> chosen) .| ((outputs .== chosen) .& isEarlier) .| (outputs .!= outputs)
    let rank = isAhead.cast(to: .int32).sum([-1])
    let isKnown = (classes .>= 0) .& (classes .< Double(count))
    return ((rank .< Double(k)) .& isKnown).cast(to: outputs.dtype).meanOfPositions()
  }

  public func incompatibility(
    _ kind: OutputKind?, outputs: Shape, targets: TargetDescription
  ) -> Incompatibility? {
    if let mismatch = mismatchOfClasses(kind, outputs: outputs, targets: targets) { return mismatch }
    guard k >= outputs.last ?? 1 else { return nil }
    return Incompatibility(
      "the metric '\(Self.name)' with k = \(k)", with: "a model with \(outputs.last ?? 1) outputs",
      remedy: "every class is among them: take a smaller k")
  }
}
