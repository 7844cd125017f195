// Traced functions inside of operations.

extension CustomGradient: ONNXOperation {
  /// The gradient isn't part of the value.
  package var bodies: [Subgraph] { [value] }

  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) throws -> [ONNXValue] {
    try writer.inline(value, Array(call.inputs.prefix(value.parameters.count + value.captures.count)))
  }
}

extension Checkpoint: ONNXOperation {
  package var bodies: [Subgraph] { [body] }

  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) throws -> [ONNXValue] {
    try writer.inline(body, call.inputs)
  }
}

extension Conditional: ONNXOperation {
  package var bodies: [Subgraph] { [then, otherwise] }

  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) throws -> [ONNXValue] {
    let captures = call.inputs.dropFirst()
    let first = try writer.body(then, captures: Array(captures.prefix(then.captures.count)))
    let second = try writer.body(otherwise, captures: Array(captures.dropFirst(then.captures.count)))
    let names = writer.add(
      "If", [writer.name(of: writer.full(call.inputs[0]))],
      ["then_branch": .body(first), "else_branch": .body(second)], count: call.results.count)
    return zip(names, call.results).map { ONNXValue(.named($0), $1) }
  }
}

extension While: ONNXOperation {
  package var bodies: [Subgraph] { [condition, body] }

  /// A loop without a limit, whose body also gives the condition for the next step.
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) throws -> [ONNXValue] {
    let carry = Array(call.inputs.prefix(body.parameters.count))
    let captures = call.inputs.dropFirst(carry.count)
    let (tested, stepped) = (
      Array(captures.prefix(condition.captures.count)), Array(captures.dropFirst(condition.captures.count))
    )
    let begins = try writer.inline(condition, carry + tested)
    // The number of the step and the condition, which the body ignores, come before the carry.
    let own = [ONNXType(dtype: .int64, shape: []), ONNXType(dtype: .bool, shape: [])]
    let step = try writer.body(own + carry.map(\.type)) { writer, values in
      let next = try writer.inline(body, Array(values.dropFirst(own.count)) + stepped)
      return try writer.inline(condition, next + tested) + next
    }
    let start = ([begins[0]] + carry).map { value in writer.name(of: writer.full(value)) }
    let names = writer.add("Loop", [""] + start, ["body": .body(step)], count: carry.count)
    return zip(names, call.results).map { ONNXValue(.named($0), $1) }
  }
}

extension Scan: ONNXOperation {
  package var bodies: [Subgraph] { [body] }

  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) throws -> [ONNXValue] {
    guard length > 0 else { throw ONNXFormError(message: "a loop needs a step") }
    let carry = call.inputs.prefix(carryCount).map { value in writer.name(of: writer.full(value)) }
    var (sequences, axes): ([String], [Int]) = ([], [])
    for value in call.inputs.dropFirst(carryCount).prefix(sequenceCount) {
      // The operator takes elements along any axis, so that a sequence needn't be transposed for the loop.
      let order =
        value.axes.filter { $0 != 0 } == Array(1..<value.rank) && value.axes.count == value.rank
        ? value.axes : Array(0..<value.rank)
      sequences.append(writer.name(of: writer.full(value, order)))
      axes.append(order.firstIndex(of: 0) ?? 0)
    }
    var extra: [ONNXType] = []
    if sequences.isEmpty {
      // The length of a loop is that of its sequences.
      sequences = [writer.integers(Array(0..<length))]
      axes = [0]
      extra = [ONNXType(dtype: .int64, shape: [])]
    }
    let histories = (0..<carryCount).filter { call.isUsed[body.results.count + $0] }
    let step = try writer.body(
      body, captures: Array(call.inputs.dropFirst(carryCount + sequenceCount)), extra: extra, returning: histories)
    let direction = isReversed ? 1 : 0
    let names = writer.add(
      "Scan", carry + sequences,
      [
        "body": .body(step), "num_scan_inputs": .integer(sequences.count), "scan_input_axes": .integers(axes),
        "scan_input_directions": .integers(sequences.map { _ in direction }),
        "scan_output_directions": .integers((0..<collectedCount + histories.count).map { _ in direction }),
      ], count: body.results.count + histories.count)
    return call.results.enumerated().map { index, type in
      guard index >= body.results.count else { return ONNXValue(.named(names[index]), type) }
      // Nothing reads a history that the loop doesn't return.
      let place = histories.firstIndex(of: index - body.results.count).map { body.results.count + $0 } ?? 0
      return ONNXValue(.named(names[place]), type)
    }
  }
}
