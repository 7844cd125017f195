import Configuration

/// The mean of another rule's gradients over consecutive parts of the mini-batch.
///
/// Over ``PlainGradient`` it is a large batch in little memory. Over ``SAM`` each part has its own perturbation:
/// the paper's m-sharpness, where m is a part's size. The model's state goes from part to part; loss, gradients
/// and metrics are means weighted by the parts' sizes.
public struct Accumulation: GradientRule {
  public static let name = "accumulation"
  public static let summary = "the mean of gradients over parts of the mini-batch"
  public static let parameters = [
    Parameter("parts", default: 2, "how many parts there are; no more than examples"),
    Parameter("rule", default: "plain", "how each part's gradient is taken"),
  ]

  public var parts: Int
  public var rule: any GradientRule

  public init(parts: Int, of rule: any GradientRule = PlainGradient()) {
    self.parts = parts
    self.rule = rule
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    parts = try options.integer("parts", default: 2, in: 1...10_000)
    rule = try Catalog<any GradientRule>.all.make(options.choice("rule", default: Choice("plain")))
  }

  public var evaluationsPerStep: Double { rule.evaluationsPerStep }
  public func initial(_ parameters: TensorTree) -> TensorTree { rule.initial(parameters) }

  public func evaluate(
    _ batch: EvaluableBatch, state: TensorTree, context: GradientContext
  ) -> (evaluation: Evaluation, state: TensorTree) {
    let ranges = ranges(of: batch.size)
    var (context, state) = (context, state)
    var total: Evaluation?
    for range in ranges {
      let part = EvaluableBatch(size: range.count) { parameters, modelState, examples in
        batch(parameters, modelState, examples: examples.shifted(by: range.lowerBound))
      }
      let result = rule.evaluate(part, state: state, context: context)
      state = result.state
      context = GradientContext(
        parameters: context.parameters, modelState: result.evaluation.state, progress: context.progress,
        key: context.key)
      let weighted = result.evaluation.weighted(by: Double(range.count) / Double(Swift.max(1, batch.size)))
      total = total?.adding(weighted) ?? weighted
    }
    return (total ?? batch(context.parameters, context.modelState), state)
  }

  /// Parts whose sizes differ by at most one.
  private func ranges(of size: Int) -> [Range<Int>] {
    let count = Swift.max(1, Swift.min(parts, size))
    return (0..<count).map { (size * $0 / count)..<(size * ($0 + 1) / count) }
  }
}

extension Range<Int> {
  fileprivate func shifted(by offset: Int) -> Range<Int> { lowerBound + offset..<upperBound + offset }
}

extension Evaluation {
  fileprivate func weighted(by weight: Double) -> Evaluation {
    Evaluation(
      loss: loss * weight, gradients: gradients.mapValues { $0 * weight }, state: state,
      metrics: metrics.mapValues { $0.dtype.isFloatingPoint ? $0 * weight : $0 })
  }

  /// Sums, with the other's state.
  fileprivate func adding(_ other: Evaluation) -> Evaluation {
    Evaluation(
      loss: loss + other.loss, gradients: gradients.zip(other.gradients, +), state: other.state,
      metrics: metrics.zip(other.metrics, +))
  }
}
