/// A system in discrete time.
public protocol DiscreteMap: DynamicalSystem {
  func image(of state: [Double]) -> [Double]
  /// The map's derivative in a direction: its Jacobian times a vector.
  func derivative(at state: [Double], along vector: [Double]) -> [Double]
}

extension DiscreteMap {
  public var step: Double { 1 }

  public func advance(_ state: inout [Double], tangents: inout [[Double]]) {
    for index in tangents.indices { tangents[index] = derivative(at: state, along: tangents[index]) }
    state = image(of: state)
  }
}

/// Hénon's map (Hénon 1976): `x ← 1 - ax² + y`, `y ← bx`.
public struct Henon: DiscreteMap {
  public var a = 1.4
  public var b = 0.3
  public var start = [0.0, 0]

  public init() {}

  public func image(of p: [Double]) -> [Double] { [1 - a * p[0] * p[0] + p[1], b * p[0]] }

  public func derivative(at p: [Double], along v: [Double]) -> [Double] { [-2 * a * p[0] * v[0] + v[1], b * v[0]] }
}

/// The logistic map (May 1976): `x ← rx(1 - x)`.
public struct LogisticMap: DiscreteMap {
  public var r = 3.9
  public var start = [0.5]

  public init() {}

  public func image(of p: [Double]) -> [Double] { [r * p[0] * (1 - p[0])] }

  public func derivative(at p: [Double], along v: [Double]) -> [Double] { [r * (1 - 2 * p[0]) * v[0]] }
}
