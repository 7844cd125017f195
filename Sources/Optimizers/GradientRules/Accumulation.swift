import Configuration

/// The mean of another rule's gradients over consecutive parts of the mini-batch.
///
/// Over ``PlainGradient`` it is a large batch in little memory. Over ``SAM`` each part has its own perturbation:
/// the paper's m-sharpness, where m is a part's size. The model's state goes from part to part; loss and gradients
/// are means weighted by what the parts' examples weigh, metrics are added up.
public struct Accumulation: GradientRule {
  public static let name = "accumulation"
  public static let summary = "the mean of gradients over parts of the mini-batch"
  public static let parameters = [
    Parameter("parts", default: 2, "how many parts there are; no more than examples"),
    Parameter("partSize", default: 0, "examples of a part at most, instead of 'parts': for a memory that is short"),
    Parameter("rule", default: "plain", "how each part's gradient is taken"),
  ]

  /// How many parts there are; no more than examples.
  public var parts: Int
  /// Examples of a part at most, whatever the batch; then ``parts`` doesn't count.
  public var partSize: Int?
  public var rule: any GradientRule

  public init(parts: Int, of rule: any GradientRule = PlainGradient()) {
    self.parts = parts
    self.rule = rule
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    parts = try options.integer("parts", default: 2, in: 1...10_000)
    let size = try options.integer("partSize", default: 0, in: 0...Int(Int32.max))
    partSize = size == 0 ? nil : size
    rule = try Catalog<any GradientRule>.all.make(options.choice("rule", default: Choice("plain")))
  }

  public var evaluationsPerStep: Double { rule.evaluationsPerStep }
  public func initial(_ parameters: TensorTree) -> TensorTree { rule.initial(parameters) }

  public func evaluate(
    _ batch: EvaluableBatch, state: TensorTree, context: GradientContext
  ) -> (evaluation: Evaluation, state: TensorTree) {
    let ranges = ranges(of: batch.size)
    var (context, state) = (context, state)
    var parts: [Evaluation] = []
    for range in ranges {
      let part = EvaluableBatch(size: range.count) { parameters, modelState, examples in
        batch(parameters, modelState, examples: examples.shifted(by: range.lowerBound))
      }
      let result = rule.evaluate(part, state: state, context: context)
      state = result.state
      context = GradientContext(
        parameters: context.parameters, modelState: result.evaluation.state, progress: context.progress,
        key: context.key)
      parts.append(result.evaluation)
    }
    return (
      Evaluation(meanOf: parts, sizes: ranges.map(\.count)) ?? batch(context.parameters, context.modelState), state
    )
  }

  /// Parts whose sizes differ by at most one.
  private func ranges(of size: Int) -> [Range<Int>] {
    let wanted = partSize.map { (size + Swift.max(1, $0) - 1) / Swift.max(1, $0) } ?? parts
    let count = Swift.max(1, Swift.min(wanted, size))
    return (0..<count).map { (size * $0 / count)..<(size * ($0 + 1) / count) }
  }
}

extension Range<Int> {
  fileprivate func shifted(by offset: Int) -> Range<Int> { lowerBound + offset..<upperBound + offset }
}

extension Evaluation {
  /// The evaluation of a batch from those of its parts, with the last one's state.
  fileprivate init?(meanOf parts: [Evaluation], sizes: [Int]) {
    guard let last = parts.last else { return nil }
    self = last
    let dtype = reported.dtype
    let weights = parts.compactMap { $0.weight?.cast(to: dtype) }
    let shares: [Tensor]
    if weights.count == parts.count {
      let sum = weights.dropFirst().reduce(weights[0], +)
      weight = sum
      // Of no examples the mean is 0.
      shares = weights.map { $0 / sum.replaced(where: sum .== 0, by: 1) }
    } else {
      let size = Double(Swift.max(1, sizes.reduce(0, +)))
      weight = nil
      shares = sizes.map { Tensor(Double($0) / size, dtype: dtype) }
    }
    func mean(_ value: (Evaluation) -> Tensor) -> Tensor {
      let scaled = Swift.zip(parts, shares).map { part, share in value(part) * share.cast(to: value(part).dtype) }
      return scaled.dropFirst().reduce(scaled[0], +)
    }
    loss = mean(\.loss)
    reported = mean(\.reported)
    gradients = last.gradients.map { path, gradient in mean { $0.gradients[path] ?? gradient } }
    metrics = last.metrics.map { path, metric in
      parts.dropLast().reduce(metric) { sum, part in part.metrics[path].map { sum + $0 } ?? sum }
    }
  }
}
