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

  /// The outputs `[sequences, steps, outputs]`, and the last states.
  func outputs(
    _ steps: Int, fromEach state: Tensor, output: Tensor, readout: Tensor, inputs: Tensor?, noise: Tensor?
  ) -> (outputs: Tensor, state: Tensor) {
    let given = [inputs, noise]
    let results = vectorized { (arguments: [Tensor]) in
      let parts = given.placing(arguments.dropFirst(2))
      let run = outputs(
        steps, from: arguments[0], output: arguments[1], readout: readout, inputs: parts[0], noise: parts[1])
      return [run.outputs, run.state]
    }([state, output] + given.compactMap(\.self))
    return (results[0], results[results.count - 1])
  }
}

extension [Tensor?] {
  /// The given tensors in the places of those that are there.
  func placing(_ tensors: some Sequence<Tensor>) -> [Tensor?] {
    var rest = tensors.makeIterator()
    return map { $0 == nil ? nil : rest.next() }
  }
}
