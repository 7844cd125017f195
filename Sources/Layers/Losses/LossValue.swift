/// A loss as it is differentiated and as it is reported, which modifiers such as flooding tell apart.
public struct LossValue: Sendable {
  /// What is differentiated, a scalar.
  public var objective: Tensor
  /// What training reports.
  public var reported: Tensor
  /// What evaluation reports.
  public var evaluated: Tensor

  public init(_ value: Tensor) {
    objective = value
    reported = value
    evaluated = value
  }
}
