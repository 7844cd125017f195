/// A loop of fixed length that carries tensors along and collects a sequence.
///
/// Inputs: the carry's initial values, sequences whose leading axis is the loop's, the body's captures. The
/// body takes carry and elements and returns the new carry and the elements to collect. Results: the last
/// carry, the collected sequences, and each carry's history (its value before each step), which only the
/// gradient reads and which is left out of the program otherwise.
struct Scan: SelectiveEmission {
  static let name = "scan"
  let body: Subgraph
  let length: Int
  let carryCount: Int
  let sequenceCount: Int
  let isReversed: Bool

  var collectedCount: Int { body.results.count - carryCount }
  var resultCount: Int { body.results.count + carryCount }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let carry = inputs.prefix(carryCount)
    for (index, input) in carry.enumerated() where body.results[index].type != input {
      throw ShapeError(
        "the body turns carry \(index) from \(input.dtype)\(input.shape) into "
          + "\(body.results[index].dtype)\(body.results[index].shape): a carry keeps its type")
    }
    for input in inputs.dropFirst(carryCount).prefix(sequenceCount) where input.shape.first != length {
      throw ShapeError("a sequence of shape \(input.shape) in a loop of length \(length)")
    }
    return carry + body.results.dropFirst(carryCount).map { TensorType($0.dtype, $0.shape.prepending(length)) }
      + carry.map { TensorType($0.dtype, $0.shape.prepending(length)) }
  }

  func emit(
    _ inputs: [Value], _ results: [TensorType], used: [Bool], to writer: inout ProgramWriter
  ) -> [Value] {
    if length == 0 {
      return inputs.prefix(carryCount)
        + results.dropFirst(carryCount).map { writer.assign("stablehlo.constant dense<> : \($0)", [$0])[0] }
    }
    // Loop values: counter, carry, the collected sequences that are used, sequences, captures.
    let counter = writer.scalar("0", .int32)
    let collected = (carryCount..<results.count).filter { used[$0] }
    let empty = collected.map { index in
      let type = results[index]
      let zero = writer.scalar(type.dtype == .bool ? "false" : type.dtype.isFloatingPoint ? "0.0" : "0", type.dtype)
      return writer.assign("stablehlo.broadcast_in_dim \(zero), dims = [] : (\(zero.type)) -> \(type)", [type])[0]
    }
    let initial = [counter] + inputs.prefix(carryCount) + empty + inputs.dropFirst(carryCount)
    let final = writer.loop(initial) { writer, values in
      let limit = writer.scalar(String(length), .int32)
      return writer.compare(.less, values[0], limit)
    } body: { writer, values in
      let one = writer.scalar("1", .int32)
      let step =
        isReversed
        ? writer.binary("subtract", writer.scalar(String(length - 1), .int32), values[0]) : values[0]
      let carry = Array(values[1..<1 + carryCount])
      let buffers = Array(values[(1 + carryCount)...].prefix(collected.count))
      let rest = Array(values.dropFirst(1 + carryCount + collected.count))
      let elements = rest.prefix(sequenceCount).map { writer.element(of: $0, at: step) }
      let new = writer.inline(body, carry + elements + rest.dropFirst(sequenceCount))
      let produced = new + carry
      let updated = zip(collected, buffers).map { writer.replaceElement(of: $1, at: step, with: produced[$0]) }
      return [writer.binary("add", values[0], one)] + new.prefix(carryCount) + updated + rest
    }
    var values = Array(final[1..<1 + carryCount])
    var kept = final.dropFirst(1 + carryCount).makeIterator()
    for index in carryCount..<results.count {
      // An unused result needs a name all the same; no line will mention it.
      values.append(used[index] ? kept.next() ?? counter : Value(name: "%unused", type: results[index]))
    }
    return values
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    scanPullback(self, cotangents, inputs, results)
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    scanVectorized(self, inputs, isBatched, size: size)
  }
}
