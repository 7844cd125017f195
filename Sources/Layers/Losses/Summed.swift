import Configuration

/// Another loss, summed over the batch instead of averaged, so that the step grows with the batch.
///
/// What is reported stays the mean, so that batches of any size compare.
public struct Summed: Loss {
  public static let name = "summed"
  public static let summary = "Another loss, its examples summed instead of averaged; the mean is reported."
  public static let parameters = [Parameter("loss", default: SoftmaxCrossEntropy.name, "the loss")]

  public var loss: any Loss

  public init(_ loss: any Loss) { self.loss = loss }

  public init(from options: inout Options) throws(ConfigurationError) {
    loss = try Catalog<any Loss>.all.make(options.choice("loss", default: Choice(SoftmaxCrossEntropy.name)))
  }

  public var outputKind: OutputKind? { loss.outputKind }
  public var defaultMetrics: [any Metric] { loss.defaultMetrics }

  public func scheduled(at progress: Progress) -> any Loss { Summed(loss.scheduled(at: progress)) }

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor { loss.perExample(outputs, targets) }

  public func value(sum: Tensor, count: Tensor, penalty: Tensor?) -> LossValue {
    var value = loss.value(sum: sum, count: count, penalty: penalty)
    value.objective = loss.value(sum: sum, count: count.onesLike(), penalty: penalty).objective
    return value
  }
}
