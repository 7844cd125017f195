/// What a run took.
public struct RunCost: Sendable, Hashable, Encodable {
  /// Of wall-clock time.
  public var seconds: Double
  /// Parameter updates.
  public var steps: Int
  /// Evaluations of a gradient: as many as steps for plain rules, twice as many for sharpness-aware ones.
  public var gradientEvaluations: Int

  public init(seconds: Double, steps: Int, gradientEvaluations: Int) {
    self.seconds = seconds
    self.steps = steps
    self.gradientEvaluations = gradientEvaluations
  }
}
