import Configuration
import Datasets

/// What is known of a system, as a node: a model's prediction beside the series itself, into the reservoir and the readout, is a hybrid
/// forecast (Pathak et al. 2018, https://doi.org/10.1063/1.5028373).
///
/// ```swift
/// let (input, reservoir) = (Node(Input()), Node(Reservoir(units: 200)))
/// let model = Node(LorenzModel(rho: 29))           // not quite the truth
/// let hybrid = ([input, model] >>> reservoir).merged(with: input >>> model)
///   .merged(with: [reservoir, model] >>> RidgeRegression(lambda: 1e-6))
/// let network = try NodeNetwork(hybrid, inputs: 3, outputs: 3)
/// ```
/// A model of your own is `Node("name", outputs: 3) { rows in … }`, a function of `[rows, numbers]`.
public struct LorenzModel: GraphNode {
  public static let declaration = Declaration(
    "lorenzModel", "the next value of Lorenz' system by its equations: a known model", standard: LorenzModel(),
    settings: [
      Setting("sigma", \.sigma, .finite, "σ"),
      Setting("rho", \.rho, .finite, "ρ"),
      Setting("beta", \.beta, .finite, "β"),
      Setting("step", \.step, .positive, "time step of the Runge-Kutta method"),
      Setting("every", \.every, .integer(in: 1...10_000), "steps per value of the series"),
      Setting("scale", \.scale, .positive, "scale factor of the series' values"),
    ])

  public var sigma: Double
  public var rho: Double
  public var beta: Double
  public var step: Double
  public var every: Int
  public var scale: Double

  public init(
    sigma: Double = 10, rho: Double = 28, beta: Double = 8.0 / 3, step: Double = 0.02, every: Int = 1, scale: Double = 1
  ) {
    (self.sigma, self.rho, self.beta) = (sigma, rho, beta)
    (self.step, self.every, self.scale) = (step, every, scale)
  }

  public func unit(at place: NodePlace) throws -> any GraphUnit {
    guard place.inputs + place.fedBack == 3 else {
      throw ReservoirError.graph("'\(Self.name)' reads \(place.inputs + place.fedBack) numbers, not x, y and z")
    }
    return FunctionUnit(outputs: 3) { rows in
      (0..<every).reduce(rows / scale) { point, _ in advanced(point) } * scale
    }
  }

  private func slope(_ p: Tensor) -> Tensor {
    let (x, y, z) = (p.slice(0..<1, axis: 1), p.slice(1..<2, axis: 1), p.slice(2..<3, axis: 1))
    return Tensor.concatenate([sigma * (y - x), x * (rho - z) - y, x * y - beta * z], axis: 1)
  }

  /// The classical Runge-Kutta method, as `Lorenz` has it.
  private func advanced(_ p: Tensor) -> Tensor {
    let k1 = slope(p)
    let k2 = slope(p + 0.5 * step * k1)
    let k3 = slope(p + 0.5 * step * k2)
    let k4 = slope(p + step * k3)
    return p + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
  }
}

extension Node {
  /// A function of what a step reads, `[rows, numbers]`, to `[rows, outputs]`. Networks with such a node aren't saved.
  public convenience init(_ name: String, outputs: Int, _ function: @escaping @Sendable (Tensor) -> Tensor) {
    self.init(FunctionNode(outputs: outputs, function: function), name: name)
  }
}

/// A node of a Swift function.
struct FunctionNode: GraphNode {
  static let declaration = Declaration(
    "function", "a function of Swift's", standard: FunctionNode(outputs: 1, function: { $0 }),
    settings: [
      .custom(
        "outputs", "nothing", "numbers that it gives", read: { _, _ in },
        write: { (_) throws(ConfigurationError) in
          throw .invalid(
            message: "a node of a Swift function has no notation: make it a 'GraphNode' with a declaration to save it",
            origin: "")
        })
    ])

  let outputs: Int
  let function: @Sendable (Tensor) -> Tensor

  func unit(at place: NodePlace) throws -> any GraphUnit { FunctionUnit(outputs: outputs, function: function) }
}

private struct FunctionUnit: GraphUnit {
  let outputs: Int
  let function: @Sendable (Tensor) -> Tensor

  func step(_ state: [Tensor], _ signals: NodeSignals) -> (state: [Tensor], output: Tensor) {
    ([], function(signals.all))
  }

  func series(_ state: [Tensor], _ signals: NodeSignals) -> (state: [Tensor], output: Tensor) {
    let all = signals.all
    let rows = function(all.reshape(to: [-1, all.shape[2]]))
    return ([], rows.reshape(to: [all.shape[0], all.shape[1], outputs]))
  }
}
