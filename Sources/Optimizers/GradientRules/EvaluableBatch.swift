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
