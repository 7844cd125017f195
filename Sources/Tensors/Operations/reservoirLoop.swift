/// The states of a leaky network with sparse recurrent weights,
/// `x' = kept·x + taken·tanh(W·x + drive + signals·weights)`: the state loop of echo state networks in one operation, which on the CPU is a kernel in `float64` and elsewhere a
/// ``scan(carry:over:length:reversed:file:line:body:)``.
///
/// - Parameters:
///   - values: `[units, width]`, row i holding the weights into unit i, padded with zeros at the end.
///   - columns: int32 `[units, width]`, the units that the weights come from.
///   - drive: what reaches each unit at each step, `[steps, units]`, or at all steps, `[1, units]`.
///   - signals: `[steps, signals]`; `signals` may be 0.
///   - weights: with which the signals reach the units, `[signals, units]`.
///   - state: `[units]`, before the first step.
///   - mixing: `[2]`, what is kept of the state, and what is taken of tanh.
/// - Returns: the states after each step, `[steps, units]`.
public func reservoirStates(
  values: Tensor, columns: Tensor, drive: Tensor, signals: Tensor, weights: Tensor, state: Tensor, mixing: Tensor,
  file: String = #fileID, line: Int = #line
) -> Tensor {
  let members = [values, columns, drive, state, mixing, signals, weights].map { $0.expand(at: 0) }
  return Tensor.apply(ReservoirLoop(isClosed: false), to: members, file: file, line: line)[0].squeezedMember()
}

/// As ``reservoirStates(values:columns:drive:signals:weights:state:mixing:file:line:)``, each step's output `z = [x, 1]·readout`
/// being fed back: `z·feedback` is added within tanh.
///
/// - Parameters:
///   - feedback: `[outputs, units]`.
///   - readout: `[units + 1, outputs]`, biases last.
///   - output: `[outputs]`, what is fed back in the first step.
/// - Returns: the outputs, `[steps, outputs]`, and the last state.
public func reservoirOutputs(
  values: Tensor, columns: Tensor, drive: Tensor, signals: Tensor, weights: Tensor, state: Tensor, mixing: Tensor,
  feedback: Tensor, readout: Tensor, output: Tensor, file: String = #fileID, line: Int = #line
) -> (outputs: Tensor, state: Tensor) {
  let members = [values, columns, drive, state, mixing, signals, weights, feedback, readout, output]
    .map { $0.expand(at: 0) }
  let results = Tensor.apply(ReservoirLoop(isClosed: true), to: members, file: file, line: line)
    .map { $0.squeezedMember() }
  return (results[0], results[results.count - 1])
}

extension Tensor {
  fileprivate func squeezedMember() -> Tensor { diagnostic == nil ? squeeze(0) : self }
}
