/// A model's variables: parameters, which the optimizer changes, and state such as running statistics, which steps update
/// without a gradient.
public struct ModelVariables: Sendable {
  public var parameters: TensorTree
  public var state: TensorTree

  public init(parameters: TensorTree = TensorTree(), state: TensorTree = TensorTree()) {
    self.parameters = parameters
    self.state = state
  }
}

/// The element types in which a model's parameters are stored and in which it computes.
///
/// In half precision the parameters stay `float32` (Micikevicius et al. 2018, https://arxiv.org/abs/1710.03740): layers
/// get them rounded, and gradients and updates apply to the `float32` parameters. Sums, batch statistics, losses and
/// metrics are in `float32` too. In `float16` gradients below 6e-8 are lost, unless the loss is scaled.
public struct Precision: Sendable, Hashable {
  /// The type of parameters, running statistics and optimizer state.
  public var parameters: DType
  /// The type of inputs and of what layers compute.
  public var computation: DType

  public init(parameters: DType, computation: DType) {
    (self.parameters, self.computation) = (parameters, computation)
  }

  /// Computes in `dtype`, with parameters wide enough for small updates.
  public init(_ dtype: DType) { self.init(parameters: dtype.accumulation, computation: dtype) }

  public static let float32 = Precision(.float32)
  public static let float64 = Precision(.float64)
  public static let bfloat16 = Precision(.bfloat16)
  public static let float16 = Precision(.float16)
}
