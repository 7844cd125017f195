import Foundation

/// A system in discrete time with a derivative.
struct TangentDynamics {
  /// The state before the first step, in parts `[1, …]`.
  let start: [Tensor]
  let dtype: DType
  /// A state one step on.
  let advance: (_ state: [Tensor]) -> [Tensor]

  /// The numbers of a state.
  private var dimension: Int { start.reduce(0) { $0 + $1.shape.elementCount } }

  /// The derivative of a step at a state in the directions of the rows of `[count, dimension]`.
  ///
  /// The pullback of a step is linear in its cotangents, so that its own pullback at them is the derivative: two walks back make
  /// one ahead, of which the first leaves nothing to compute.
  private func derivative(at state: [Tensor], along rows: Tensor) -> Tensor {
    let count = rows.shape[0]
    var first = 0
    let parts = state.map { part in
      let range = first..<first + part.shape.elementCount
      first = range.upperBound
      return rows.slice(range, axis: 1).reshape(to: Shape([count] + part.shape))
    }
    let next = advance(state)
    let moved = vectorized { (arguments: [Tensor]) in
      let (cotangents, vectors) = (Array(arguments.prefix(state.count)), Array(arguments.suffix(state.count)))
      let pulled = pullback(of: next, cotangents: cotangents, at: state)
      return pullback(of: pulled, cotangents: vectors, at: cotangents)
    }(parts + parts)
    return Tensor.concatenate(
      zip(moved, state).map { $0.reshape(to: [count, $1.shape.elementCount]) }, axis: 1)
  }

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
      let state = Array(carry.dropLast())
      let (q, r) = derivative(at: state, along: carry[carry.count - 1].transpose()).transpose().qr()
      let lengths = (r * Tensor.identity(count, dtype: dtype)).sum([1]).abs().log()
      return (advance(state) + [q], [lengths])
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

extension NodeNetwork {
  /// The greatest Lyapunov exponents of the network that runs freely, per step and greatest first, from where it stands
  /// on.
  ///
  /// Those of a network that has learned a system's dynamics, divided by the time of a step, are near the system's own;
  /// see `DynamicalSystem.lyapunovExponents(_:steps:every:skipped:from:)`. Noise is left out.
  ///
  /// ```swift
  /// let series = Tensor(Lorenz().series(1001), shape: [1001, 3])
  /// var network = try NodeNetwork(
  ///   Input() >>> [Reservoir(units: 50), Reservoir(units: 80)] >>> RidgeRegression(lambda: 1e-6), inputs: 3, outputs: 3)
  /// try network.fit(inputs: series.slice(0..<1000), teacher: series.slice(1..<1001), washout: 100)
  /// let exponents = try network.lyapunovExponents(3, steps: 300, skipped: 50)
  /// ```
  /// - Parameters:
  ///   - count: at most as many as numbers are carried from step to step.
  ///   - steps: steps that are averaged over.
  ///   - skipped: steps before, in which the state and the tangent vectors settle.
  /// - Throws: ``ReservoirError``, ``ReservoirError/missingInputs(count:)`` for a network that another series drives.
  public func lyapunovExponents(_ count: Int, steps: Int, skipped: Int = 500) throws -> [Double] {
    var network = self
    let call = try network.freeCall(steps: 1)
    guard sequences == 1 else {
      throw ReservoirError.shape(series: "states", found: [sequences], expected: "of one sequence")
    }
    if let error = parts.lazy.compactMap({ $0.unit?.undifferentiable }).first { throw error }
    // What a readout sends to a delay is carried too.
    let carried = states.flatMap(\.self) + (call.isClosed ? [call.start] : [])
    let counts = states.map(\.count)
    func next(_ carry: [Tensor]) -> [Tensor] {
      var rest = carry.makeIterator()
      let states = counts.map { count in (0..<count).compactMap { _ in rest.next() } }
      let step = Step(states: states, inputs: rest.next(), forced: [:], noises: [:], targets: [])
      let run = advance(step) { readOut($0, $1, base: $2) }
      return run.states.flatMap(\.self) + (call.isClosed ? [run.sent(call.end)] : [])
    }
    return try TangentDynamics(start: carried, dtype: dtype, advance: next).exponents(
      count, steps: steps, skipped: skipped)
  }
}

extension EchoStateNetwork {
  /// The greatest Lyapunov exponents of the network that runs freely; see
  /// ``NodeNetwork/lyapunovExponents(_:steps:skipped:)``. There are at most as many as units.
  /// - Throws: ``ReservoirError``, ``ReservoirError/noFeedback`` for a network that doesn't feed back its output; see
  ///   ``closingLoop()``.
  public func lyapunovExponents(_ count: Int, steps: Int, skipped: Int = 500) throws -> [Double] {
    guard reservoir.feedback else { throw ReservoirError.noFeedback }
    guard reservoir.inputs == 0 else { throw ReservoirError.missingInputs(count: reservoir.inputs) }
    guard (1...reservoir.units).contains(count) else {
      throw ReservoirError.setting(name: "count", value: "\(count)", allowed: "in 1...\(reservoir.units)")
    }
    return try NodeNetwork(self).lyapunovExponents(count, steps: steps, skipped: skipped)
  }
}
