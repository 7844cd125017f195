extension ProgramWriter {
  /// Writes a `while` loop and returns its final values.
  mutating func loop(
    _ initial: [Value], while condition: (inout ProgramWriter, [Value]) -> Value,
    body: (inout ProgramWriter, [Value]) -> [Value]
  ) -> [Value] {
    let inside = initial.map { Value(name: fresh("%loop"), type: $0.type) }
    let name = fresh()
    let bindings = zip(inside, initial).map { "\($0) = \($1)" }.joined(separator: ", ")
    let types = initial.map(\.type.description).joined(separator: ", ")
    write("\(name)\(initial.count > 1 ? ":\(initial.count)" : "") = stablehlo.while(\(bindings)) : \(types)")
    write("cond {")
    indented { writer in
      let result = condition(&writer, inside)
      writer.write("stablehlo.return \(result) : \(result.type)")
    }
    write("} do {")
    indented { writer in
      let results = body(&writer, inside)
      writer.write("stablehlo.return \(results.map(\.name).joined(separator: ", ")) : \(types)")
    }
    write("}")
    return initial.enumerated().map {
      Value(name: initial.count > 1 ? "\(name)#\($0.offset)" : name, type: $0.element.type)
    }
  }

  mutating func binary(_ operation: String, _ x: Value, _ y: Value) -> Value {
    assign("stablehlo.\(operation) \(x), \(y) : \(x.type)", [x.type])[0]
  }

  /// `sequence[step]`.
  mutating func element(of sequence: Value, at step: Value) -> Value {
    let shape = sequence.type.shape
    let block = TensorType(sequence.type.dtype, shape.replacing(axis: 0, with: 1))
    let starts = starts(at: step, rank: shape.rank)
    let slice = assign(
      "stablehlo.dynamic_slice \(sequence), \(starts.names), sizes = \(block.shape) : "
        + "(\(sequence.type), \(starts.types)) -> \(block)", [block])[0]
    return reshape(slice, to: Shape(shape.dropFirst()))
  }

  /// `sequence` with `sequence[step] = element`.
  mutating func replaceElement(of sequence: Value, at step: Value, with element: Value) -> Value {
    let block = reshape(element, to: element.type.shape.prepending(1))
    let starts = starts(at: step, rank: sequence.type.shape.rank)
    return assign(
      "stablehlo.dynamic_update_slice \(sequence), \(block), \(starts.names) : "
        + "(\(sequence.type), \(block.type), \(starts.types)) -> \(sequence.type)", [sequence.type])[0]
  }

  private mutating func reshape(_ value: Value, to shape: Shape) -> Value {
    let type = TensorType(value.type.dtype, shape)
    return assign("stablehlo.reshape \(value) : (\(value.type)) -> \(type)", [type])[0]
  }

  private mutating func starts(at step: Value, rank: Int) -> (names: String, types: String) {
    let zero = rank > 1 ? scalar("0", .int32) : step
    let all = [step] + Array(repeating: zero, count: rank - 1)
    return (all.map(\.name).joined(separator: ", "), all.map(\.type.description).joined(separator: ", "))
  }
}
