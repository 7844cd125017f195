/// A system that moves by itself, step by step: a map, or a flow that is integrated.
///
/// ```swift
/// let points = Lorenz().series(1000)                    // x, y and z of each
/// let exponents = Lorenz().lyapunovExponents(3, steps: 50_000)
/// print(exponents)                                      // about [0.906, 0, -14.57]
/// ```
public protocol DynamicalSystem: Sendable, Hashable {
  /// The state that a series begins at.
  var start: [Double] { get }
  /// The time that a step takes; 1 for a map.
  var step: Double { get }

  /// Moves a state by one step, and vectors of its tangent space by that step's derivative.
  /// - Parameter tangents: vectors as long as the state; empty for the state alone.
  func advance(_ state: inout [Double], tangents: inout [[Double]])
}

extension DynamicalSystem {
  /// The numbers of a state.
  public var dimension: Int { start.count }

  /// Moves a state by some steps.
  public func advance(_ state: inout [Double], steps: Int = 1) {
    var none: [[Double]] = []
    for _ in 0..<steps { advance(&state, tangents: &none) }
  }

  /// `count` states, `every` steps apart, state by state.
  /// - Parameters:
  ///   - skipped: states of the series that are left out at its start.
  ///   - start: the first state; nil for the system's own.
  public func series(_ count: Int, every: Int = 1, skipped: Int = 1000, from start: [Double]? = nil) -> [Double] {
    var (state, values) = (start ?? self.start, [Double]())
    values.reserveCapacity(count * state.count)
    for index in 0..<count + skipped {
      if index >= skipped { values += state }
      advance(&state, steps: every)
    }
    return values
  }

  /// A start near the system's own, which leads to another trajectory; the system's own for the seed 0.
  ///
  /// Each number is changed by up to a tenth of its magnitude, or by up to 0.01 if it is small.
  public func start(seed: Int) -> [Double] {
    guard seed != 0 else { return start }
    var generator = SplitMix64(seed: UInt64(bitPattern: Int64(seed)), stream: 0x7374_6172_74, index: 0)
    return start.map { $0 + 0.1 * max(abs($0), 0.1) * (2 * Double(generator.next() >> 11) * 0x1p-53 - 1) }
  }
}

/// A system of ordinary differential equations, integrated by the classical Runge-Kutta method of fourth order.
public protocol Flow: DynamicalSystem {
  /// The derivative by time.
  func slope(at state: [Double]) -> [Double]
  /// The slope's derivative in a direction: its Jacobian times a vector.
  func slopeDerivative(at state: [Double], along vector: [Double]) -> [Double]
}

extension Flow {
  public func advance(_ state: inout [Double], tangents: inout [[Double]]) {
    var stages: [[Double]] = []
    let keepsStages = !tangents.isEmpty
    rungeKutta(&state) { _, point in
      if keepsStages { stages.append(point) }
      return slope(at: point)
    }
    // The derivative of a Runge-Kutta step is that step of the linearized flow, at the same four points.
    for index in tangents.indices {
      rungeKutta(&tangents[index]) { slopeDerivative(at: stages[$0], along: $1) }
    }
  }

  private func rungeKutta(_ state: inout [Double], _ slope: (_ stage: Int, _ point: [Double]) -> [Double]) {
    let start = state
    func moved(_ factor: Double, _ slope: [Double]) -> [Double] {
      var point = start
      for index in point.indices { point[index] += factor * slope[index] }
      return point
    }
    let k1 = slope(0, start)
    let k2 = slope(1, moved(0.5 * step, k1))
    let k3 = slope(2, moved(0.5 * step, k2))
    let k4 = slope(3, moved(step, k3))
    for index in state.indices {
      state[index] += step / 6 * (k1[index] + 2 * k2[index] + 2 * k3[index] + k4[index])
    }
  }
}
