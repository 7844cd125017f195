import Foundation

/// A traced system in discrete time, with the vectors of its tangent space.
struct TangentDynamics {
  /// The state before the first step, in parts.
  let start: [Tensor]
  /// Numbers of the part of the state that the tangent vectors are of.
  let dimension: Int
  let dtype: DType
  /// A state one step on, and the rows of `[count, dimension]` with it.
  let advance: (_ state: [Tensor], _ tangents: Tensor) -> (state: [Tensor], tangents: Tensor)

  /// The greatest Lyapunov exponents per step, greatest first (Benettin et al. 1980): tangent vectors are
  /// orthogonalized by QR decomposition after each step.
  /// - Throws: ``ReservoirError/setting(name:value:allowed:)``, ``ReservoirError/diverged(step:)``, and the engine's
  ///   errors.
  func exponents(_ count: Int, steps: Int, skipped: Int) throws -> [Double] {
    for (name, value, range) in [
      ("count", count, 1...dimension), ("steps", steps, 1...100_000_000), ("skipped", skipped, 0...100_000_000),
    ] where !range.contains(value) {
      throw ReservoirError.setting(
        name: name, value: "\(value)", allowed: "in \(range.lowerBound)...\(range.upperBound)")
    }
    let tangents = Key(seed: 0).derived("tangents").normal([count, dimension], dtype: .float64).cast(to: dtype)
    let looped = scan(carry: start + [tangents.transpose().qr().q], over: [], length: skipped + steps) { carry, _ in
      let next = advance(Array(carry.dropLast()), carry[carry.count - 1].transpose())
      let (q, r) = next.tangents.transpose().qr()
      let lengths = (r * Tensor.identity(count, dtype: dtype)).sum([1]).abs().log()
      return (next.state + [q], [lengths])
    }
    let lengths: [Double] = try looped.outputs[0].cast(to: .float64).values()
    if let place = lengths.firstIndex(where: { $0.isNaN || $0 == .infinity }) {
      throw ReservoirError.diverged(step: place / count)
    }
    return (0..<count).map { index in
      stride(from: skipped * count + index, to: lengths.count, by: count).reduce(0) { $0 + lengths[$1] }
        / Double(steps)
    }.sorted(by: >)
  }
}

extension EchoStateNetwork {
  /// The greatest Lyapunov exponents of the network that runs freely, per step and greatest first, from where it stands
  /// on.
  ///
  /// Those of a network that has learned a system's dynamics, divided by the time of a step, are near the system's own;
  /// see `DynamicalSystem.lyapunovExponents(_:steps:every:skipped:from:)`. Noise is left out.
  /// - Parameters:
  ///   - count: at most as many as there are units.
  ///   - steps: steps that are averaged over.
  ///   - skipped: steps before, in which the state and the tangent vectors settle.
  /// - Throws: ``ReservoirError``, ``ReservoirError/noFeedback`` for a network that doesn't feed back its output; see
  ///   ``closingLoop()``.
  public func lyapunovExponents(_ count: Int, steps: Int, skipped: Int = 500) throws -> [Double] {
    guard reservoir.feedback else { throw ReservoirError.noFeedback }
    guard reservoir.inputs == 0 else { throw ReservoirError.missingInputs(count: reservoir.inputs) }
    guard let readout else { throw ReservoirError.notFitted }
    guard reservoir.unit != .spiking else {
      throw ReservoirError.setting(name: "unit", value: "spiking", allowed: "another, whose steps have a derivative")
    }
    guard state.shape[0] == 1 else {
      throw ReservoirError.shape(series: "states", found: Array(state.shape), expected: "of one sequence")
    }
    let (tensors, units) = (tensors, reservoir.units)
    let weights = readout.slice(0..<units)
    return try TangentDynamics(start: [state, output], dimension: units, dtype: reservoir.dtype) { carry, tangents in
      let sums = tensors.bias.expand(at: 0) + carry[1].matmul(tensors.feedback)
      let step = tensors.linearizedStep(carry[0], sums) { vectors in
        tensors.dynamics.observedDerivative(carry[0], vectors).matmul(weights).matmul(tensors.feedback)
      }
      let output = tensors.dynamics.observed(step.state).readOut(readout)
      return ([step.state, output], step.derivative(tangents))
    }.exponents(count, steps: steps, skipped: skipped)
  }
}
