import CReservoirs
import PJRT

/// The kernels of this module.
let reservoirKernels = KernelModule("reservoirs", tanren_reservoir_kernels)

/// The states of leaky networks with sparse weights, from step to step:
/// `x' = retained·x + added·tanh(W·x + drive + signals·weights)`, and where the loop is closed `z·feedback` besides within
/// tanh, with the last step's output `z = [x, 1]·readout`.
///
/// All inputs have a leading axis of members, which run side by side; `values` and `columns` may have fewer, groups of
/// as many members after each other as there are more of these.
/// Inputs: `values`, `columns` (int32) `[groups, n, k]`, of which row i holds the weights into unit i, padded with
/// zeros; `drive` `[members, 1 or steps, n]`; `state` `[members, n]`; `leak` `[members, 2]`, what is retained of the state and what is added of tanh;
/// `signals` `[members, steps, s]` and `weights` `[members, s, n]`, s being 0 where there are none. If closed also
/// `feedback` `[members, outputs, n]`, `readout` `[members, n + 1, outputs]` (biases last), or `[members, 2n + 1, outputs]` with
/// weights for the squares of the states after those for the states, and `output` `[members, outputs]`. Results: the states `[members, steps, n]`, or the outputs `[members, steps, outputs]` and
/// the last state.
struct ReservoirLoop: Primitive {
  static let name = "reservoirLoop"
  let isClosed: Bool

  var resultCount: Int { isClosed ? 2 : 1 }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let shapes = inputs.map(\.shape)
    guard shapes[0].rank == 3, shapes[1] == shapes[0], shapes[2].rank == 3, shapes[5].rank == 3 else {
      throw ShapeError(
        "values and columns must have one shape [groups, units, width], drive [members, steps, units] and signals "
          + "[members, steps, signals], not \(shapes[0]), \(shapes[1]), \(shapes[2]) and \(shapes[5])")
    }
    guard inputs[1].dtype == .int32 else { throw ShapeError("columns must be int32, not \(inputs[1].dtype)") }
    let dtype = inputs[2].dtype
    try ElementDomain.floatingPoint.check([inputs[2]])
    let (members, units, steps, signals) = (shapes[2][0], shapes[2][2], shapes[5][1], shapes[5][2])
    guard shapes[0][0] >= 1, members % shapes[0][0] == 0, shapes[0][1] == units, units >= 1, shapes[0][2] >= 1 else {
      throw ShapeError("weights of shape \(shapes[0]) don't fit a drive of shape \(shapes[2])")
    }
    guard shapes[2][1] == 1 || shapes[2][1] == steps else {
      throw ShapeError("a drive of \(shapes[2][1]) steps doesn't fit signals of \(steps)")
    }
    let outputs = isClosed ? inputs[9].shape.last : 0
    var expected: [(String, Int, Shape)] = [
      ("state", 3, [members, units]), ("leak", 4, [members, 2]), ("signals", 5, [members, steps, signals]),
      ("weights", 6, [members, signals, units]),
    ]
    if isClosed {
      let rows = inputs[8].shape.rank == 3 && inputs[8].shape[1] == 2 * units + 1 ? 2 * units + 1 : units + 1
      expected += [
        ("feedback", 7, [members, outputs, units]), ("readout", 8, [members, rows, outputs]),
        ("output", 9, [members, outputs]),
      ]
    }
    for (name, index, shape) in expected where inputs[index].shape != shape {
      throw ShapeError("\(name) must have the shape \(shape), not \(inputs[index].shape)")
    }
    for input in inputs where input.dtype != dtype && input.dtype != .int32 {
      throw ShapeError("element types \(dtype) and \(input.dtype) differ: cast one of them")
    }
    let states = TensorType(dtype, [members, steps, units])
    return isClosed
      ? [TensorType(dtype, [members, steps, outputs]), TensorType(dtype, [members, units])] : [states]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    if [.float64, .float32].contains(inputs[2].type.dtype), writer.kernels.contains(reservoirKernels) {
      return writer.call(target: "tanren.reservoir.3", inputs, [:], results)
    }
    return writer.inline(inputs, composed)
  }

  /// The same as a scan.
  private func composed(_ inputs: [Tensor]) -> [Tensor] {
    let drive = (inputs[2] + inputs[5].matmul(inputs[6])).moveAxis(from: 1, to: 0)
    let leak = inputs[4]
    let (retained, added) = (leak.slice(0..<1, axis: 1), leak.slice(1..<2, axis: 1))
    func next(_ state: Tensor, _ sums: Tensor) -> Tensor {
      retained * state + added * (Self.product(inputs[0], inputs[1], state) + sums).tanh()
    }
    guard isClosed else {
      let looped = scan(carry: [inputs[3]], over: [drive], length: drive.shape[0]) { carry, elements in
        let state = next(carry[0], elements[0])
        return ([state], [state])
      }
      return [looped.outputs[0].moveAxis(from: 0, to: 1)]
    }
    let (units, readout) = (inputs[3].shape[1], inputs[8])
    let rows = readout.shape[1] - 1
    let (weights, bias) = (readout.slice(0..<rows, axis: 1), readout.slice(rows..<rows + 1, axis: 1))
    let looped = scan(carry: [inputs[3], inputs[9]], over: [drive], length: drive.shape[0]) { carry, elements in
      let fedBack = carry[1].expand(at: 1).matmul(inputs[7]).squeeze(1)
      let state = next(carry[0], elements[0] + fedBack)
      let seen = rows > units ? Tensor.concatenate([state, state.squared()], axis: 1) : state
      let output = (seen.expand(at: 1).matmul(weights) + bias).squeeze(1)
      return ([state, output], [output])
    }
    return [looped.outputs[0].moveAxis(from: 0, to: 1), looped.carry[0]]
  }

  /// `W·x` for each member.
  private static func product(_ values: Tensor, _ columns: Tensor, _ state: Tensor) -> Tensor {
    let (units, width) = (values.shape[1], values.shape[2])
    guard values.shape[0] > 1 || state.shape[0] == 1 else {
      return (values * state.take(columns.squeeze(0), axis: 1)).sum([-1])
    }
    let shared = state.shape[0] / values.shape[0]
    guard shared == 1 else { return product(values.repeatedMembers(shared), columns.repeatedMembers(shared), state) }
    let found = state.takeAlongAxis(columns.reshape(to: [values.shape[0], units * width]), axis: 1)
    return (values * found.reshape(to: values.shape)).sum([-1])
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    let places = inputs.indices.filter { $0 != 1 }
    let found = Subgraph(inputs.map(\.type), composed).pulledBack(inputs, cotangents, at: places)
    var all = [Tensor?](repeating: nil, count: inputs.count)
    for (place, cotangent) in zip(places, found) { all[place] = cotangent }
    return all
  }

  /// A batch of members is more members; weights that members share stay shared.
  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    let members = inputs[2].shape[isBatched[2] ? 1 : 0]
    let isShared = !isBatched[0] && !isBatched[1] && inputs[0].shape[0] == 1
    let merged = inputs.indices.map { index in
      if index < 2, isShared { return inputs[index] }
      let batch = isBatched[index] ? inputs[index] : inputs[index].repeated(size)
      return batch.reshape(to: Shape([size * batch.shape[1]] + batch.shape.dropFirst(2)))
    }
    return Tensor.apply(self, to: merged).map { $0.reshape(to: Shape([size, members] + $0.shape.dropFirst())) }
  }
}

extension Tensor {
  /// Each element of the first axis so many times after each other.
  fileprivate func repeatedMembers(_ count: Int) -> Tensor {
    expand(at: 1).broadcast(to: Shape([shape[0], count] + shape.dropFirst()))
      .reshape(to: Shape([shape[0] * count] + shape.dropFirst()))
  }

  fileprivate func squeezedMember() -> Tensor { diagnostic == nil ? squeeze(0) : self }
}

/// The states of a leaky network with sparse recurrent weights, `x' = retained·x + added·tanh(W·x + drive +
/// signals·weights)`: the state loop of echo state networks in one operation, which on the CPU is a kernel, in
/// `float64` and `float32`, and elsewhere a ``scan(carry:over:length:reversed:file:line:body:)``.
///
/// - Parameters:
///   - values: `[units, width]`, row i holding the weights into unit i, padded with zeros at the end.
///   - columns: int32 `[units, width]`, the units that the weights come from.
///   - drive: what reaches each unit at each step, `[steps, units]`, or at all steps, `[1, units]`.
///   - signals: `[steps, signals]`; `signals` may be 0.
///   - weights: with which the signals reach the units, `[signals, units]`.
///   - state: `[units]`, before the first step.
///   - leak: `[2]`, what is retained of the state, and what is added of tanh.
/// - Returns: the states after each step, `[steps, units]`.
public func reservoirStates(
  values: Tensor, columns: Tensor, drive: Tensor, signals: Tensor, weights: Tensor, state: Tensor, leak: Tensor,
  file: String = #fileID, line: Int = #line
) -> Tensor {
  let members = [values, columns, drive, state, leak, signals, weights].map { $0.expand(at: 0) }
  return Tensor.apply(ReservoirLoop(isClosed: false), to: members, file: file, line: line)[0].squeezedMember()
}

/// As ``reservoirStates(values:columns:drive:signals:weights:state:leak:file:line:)``, each step's output `z = [x, 1]·readout`
/// being fed back: `z·feedback` is added within tanh.
///
/// - Parameters:
///   - feedback: `[outputs, units]`.
///   - readout: `[units + 1, outputs]`, biases last; or `[2·units + 1, outputs]` with weights for the squares of the states
///     after those for the states.
///   - output: `[outputs]`, what is fed back in the first step.
/// - Returns: the outputs, `[steps, outputs]`, and the last state.
public func reservoirOutputs(
  values: Tensor, columns: Tensor, drive: Tensor, signals: Tensor, weights: Tensor, state: Tensor, leak: Tensor,
  feedback: Tensor, readout: Tensor, output: Tensor, file: String = #fileID, line: Int = #line
) -> (outputs: Tensor, state: Tensor) {
  let members = [values, columns, drive, state, leak, signals, weights, feedback, readout, output]
    .map { $0.expand(at: 0) }
  let results = Tensor.apply(ReservoirLoop(isClosed: true), to: members, file: file, line: line)
    .map { $0.squeezedMember() }
  return (results[0], results[results.count - 1])
}
