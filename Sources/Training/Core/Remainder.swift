/// What becomes of the examples that don't fill a batch at the end of an epoch.
public enum Remainder: String, Sendable, CaseIterable {
  /// They are left out of this epoch.
  case dropped
  /// They make a batch filled up with examples of weight 0.
  case masked
}
