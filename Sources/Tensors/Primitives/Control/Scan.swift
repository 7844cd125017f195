/// A loop of fixed length that carries tensors along and collects a sequence.
///
/// Inputs: the carry's initial values, sequences whose leading axis is the loop's, where it begins if that is an
/// input, the body's captures. The
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
  /// Whether an input says with which step the loop begins. What the steps before it collect is 0.
  var hasStart = false

  private var captureStart: Int { carryCount + sequenceCount + (hasStart ? 1 : 0) }

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
    let counter = hasStart ? inputs[carryCount + sequenceCount] : writer.scalar("0", .int32)
    let collected = (carryCount..<results.count).filter { used[$0] }
    let empty = collected.map { index in
      let type = results[index]
      let zero = writer.scalar(type.dtype == .bool ? "false" : type.dtype.isFloatingPoint ? "0.0" : "0", type.dtype)
      return writer.assign("stablehlo.broadcast_in_dim \(zero), dims = [] : (\(zero.type)) -> \(type)", [type])[0]
    }
    let others = inputs.dropFirst(carryCount).prefix(sequenceCount) + inputs.dropFirst(captureStart)
    let initial = [counter] + inputs.prefix(carryCount) + empty + others
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

  /// The gradient of a loop: a loop in the other direction that runs the body again from the carry each step began
  /// with. Only the carries are stored, not the body's intermediate values.
  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    if hasStart {
      let failed = Tensor.failed(
        "scan", "a loop that begins with a step known only at run time has no gradient", inputs, file: nil, line: 0)
      return inputs.map { $0.dtype.isFloatingPoint ? failed : nil }
    }
    let captures = Array(inputs.dropFirst(captureStart))
    let sequences = Array(inputs.dropFirst(carryCount).prefix(sequenceCount))
    let history = Array(results.suffix(carryCount))
    // The gradient of a gradient reads the histories as results: their cotangents join the carry's.
    let collectedCotangents = Array(cotangents.dropFirst(carryCount))

    let smoothCarry = (0..<carryCount).filter { inputs[$0].dtype.isFloatingPoint }
    let smoothSequences = sequences.indices.filter { sequences[$0].dtype.isFloatingPoint }
    let smoothCaptures = captures.indices.filter { captures[$0].dtype.isFloatingPoint }
    let smoothResults = body.results.indices.filter { body.results[$0].dtype.isFloatingPoint }

    let initial = smoothCarry.map { cotangents[$0] } + smoothCaptures.map { captures[$0].zerosLike() }
    let elements = history + sequences + collectedCotangents
    let types = initial.map(\.type) + elements.map { TensorType($0.dtype, Shape($0.shape.dropFirst())) }
    let gradient = Subgraph(types) { arguments in
      var rest = arguments[...]
      func next(_ count: Int) -> [Tensor] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
      }
      let (carryCotangents, sums) = (next(smoothCarry.count), next(smoothCaptures.count))
      let point = next(carryCount) + next(sequenceCount)
      let (collected, historyCotangents) = (next(collectedCount), next(carryCount))
      let points = point.map { Tensor(Identity(), [$0]) } + captures.map { Tensor(Identity(), [$0]) }
      let values = body(points)
      var seeds: [Tensor?] = Array(repeating: nil, count: carryCount) + collected
      for (index, cotangent) in zip(smoothCarry, carryCotangents) { seeds[index] = cotangent }
      let wanted =
        smoothCarry + smoothSequences.map { $0 + carryCount }
        + smoothCaptures.map { $0 + carryCount + sequenceCount }
      let found = Tensors.pullback(
        of: smoothResults.map { values[$0] }, cotangents: smoothResults.map { seeds[$0] },
        at: wanted.map { points[$0] })
      let carryFound = zip(smoothCarry, found).map { $1 + historyCotangents[$0] }
      let captureFound = zip(sums, found.suffix(smoothCaptures.count)).map { $0 + $1 }
      return carryFound + captureFound + found.dropFirst(smoothCarry.count).prefix(smoothSequences.count)
    }
    let found = Tensor.scan(
      gradient, carry: initial, sequences: elements, length: length, reversed: !isReversed)
    var cotangents: [Tensor?] = Array(repeating: nil, count: inputs.count)
    for (index, cotangent) in zip(smoothCarry, found.carry) { cotangents[index] = cotangent }
    for (index, cotangent) in zip(smoothSequences, found.sequences) { cotangents[carryCount + index] = cotangent }
    for (index, cotangent) in zip(smoothCaptures, found.carry.dropFirst(smoothCarry.count)) {
      cotangents[captureStart + index] = cotangent
    }
    return cotangents
  }

  /// A loop over batches: every carry gets the batch axis, since one that starts shared may not stay so.
  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    let carry = Array(inputs.prefix(carryCount)).batched(Array(isBatched.prefix(carryCount)), size)
    let flags = Array(isBatched.dropFirst(carryCount).prefix(sequenceCount))
    let sequences = zip(inputs.dropFirst(carryCount), flags).map { $1 ? $0.moveAxis(from: 0, to: 1) : $0 }
    let captures = Array(inputs.dropFirst(captureStart))
    let captureFlags = Array(isBatched.dropFirst(captureStart))
    // All members begin with one step.
    let place = carryCount + sequenceCount
    let start = hasStart ? (isBatched[place] ? inputs[place][0] : inputs[place]) : nil
    let types = carry.map(\.type) + sequences.map { TensorType($0.dtype, Shape($0.shape.dropFirst())) }
    let batched = Subgraph(types) { arguments in
      Tensors.vectorized(
        body, arguments + captures, Array(repeating: true, count: carryCount) + flags + captureFlags,
        size: size)
    }
    let result = Tensor.scan(
      batched, carry: carry, sequences: sequences, length: length, reversed: isReversed, start: start)
    return result.carry + (result.sequences + result.histories).map { $0.moveAxis(from: 1, to: 0) }
  }
}
