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

/// The mini-batch's gradient as it is.
public struct PlainGradient: GradientRule {
  public static let declaration = Declaration(
    "plain", "the mini-batch's gradient", standard: PlainGradient(),
    formula: "g = ∇L(w)")

  public init() {}
  public func evaluate(
    _ batch: EvaluableBatch, state: TensorTree, context: GradientContext
  ) -> (evaluation: Evaluation, state: TensorTree) {
    (batch(context.parameters, context.modelState), state)
  }
}
