import Configuration

/// A rule that learns the readout step by step while the network runs.
///
/// ``EchoStateNetwork/fit(inputs:teacher:washout:readout:)`` takes such a rule as any other;
/// ``EchoStateNetwork/learn(inputs:teacher:by:)`` goes on learning with the readout there is.
public protocol OnlineReadoutRule: ReadoutRule {
  /// Whether the network's own output is fed back while it learns, in place of the teacher's values.
  static var feedsBackOutput: Bool { get }

  /// What learning carries from step to step besides the readout, before the first step.
  /// - Parameter columns: the numbers of a state and the bias.
  func memory(columns: Int, dtype: DType) -> Tensor

  /// One step: what learning carries on, with the state `[units + 1]` (its last element 1) and target `[outputs]`.
  /// - Returns: the memory, the readout, and the output before it learned from this step.
  func step(
    memory: Tensor, readout: Tensor, state: Tensor, target: Tensor
  ) -> (memory: Tensor, readout: Tensor, output: Tensor)

  /// - Throws: ``ReservoirError/setting(name:value:allowed:)``.
  func check() throws(ReservoirError)
}

extension OnlineReadoutRule {
  public static var feedsBackOutput: Bool { false }

  /// The readout after all rows, one after the other.
  /// - Throws: ``ReservoirError/noOutputFedBack`` for a rule that needs a network to run.
  public func weights(_ states: Tensor, _ targets: Tensor) throws -> ReadoutWeights {
    try check()
    try states.checkRegression(on: targets)
    guard !Self.feedsBackOutput else { throw ReservoirError.noOutputFedBack }
    let columns = states.shape[1] + 1
    let start = [
      memory(columns: columns, dtype: states.dtype), Tensor.zeros([columns, targets.shape[1]], dtype: states.dtype),
    ]
    let looped = scan(carry: start, over: [states.withOnes(), targets]) { carry, elements in
      let learned = step(memory: carry[0], readout: carry[1], state: elements[0], target: elements[1])
      return ([learned.memory, learned.readout], [])
    }
    return ReadoutWeights(tensor: try looped.carry[1].solution(lambda: penalty), lambda: penalty)
  }
}

/// A rule that carries the inverse of the states' correlations.
protocol RecursiveReadoutRule: OnlineReadoutRule {
  /// The penalty at the start: the inverse correlation matrix begins as `I/lambda`.
  var lambda: Double { get set }
  /// The factor by which older steps count less with each step; 1 forgets nothing.
  var forgetting: Double { get set }
}

extension RecursiveReadoutRule {
  static var recursiveSettings: [Setting<Self>] {
    [
      Setting(
        "lambda", \.lambda, .positive, "penalty λ at the start: the inverse correlation matrix begins as I / λ"),
      Setting(
        "forgetting", \.forgetting, .number(in: 1e-9...1), "factor per step by which older steps count less"),
    ]
  }

  public var penalty: Double { lambda }

  public func check() throws(ReservoirError) {
    guard lambda > 0, lambda.isFinite else { throw .setting(name: "lambda", value: "\(lambda)", allowed: "above 0") }
    guard forgetting > 0, forgetting <= 1 else {
      throw .setting(name: "forgetting", value: "\(forgetting)", allowed: "above 0 and at most 1")
    }
  }

  public func memory(columns: Int, dtype: DType) -> Tensor { Tensor.identity(columns, dtype: dtype) / lambda }

  public func step(
    memory inverse: Tensor, readout: Tensor, state: Tensor, target: Tensor
  ) -> (memory: Tensor, readout: Tensor, output: Tensor) {
    let column = state.expand(at: 1)
    let spread = inverse.matmul(column)
    let gain = spread / (column.transpose().matmul(spread) + forgetting)
    let output = column.transpose().matmul(readout).squeeze(0)
    let next = (inverse - gain.matmul(spread.transpose())) / forgetting
    return (next, readout - gain.matmul((output - target).expand(at: 0)), output)
  }
}

/// Recursive least squares: what ridge regression gives, step by step, with the teacher's values fed back.
///
/// ```swift
/// var network = try EchoStateNetwork(Reservoir(units: 50, inputs: 1))
/// let (u, y) = (Tensor([0.1, 0.4, 0.2], shape: [3, 1]), Tensor([0.4, 0.2, 0.3], shape: [3, 1]))
/// let before = try network.learn(inputs: u, teacher: y, by: RecursiveLeastSquares(lambda: 1e-3, forgetting: 0.999))
/// ```
/// Each step takes time and memory of order units². With `forgetting` below 1 the readout follows a series that
/// changes.
public struct RecursiveLeastSquares: ReadoutRule, RecursiveReadoutRule {
  public static let declaration = Declaration(
    "recursiveLeastSquares", "ridge regression step by step, with older steps forgotten",
    standard: RecursiveLeastSquares(),
    reference: Reference(
      "Jaeger", 2003, "Adaptive Nonlinear System Identification with Echo State Networks",
      "https://proceedings.neurips.cc/paper/2002/hash/426f990b332ef8193a61cc90516c1245-Abstract.html"),
    settings: recursiveSettings)
  public var lambda: Double
  public var forgetting: Double

  public init(lambda: Double = 1e-3, forgetting: Double = 1) { (self.lambda, self.forgetting) = (lambda, forgetting) }
}

/// FORCE: recursive least squares while the network's own output is fed back, which learning keeps near the teacher
/// from the first steps on.
///
/// It needs a network with feedback. What it learns is stable against the network's own errors, which the teacher's
/// values never show it.
public struct FORCE: ReadoutRule, RecursiveReadoutRule {
  public static let declaration = Declaration(
    "force", "recursive least squares while the network's own output is fed back", standard: FORCE(),
    reference: Reference(
      "Sussillo and Abbott", 2009, "Generating Coherent Patterns of Activity from Chaotic Neural Networks",
      "https://doi.org/10.1016/j.neuron.2009.07.018"),
    settings: recursiveSettings)
  public static let feedsBackOutput = true

  public var lambda: Double
  public var forgetting: Double

  public init(lambda: Double = 1, forgetting: Double = 1) { (self.lambda, self.forgetting) = (lambda, forgetting) }
}

/// Least mean squares: after each step the readout moves against the gradient of that step's squared error.
///
/// A step takes time of order units, where ``RecursiveLeastSquares`` takes units², and learns far more slowly where
/// states are correlated. Too great a learning rate diverges.
public struct LeastMeanSquares: ReadoutRule, OnlineReadoutRule {
  public static let declaration = Declaration(
    "leastMeanSquares", "gradient descent on each step's squared error", standard: LeastMeanSquares(),
    settings: [Setting("learningRate", \.learningRate, .positive, "learning rate α")])

  public var learningRate: Double

  public init(learningRate: Double = 1e-3) { self.learningRate = learningRate }

  public func check() throws(ReservoirError) {
    guard learningRate > 0, learningRate.isFinite else {
      throw .setting(name: "learningRate", value: "\(learningRate)", allowed: "above 0")
    }
  }

  public func memory(columns: Int, dtype: DType) -> Tensor { .zeros([0], dtype: dtype) }

  public func step(
    memory: Tensor, readout: Tensor, state: Tensor, target: Tensor
  ) -> (memory: Tensor, readout: Tensor, output: Tensor) {
    let output = state.expand(at: 0).matmul(readout).squeeze(0)
    let gradient = state.expand(at: 1).matmul((output - target).expand(at: 0))
    return (memory, readout - learningRate * gradient, output)
  }
}
