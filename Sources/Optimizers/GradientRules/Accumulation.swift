import Configuration

/// The mean of another rule's gradients over consecutive parts of the mini-batch.
///
/// Over ``PlainGradient`` it is a large batch in little memory. Over ``SAM`` each part has its own perturbation:
/// the paper's m-sharpness, where m is a part's size. The model's state goes from part to part; loss and gradients
/// are means weighted by what the parts' examples weigh, metrics are added up.
public struct Accumulation: GradientRule {
  public static let declaration = Declaration(
    "accumulation", "the mean of gradients over parts of the mini-batch", standard: Accumulation(parts: 2),
    formula: "mean of the rule over parts of the batch",
    settings: [
      Setting("parts", \.parts, .integer(in: 1...10_000), "number of parts; no more than examples"),
      Setting(
        "partSize", \.writtenPartSize, .integer(in: 0...Int(Int32.max)),
        "greatest part in examples, instead of 'parts'; 0 for none"),
      Setting("rule", \.rule, .method, "how the gradient of each part is computed"),
    ])

  /// How many parts there are; no more than examples.
  public var parts: Int
  /// Examples of a part at most, whatever the batch; then ``parts`` doesn't count.
  public var partSize: Int?
  public var rule: any GradientRule

  private var writtenPartSize: Int {
    get { partSize ?? 0 }
    set { partSize = newValue == 0 ? nil : newValue }
  }

  public init(parts: Int, of rule: any GradientRule = PlainGradient()) {
    self.parts = parts
    self.rule = rule
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
      let result = rule.evaluate(batch.part(range), state: state, context: context)
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
