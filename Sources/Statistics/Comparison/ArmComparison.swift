/// One comparison among several, with what the others do to its p value, and its verdict.
public struct ArmComparison: Sendable, Equatable, Encodable {
  public let candidate: String
  public let baseline: String
  public let comparison: Comparison
  /// Holm's, over all comparisons of the family; nil where divergence left nothing to test.
  public let adjustedP: Double?
  public let verdict: Verdict
}
