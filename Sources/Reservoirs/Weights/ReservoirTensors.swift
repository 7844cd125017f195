import PJRT

/// A network's weights as tensors, and the state loop on them. All is for one member; ensembles vectorize it.
struct ReservoirTensors: Sendable {
  /// The recurrent weights.
  enum Recurrent: Sendable {
    /// Row i of both `[units, width]` has the weights into unit i, padded with zeros, and the units that they come
    /// from.
    case sparse(values: Tensor, columns: Tensor)
    /// `[units, units]`, column i having the weights into unit i.
    case dense(Tensor)
  }

  var recurrent: Recurrent
  /// `[inputs, units]`, `[outputs, units]`, `[units]`, `[2]`.
  var input: Tensor
  var feedback: Tensor
  var bias: Tensor
  var leak: Tensor
  /// `[units, units]`, transposed: the orthogonal matrix of ``Reservoir/Unit/orthogonal`` units.
  var rotation: Tensor?
  let dynamics: UnitDynamics

  /// - Parameter width: places a row of the recurrent weights, for members to have the same.
  init(_ weights: ReservoirWeights, _ reservoir: Reservoir, width: Int? = nil) throws {
    let (units, dtype) = (reservoir.units, reservoir.dtype)
    func tensor(_ values: [Double], _ shape: Shape) throws -> Tensor {
      try Tensor(Tensor(values, shape: shape).cast(to: dtype).buffer())
    }
    let share = Double(weights.recurrent.count) / Double(units * units)
    let isSparse =
      switch reservoir.storage {
      case .sparse: true
      case .dense: false
      case .automatic: try Engine.shared().platform == "cpu" && share < 0.25
      }
    if isSparse {
      let places = max(width ?? 0, weights.recurrent.width)
      let padded = weights.recurrent.padded(to: places)
      recurrent = .sparse(
        values: try tensor(padded.values, [units, places]),
        columns: try Tensor(Tensor(padded.columns, shape: [units, places]).buffer()))
    } else {
      recurrent = .dense(
        try Tensor(Tensor(weights.recurrent.dense, shape: [units, units]).cast(to: dtype).transpose().buffer()))
    }
    let none = [Double](repeating: 0, count: units)
    input = try tensor(weights.input, [reservoir.inputs, units])
    feedback = try tensor(weights.feedback, [reservoir.feedback ? reservoir.outputs : 0, units])
    bias = try tensor(weights.bias.isEmpty ? none : weights.bias, [units])
    leak = try tensor([reservoir.leak.retained, reservoir.leak.added], [2])
    dynamics = reservoir.dynamics
    if !weights.rotation.isEmpty {
      let matrix = Tensor(weights.rotation, shape: [units, units]).cast(to: dtype)
      rotation = try Tensor(matrix.transpose().buffer())
    }
  }

  /// All tensors, in an order that ``with(_:)`` takes back.
  var all: [Tensor] {
    let matrices =
      switch recurrent {
      case .sparse(let values, let columns): [values, columns]
      case .dense(let matrix): [matrix]
      }
    return matrices + [input, feedback, bias, leak] + [rotation].compactMap(\.self)
  }

  /// Those of ``all`` that backpropagation trains.
  var trainedWeights: [TrainedWeight] {
    let first = if case .sparse = recurrent { 2 } else { 1 }
    return [
      TrainedWeight("recurrent", at: 0, keepsZeros: true), TrainedWeight("input", at: first),
      TrainedWeight("feedback", at: first + 1), TrainedWeight("bias", at: first + 2),
    ]
  }

  /// The same with other tensors of the same storage.
  func with(_ tensors: [Tensor]) -> ReservoirTensors {
    var other = self
    let rest = Array(tensors.suffix(rotation == nil ? 4 : 5))
    (other.input, other.feedback, other.bias, other.leak) = (rest[0], rest[1], rest[2], rest[3])
    if rotation != nil { other.rotation = rest[4] }
    other.recurrent =
      switch recurrent {
      case .sparse: .sparse(values: tensors[0], columns: tensors[1])
      case .dense: .dense(tensors[0])
      }
    return other
  }

  /// What reaches the units from outside, besides what ``signals(_:_:_:)`` brings: `[1, units]`, with noise
  /// `[steps, units]`.
  private func drive(_ noise: Tensor?) -> Tensor {
    let bias = bias.expand(at: 0)
    return noise.map { bias + $0 } ?? bias
  }

  /// Inputs `[steps, inputs]` and values fed back `[steps, outputs]` side by side, and their weights.
  private func signals(_ steps: Int, _ inputs: Tensor?, _ fedBack: Tensor?) -> (values: Tensor, weights: Tensor) {
    let given = [(inputs, input), (fedBack, feedback)].filter { $0.0 != nil }
    guard !given.isEmpty else {
      return (.zeros([steps, 0], dtype: bias.dtype), .zeros([0, bias.shape[0]], dtype: bias.dtype))
    }
    return (Tensor.concatenate(given.compactMap(\.0), axis: 1), Tensor.concatenate(given.map(\.1), axis: 0))
  }

  /// The states `[steps, units]` after each step.
  func states(_ steps: Int, from state: Tensor, inputs: Tensor?, teacher: Tensor?, noise: Tensor?) -> Tensor {
    let (drive, signals) = (drive(noise), signals(steps, inputs, teacher))
    if case .sparse(let values, let columns) = recurrent, dynamics.areLoops {
      return reservoirStates(
        values: values, columns: columns, drive: drive, signals: signals.values, weights: signals.weights,
        state: state, leak: leak)
    }
    return scan(carry: [state], over: [drive + signals.values.matmul(signals.weights)]) { carry, elements in
      let next = step(carry[0], elements[0])
      return ([next], [next])
    }.outputs[0]
  }

  /// The outputs `[steps, outputs]` with each fed back in the next step, the last state, and if they are asked for the
  /// states `[steps, units]` after each step.
  func outputs(
    _ steps: Int, from state: Tensor, output: Tensor, readout: Tensor, inputs: Tensor?, noise: Tensor?,
    keepsStates: Bool
  ) -> FreeSteps {
    let (drive, signals) = (drive(noise), signals(steps, inputs, nil))
    if case .sparse(let values, let columns) = recurrent, dynamics.areLoops {
      let run = reservoirOutputs(
        values: values, columns: columns, drive: drive, signals: signals.values, weights: signals.weights,
        state: state, leak: leak, feedback: feedback, readout: dynamics.readoutOfStates(readout), output: output)
      guard keepsStates else { return FreeSteps(outputs: run.outputs, state: run.state) }
      // The primitive keeps no states of a closed loop. The same steps with the outputs as teacher have them, and sum
      // in the same order.
      let fedBack = Tensor.concatenate([output.expand(at: 0), run.outputs.slice(0..<steps - 1)])
      let states = states(steps, from: state, inputs: inputs, teacher: fedBack, noise: noise)
      return FreeSteps(outputs: run.outputs, state: run.state, states: states)
    }
    let looped = scan(carry: [state, output], over: [drive + signals.values.matmul(signals.weights)]) {
      carry, elements in
      let next = step(carry[0], elements[0] + carry[1].expand(at: 0).matmul(feedback).squeeze(0))
      let output = dynamics.observed(next.expand(at: 0)).readOut(readout).squeeze(0)
      return ([next, output], keepsStates ? [output, next] : [output])
    }
    return FreeSteps(
      outputs: looped.outputs[0], state: looped.carry[0], states: keepsStates ? looped.outputs.last : nil)
  }

  /// One step of one state `[units]`, with any storage.
  func step(_ state: Tensor, _ sums: Tensor) -> Tensor {
    let sent = dynamics.sent(state)
    let product =
      switch recurrent {
      case .sparse(let values, let columns): (values * sent.take(columns)).sum([1])
      case .dense(let matrix): sent.expand(at: 0).matmul(matrix).squeeze(0)
      }
    let rotated = rotation.map { state.expand(at: 0).matmul($0).squeeze(0) }
    return dynamics.next(state, product + sums, leak: leak, rotated: rotated)
  }

  /// W·x for the rows of `[rows, units]`.
  func product(_ rows: Tensor) -> Tensor {
    switch recurrent {
    case .sparse(let values, let columns): (values * rows.take(columns, axis: 1)).sum([-1])
    case .dense(let matrix): rows.matmul(matrix)
    }
  }

  /// One step of states `[rows, units]`.
  func step(rows states: Tensor, _ sums: Tensor) -> Tensor {
    dynamics.next(
      states, product(dynamics.sent(states)) + sums, leak: leak, rotated: rotation.map { states.matmul($0) })
  }
}

/// The state loop for several sequences side by side, `[sequences, …]` where it is one sequence elsewhere.
extension ReservoirTensors {
  /// The states `[sequences, steps, units]`.
  func states(_ steps: Int, fromEach state: Tensor, inputs: Tensor?, teacher: Tensor?, noise: Tensor?) -> Tensor {
    let given = [inputs, teacher, noise]
    return vectorized { (arguments: [Tensor]) in
      let parts = given.placing(arguments.dropFirst())
      return [states(steps, from: arguments[0], inputs: parts[0], teacher: parts[1], noise: parts[2])]
    }([state] + given.compactMap(\.self))[0]
  }

  /// The outputs `[sequences, steps, outputs]`, the last states, and if they are asked for the states
  /// `[sequences, steps, units]`.
  func outputs(
    _ steps: Int, fromEach state: Tensor, output: Tensor, readout: Tensor, inputs: Tensor?, noise: Tensor?,
    keepsStates: Bool
  ) -> FreeSteps {
    let given = [inputs, noise]
    let results = vectorized { (arguments: [Tensor]) in
      let parts = given.placing(arguments.dropFirst(2))
      return outputs(
        steps, from: arguments[0], output: arguments[1], readout: readout, inputs: parts[0], noise: parts[1],
        keepsStates: keepsStates
      ).all
    }([state, output] + given.compactMap(\.self))
    // Something that failed to trace is one tensor, which says why.
    let last = results.count - 1
    return FreeSteps(
      outputs: results[0], state: results[Swift.min(1, last)], states: keepsStates ? results[last] : nil)
  }
}

extension [Tensor?] {
  /// The given tensors in the places of those that are there.
  func placing(_ tensors: some Sequence<Tensor>) -> [Tensor?] {
    var rest = tensors.makeIterator()
    return map { $0 == nil ? nil : rest.next() }
  }
}

/// What the steps of a free run give.
struct FreeSteps {
  let outputs: Tensor
  /// The last state.
  let state: Tensor
  /// The states after each step, if they were asked for.
  var states: Tensor?

  var all: [Tensor] { [outputs, state] + [states].compactMap(\.self) }
}

extension Tensor {
  /// `[x, 1]·readout` for the rows of states.
  func readOut(_ readout: Tensor) -> Tensor {
    let units = readout.shape[0] - 1
    return matmul(readout.slice(0..<units)) + readout[units]
  }

  /// The rows of states with a column of ones appended.
  func withOnes() -> Tensor {
    Tensor.concatenate([self, Tensor.ones([shape[0], 1], dtype: dtype)], axis: 1)
  }
}
