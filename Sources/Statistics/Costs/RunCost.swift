/// What a run took.
public struct RunCost: Sendable, Hashable, Encodable {
  /// Of wall-clock time.
  public var seconds: Double
  /// Parameter updates.
  public var steps: Int
  /// Evaluations of a gradient: as many as steps for plain rules, twice as many for sharpness-aware ones.
  public var gradientEvaluations: Int

  /// Of training, without evaluation; NaN where it isn't known.
  public var secondsPerStep: Double

  public init(seconds: Double, steps: Int, gradientEvaluations: Int, secondsPerStep: Double = .nan) {
    self.seconds = seconds
    self.steps = steps
    self.gradientEvaluations = gradientEvaluations
    self.secondsPerStep = secondsPerStep
  }
}
