import Configuration

/// A rule that learns the readout step by step while the network runs.
///
/// ``EchoStateNetwork/fit(inputs:teacher:washout:readout:)`` takes such a rule as any other;
/// ``EchoStateNetwork/learn(inputs:teacher:by:)`` goes on learning with the readout there is.
public protocol OnlineReadoutRule: ReadoutRule {
  /// The penalty at the start: the inverse correlation matrix begins as `I/lambda`.
  var lambda: Double { get set }
  /// The factor by which older steps count less with each step; 1 forgets nothing.
  var forgetting: Double { get set }
  /// Whether the network's own output is fed back while it learns, in place of the teacher's values.
  static var feedsBackOutput: Bool { get }
}

extension OnlineReadoutRule {
  static var onlineSettings: [Setting<Self>] {
    [
      Setting(
        "lambda", \.lambda, .positive, "penalty λ at the start: the inverse correlation matrix begins as I / λ"),
      Setting(
        "forgetting", \.forgetting, .number(in: 1e-9...1), "factor per step by which older steps count less"),
    ]
  }

  public var penalty: Double { lambda }

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

  /// The readout after all rows, one after the other.
  /// - Throws: ``ReservoirError/noOutputFedBack`` for a rule that needs a network to run.
  public func weights(_ states: Tensor, _ targets: Tensor) throws -> ReadoutWeights {
    try check()
    try states.checkRegression(on: targets)
    guard !Self.feedsBackOutput else { throw ReservoirError.noOutputFedBack }
    let columns = states.shape[1] + 1
    let start = [
      Tensor.identity(columns, dtype: states.dtype) / lambda,
      Tensor.zeros([columns, targets.shape[1]], dtype: states.dtype),
    ]
    let looped = scan(carry: start, over: [states.withOnes(), targets]) { carry, elements in
      let learned = step(inverse: carry[0], readout: carry[1], state: elements[0], target: elements[1])
      return ([learned.0, learned.1], [])
    }
    return ReadoutWeights(tensor: try looped.carry[1].solution(lambda: lambda), lambda: lambda)
  }
}

/// Recursive least squares: what ridge regression gives, step by step, with the teacher's values fed back.
///
/// ```swift
/// var network = try EchoStateNetwork(Reservoir(units: 50, inputs: 1))
/// let (u, y) = (Tensor([0.1, 0.4, 0.2], shape: [3, 1]), Tensor([0.4, 0.2, 0.3], shape: [3, 1]))
/// let before = try network.learn(inputs: u, teacher: y, by: RecursiveLeastSquares(lambda: 1e-3, forgetting: 0.999))
/// ```
/// Each step takes time and memory of order units². With `forgetting` below 1 the readout follows a series that changes.
public struct RecursiveLeastSquares: ReadoutRule, OnlineReadoutRule {
  public static let declaration = Declaration(
    "recursiveLeastSquares", "ridge regression step by step, with older steps forgotten",
    standard: RecursiveLeastSquares(),
    reference: Reference(
      "Jaeger", 2003, "Adaptive Nonlinear System Identification with Echo State Networks",
      "https://proceedings.neurips.cc/paper/2002/hash/426f990b332ef8193a61cc90516c1245-Abstract.html"),
    settings: onlineSettings)
  public static let feedsBackOutput = false

  public var lambda: Double
  public var forgetting: Double

  public init(lambda: Double = 1e-3, forgetting: Double = 1) { (self.lambda, self.forgetting) = (lambda, forgetting) }
}

/// FORCE: recursive least squares while the network's own output is fed back, which learning keeps near the teacher from the first
/// steps on.
///
/// It needs a network with feedback. What it learns is stable against the network's own errors, which the teacher's values
/// never show it.
public struct FORCE: ReadoutRule, OnlineReadoutRule {
  public static let declaration = Declaration(
    "force", "recursive least squares while the network's own output is fed back", standard: FORCE(),
    reference: Reference(
      "Sussillo and Abbott", 2009, "Generating Coherent Patterns of Activity from Chaotic Neural Networks",
      "https://doi.org/10.1016/j.neuron.2009.07.018"),
    settings: onlineSettings)
  public static let feedsBackOutput = true

  public var lambda: Double
  public var forgetting: Double

  public init(lambda: Double = 1, forgetting: Double = 1) { (self.lambda, self.forgetting) = (lambda, forgetting) }
}
