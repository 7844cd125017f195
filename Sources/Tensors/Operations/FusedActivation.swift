/// A function that an operation applies to its result in the same pass over memory.
public enum FusedActivation: String, Sendable, Hashable, CaseIterable {
  case none
  /// max(x, 0); NaN stays NaN, and the gradient at 0 is 0.
  case relu
}
