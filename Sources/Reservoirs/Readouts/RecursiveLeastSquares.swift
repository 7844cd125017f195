/// Online learning of a readout, step by step (recursive least squares, as FORCE has it; Sussillo and Abbott 2009).
public struct RecursiveLeastSquares: Sendable, Hashable {
  /// What is fed back while learning.
  public enum Feedback: String, Sendable, CaseIterable {
    /// The teacher's values.
    case teacher
    /// The network's own output, which learning keeps near the teacher (FORCE).
    case output
  }

  /// The penalty at the start: the inverse correlation matrix begins as `I/lambda`.
  public var lambda: Double
  /// The factor by which older steps count less with each step; 1 forgets nothing.
  public var forgetting: Double
  public var feedback: Feedback

  public init(lambda: Double = 1e-3, forgetting: Double = 1, feedback: Feedback = .output) {
    (self.lambda, self.forgetting, self.feedback) = (lambda, forgetting, feedback)
  }

  func check() throws(ReservoirError) {
    guard lambda > 0, lambda.isFinite else { throw .setting(name: "lambda", value: "\(lambda)", allowed: "above 0") }
    guard forgetting > 0, forgetting <= 1 else {
      throw .setting(name: "forgetting", value: "\(forgetting)", allowed: "above 0 and at most 1")
    }
  }

  /// One step: what learning carries on, with the state `[units + 1]` (its last element 1) and target `[outputs]`.
  /// - Returns: the inverse correlations, the readout, and the output before it learned from this step.
  func step(inverse: Tensor, readout: Tensor, state: Tensor, target: Tensor) -> (Tensor, Tensor, Tensor) {
    let column = state.expand(at: 1)
    let spread = inverse.matmul(column)
    let gain = spread / (column.transpose().matmul(spread) + forgetting)
    let output = column.transpose().matmul(readout).squeeze(0)
    let next = (inverse - gain.matmul(spread.transpose())) / forgetting
    return (next, readout - gain.matmul((output - target).expand(at: 0)), output)
  }
}
