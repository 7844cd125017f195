/// The element types that a model's parameters are kept in and that it computes in.
///
/// With half precision the parameters are `float32` (Micikevicius et al. 2018): layers get them rounded, and
/// gradients and updates are the wide parameters'. Sums, batch statistics, losses and metrics are in `float32`
/// too. `float16` has no loss scaling: gradients below 6e-8 are lost.
public struct Precision: Sendable, Hashable {
  /// Of parameters, running statistics and what optimizers remember.
  public var parameters: DType
  /// Of inputs and of what layers compute.
  public var computation: DType

  public init(parameters: DType, computation: DType) {
    (self.parameters, self.computation) = (parameters, computation)
  }

  /// Computes in `dtype`, with parameters that small updates aren't lost in.
  public init(_ dtype: DType) { self.init(parameters: dtype.accumulation, computation: dtype) }

  public static let float32 = Precision(.float32)
  public static let float64 = Precision(.float64)
  public static let bfloat16 = Precision(.bfloat16)
  public static let float16 = Precision(.float16)
}
