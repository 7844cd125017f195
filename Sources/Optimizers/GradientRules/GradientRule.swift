import Configuration

/// How a step gets its gradients: once, twice at different points, or over several parts of the batch.
///
/// A rule may evaluate the model as often as it likes. All evaluations of a step use the same keys, so that
/// dropout drops the same units in each.
public protocol GradientRule: Configurable {
  /// Gradient evaluations a step costs, for the report of costs.
  var evaluationsPerStep: Double { get }

  /// The rule's state before the first step.
  func initial(_ parameters: TensorTree) -> TensorTree

  /// - Parameters:
  ///   - batch: the part of the step that the rule may take apart.
  ///   - state: what `initial(_:)` or the last call returned.
  func evaluate(
    _ batch: EvaluableBatch, state: TensorTree, context: GradientContext
  ) -> (evaluation: Evaluation, state: TensorTree)
}

extension GradientRule {
  public var evaluationsPerStep: Double { 1 }
  public func initial(_ parameters: TensorTree) -> TensorTree { TensorTree() }
}

/// Where a gradient rule stands.
public struct GradientContext: Sendable {
  public let parameters: TensorTree
  /// The model's state before the step.
  public let modelState: TensorTree
  public let progress: Progress
  /// For rules that draw random numbers; another key each step.
  public let key: Key

  public init(parameters: TensorTree, modelState: TensorTree, progress: Progress, key: Key) {
    self.parameters = parameters
    self.modelState = modelState
    self.progress = progress
    self.key = key
  }
}

/// A mini-batch with the model and loss it is for.
public struct EvaluableBatch {
  /// How many examples there are.
  public let size: Int
  private let pass: (_ parameters: TensorTree, _ state: TensorTree, _ examples: Range<Int>) -> Evaluation

  public init(
    size: Int, pass: @escaping (_ parameters: TensorTree, _ state: TensorTree, _ examples: Range<Int>) -> Evaluation
  ) {
    self.size = size
    self.pass = pass
  }

  /// Loss, gradients and new state for given parameters and model state.
  /// - Parameter examples: a part of the batch, the whole by default.
  public func callAsFunction(
    _ parameters: TensorTree, _ state: TensorTree, examples: Range<Int>? = nil
  ) -> Evaluation {
    pass(parameters, state, examples ?? 0..<size)
  }
}

/// What one pass over a mini-batch, or a part of it, gives.
public struct Evaluation: Sendable {
  /// The loss the gradients belong to, a scalar.
  public var loss: Tensor
  /// The gradients, a tree like the parameters.
  public var gradients: TensorTree
  /// The model's state after the pass: running statistics.
  public var state: TensorTree
  /// What is reported of the batch besides the loss: names to sums and counts, which parts of a batch add up.
  public var metrics: TensorTree
  /// The loss to report, a mean over the examples; modifiers such as flooding tell it from ``loss``.
  public var reported: Tensor
  /// What the examples weigh together, a scalar; nil where each weighs 1.
  public var weight: Tensor?

  /// - Parameter reported: `loss` by default.
  public init(
    loss: Tensor, gradients: TensorTree, state: TensorTree, metrics: TensorTree, reported: Tensor? = nil,
    weight: Tensor? = nil
  ) {
    self.loss = loss
    self.gradients = gradients
    self.state = state
    self.metrics = metrics
    self.reported = reported ?? loss
    self.weight = weight
  }
}

/// The mini-batch's gradient as it is.
public struct PlainGradient: GradientRule {
  public static let declaration = Declaration(
    "plain", "the mini-batch's gradient", standard: PlainGradient())

  public init() {}
  public func evaluate(
    _ batch: EvaluableBatch, state: TensorTree, context: GradientContext
  ) -> (evaluation: Evaluation, state: TensorTree) {
    (batch(context.parameters, context.modelState), state)
  }
}
