import PJRT

/// A network's weights as tensors, and the state loop on them. All is for one member; ensembles vectorize it.
struct ReservoirTensors: Sendable {
  /// Of the recurrent weights: `values` and `columns` `[units, width]`, or `[dense]` `[units, units]` transposed.
  var recurrent: [Tensor]
  /// `[inputs, units]`, `[outputs, units]`, `[units]`, `[2]`.
  var input: Tensor
  var feedback: Tensor
  var bias: Tensor
  var mixing: Tensor

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
      case .automatic: try Engine.shared().client.platformName == "cpu" && share < 0.25
      }
    if isSparse {
      let places = max(width ?? 0, weights.recurrent.width)
      let padded = weights.recurrent.padded(to: places)
      recurrent = [
        try tensor(padded.values, [units, places]),
        try Tensor(Tensor(padded.columns, shape: [units, places]).buffer()),
      ]
    } else {
      recurrent = [
        try Tensor(Tensor(weights.recurrent.dense, shape: [units, units]).cast(to: dtype).transpose().buffer())
      ]
    }
    let none = [Double](repeating: 0, count: units)
    input = try tensor(weights.input, [reservoir.inputs, units])
    feedback = try tensor(weights.feedback, [reservoir.feedback ? reservoir.outputs : 0, units])
    bias = try tensor(weights.bias.isEmpty ? none : weights.bias, [units])
    mixing = try tensor([reservoir.kept, reservoir.taken], [2])
  }

  private init(_ tensors: [Tensor]) {
    recurrent = Array(tensors.dropLast(4))
    let rest = Array(tensors.suffix(4))
    (input, feedback, bias, mixing) = (rest[0], rest[1], rest[2], rest[3])
  }

  /// All tensors, in an order that ``with(_:)`` takes back.
  var all: [Tensor] { recurrent + [input, feedback, bias, mixing] }

  func with(_ tensors: [Tensor]) -> ReservoirTensors { ReservoirTensors(tensors) }

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
    if recurrent.count == 2 {
      return reservoirStates(
        values: recurrent[0], columns: recurrent[1], drive: drive, signals: signals.values, weights: signals.weights,
        state: state, mixing: mixing)
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
    if recurrent.count == 2 {
      let run = reservoirOutputs(
        values: recurrent[0], columns: recurrent[1], drive: drive, signals: signals.values, weights: signals.weights,
        state: state, mixing: mixing, feedback: feedback, readout: readout, output: output)
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
      let output = next.expand(at: 0).readOut(readout).squeeze(0)
      return ([next, output], keepsStates ? [output, next] : [output])
    }
    return FreeSteps(
      outputs: looped.outputs[0], state: looped.carry[0], states: keepsStates ? looped.outputs.last : nil)
  }

  /// One step of one state `[units]`, with any storage.
  func step(_ state: Tensor, _ sums: Tensor) -> Tensor {
    let product =
      recurrent.count == 2
      ? (recurrent[0] * state.take(recurrent[1])).sum([1]) : state.expand(at: 0).matmul(recurrent[0]).squeeze(0)
    return mixing[0] * state + mixing[1] * (product + sums).tanh()
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
