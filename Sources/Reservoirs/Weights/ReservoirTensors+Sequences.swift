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
