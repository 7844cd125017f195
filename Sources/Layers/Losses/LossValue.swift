/// A loss as it is differentiated and as it is reported, which modifiers such as flooding tell apart.
public struct LossValue: Sendable {
  /// What is differentiated, a scalar.
  public var objective: Tensor
  /// What training reports.
  public var reported: Tensor
  /// What evaluation reports.
  public var evaluated: Tensor

  public init(objective: Tensor, reported: Tensor, evaluated: Tensor) {
    self.objective = objective
    self.reported = reported
    self.evaluated = evaluated
  }

  public init(_ value: Tensor) { self.init(objective: value, reported: value, evaluated: value) }
}
