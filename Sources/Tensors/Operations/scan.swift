/// Runs `body` once for each element of the sequences, in one compiled loop.
///
/// ```swift
/// let result = scan(carry: [Tensor(0)], over: [Tensor([1, 2, 3] as [Float])]) { carry, elements in
///   let sum = carry[0] + elements[0]
///   return (carry: [sum], outputs: [sum])
/// }
/// print(try result.outputs[0].values(as: Float.self))  // [1.0, 3.0, 6.0]
/// ```
///
/// ``scan(into:over:length:reversed:file:line:body:)`` does the same with values of any structure.
/// - Parameters:
///   - carry: values handed from step to step; the body must return as many, of the same types.
///   - sequences: tensors whose leading axis is the loop's; the body sees one element of each.
///   - length: needed where there are no sequences.
///   - reversed: whether the loop runs from the last element to the first.
///   - body: tensors that it uses from outside are constant for the loop.
/// - Returns: the last carry, and the body's outputs, stacked along a leading axis.
public func scan(
  carry: [Tensor], over sequences: [Tensor] = [], length: Int? = nil, reversed: Bool = false,
  file: String = #fileID, line: Int = #line,
  body: (_ carry: [Tensor], _ elements: [Tensor]) -> (carry: [Tensor], outputs: [Tensor])
) -> (carry: [Tensor], outputs: [Tensor]) {
  loop(carry, sequences, start: nil, length: length, reversed: reversed, file: file, line: line, body: body)
}

/// ``scan(carry:over:length:reversed:file:line:body:)`` that begins with a step known only when the program runs. It has no
/// gradient.
/// - Parameter start: an int32 scalar. Outputs of the steps before it are 0; nil for 0.
package func scan(
  carry: [Tensor], over sequences: [Tensor], from start: Tensor?, file: String = #fileID, line: Int = #line,
  body: (_ carry: [Tensor], _ elements: [Tensor]) -> (carry: [Tensor], outputs: [Tensor])
) -> (carry: [Tensor], outputs: [Tensor]) {
  loop(carry, sequences, start: start, length: nil, reversed: false, file: file, line: line, body: body)
}

private func loop(
  _ carry: [Tensor], _ sequences: [Tensor], start: Tensor?, length: Int?, reversed: Bool, file: String, line: Int,
  body: (_ carry: [Tensor], _ elements: [Tensor]) -> (carry: [Tensor], outputs: [Tensor])
) -> (carry: [Tensor], outputs: [Tensor]) {
  let inputs = carry + sequences
  func fail(_ message: String, _ outputs: Int) -> (carry: [Tensor], outputs: [Tensor]) {
    let failed = Tensor.failed(Scan.name, message, inputs, file: file, line: line)
    return (carry.map { _ in failed }, Array(repeating: failed, count: outputs))
  }
  guard let length = length ?? sequences.first?.shape.first, length >= 0 else {
    return fail("needs a length of 0 or more, or a sequence", 0)
  }
  if inputs.contains(where: { $0.diagnostic != nil }) { return fail("", 0) }
  var count = carry.count
  let types = carry.map(\.type) + sequences.map { TensorType($0.dtype, Shape($0.shape.dropFirst())) }
  let traced = Subgraph(types) { arguments in
    let result = body(Array(arguments.prefix(carry.count)), Array(arguments.dropFirst(carry.count)))
    count = result.carry.count
    return result.carry + result.outputs
  }
  guard count == carry.count else {
    return fail("the body returns \(count) carried values for \(carry.count)", traced.results.count - count)
  }
  let result = Tensor.scan(
    traced, carry: carry, sequences: sequences, length: length, reversed: reversed, start: start, file: file, line: line
  )
  return (result.carry, result.sequences)
}

/// Runs `body` once for each element of the sequences, in one compiled loop that changes `carry`.
///
/// This is ``scan(carry:over:length:reversed:file:line:body:)`` for values made of tensors. The carry and the outputs
/// may be groups or pairs of groups; pairs of more are types of your own, or groups nested in arrays and trees.
///
/// ```swift
/// let inputs = Tensor([1, 2, 3, 4] as [Float])
/// let sum = scan(into: Tensor(0), over: inputs) { sum, x in sum += x }
/// let (last, running) = scan(into: (Tensor(0), Tensor(1)), over: inputs) { carry, x in
///   carry.0 += x
///   carry.1 *= x
///   return carry.0
/// }
/// print(try sum.scalar(), try last.1.scalar(), try running.values(as: Float.self))
/// ```
///
/// - Parameters:
///   - carry: handed from step to step; the body must keep the number of tensors and their types.
///   - sequences: a group whose tensors' leading axis is the loop's. `Tensor.iota([n])` counts the steps.
///   - length: needed where `sequences` has no tensors.
///   - reversed: whether the loop runs from the last element to the first.
///   - body: changes the carry. What it uses from outside is constant for the loop.
/// - Returns: the last carry.
public func scan<Carry: TensorGroup, Elements: TensorGroup>(
  into carry: Carry, over sequences: Elements, length: Int? = nil, reversed: Bool = false, file: String = #fileID,
  line: Int = #line, body: (_ carry: inout Carry, _ elements: Elements) -> Void
) -> Carry {
  scan(
    Structure(carry), over: sequences, length: length, reversed: reversed, file: file, line: line,
    outputs: { Structure($0) }, body: body
  ).carry
}

/// As ``scan(into:over:length:reversed:file:line:body:)``, with outputs.
/// - Returns: the last carry, and what the body returned, stacked along a leading axis.
public func scan<Carry: TensorGroup, Elements: TensorGroup, Output: TensorGroup>(
  into carry: Carry, over sequences: Elements, length: Int? = nil, reversed: Bool = false, file: String = #fileID,
  line: Int = #line, body: (_ carry: inout Carry, _ elements: Elements) -> Output
) -> (carry: Carry, outputs: Output) {
  scan(
    Structure(carry), over: sequences, length: length, reversed: reversed, file: file, line: line,
    outputs: { Structure($0) }, body: body)
}

/// As ``scan(into:over:length:reversed:file:line:body:)``, with one group as carry and a pair of outputs.
public func scan<Carry: TensorGroup, Elements: TensorGroup, One: TensorGroup, Other: TensorGroup>(
  into carry: Carry, over sequences: Elements, length: Int? = nil, reversed: Bool = false, file: String = #fileID,
  line: Int = #line, body: (_ carry: inout Carry, _ elements: Elements) -> (One, Other)
) -> (carry: Carry, outputs: (One, Other)) {
  scan(
    Structure(carry), over: sequences, length: length, reversed: reversed, file: file, line: line,
    outputs: { Structure($0) }, body: body)
}

/// As ``scan(into:over:length:reversed:file:line:body:)``, with a pair as carry.
public func scan<First: TensorGroup, Second: TensorGroup, Elements: TensorGroup>(
  into carry: (First, Second), over sequences: Elements, length: Int? = nil, reversed: Bool = false,
  file: String = #fileID,
  line: Int = #line, body: (_ carry: inout (First, Second), _ elements: Elements) -> Void
) -> (First, Second) {
  scan(
    Structure(carry), over: sequences, length: length, reversed: reversed, file: file, line: line,
    outputs: { Structure($0) }, body: body
  ).carry
}

/// As ``scan(into:over:length:reversed:file:line:body:)``, with a pair as carry and one group of outputs.
public func scan<First: TensorGroup, Second: TensorGroup, Elements: TensorGroup, Output: TensorGroup>(
  into carry: (First, Second), over sequences: Elements, length: Int? = nil, reversed: Bool = false,
  file: String = #fileID,
  line: Int = #line, body: (_ carry: inout (First, Second), _ elements: Elements) -> Output
) -> (carry: (First, Second), outputs: Output) {
  scan(
    Structure(carry), over: sequences, length: length, reversed: reversed, file: file, line: line,
    outputs: { Structure($0) }, body: body)
}

/// As ``scan(into:over:length:reversed:file:line:body:)``, with a pair as carry and a pair of outputs.
public func scan<First: TensorGroup, Second: TensorGroup, Elements: TensorGroup, One: TensorGroup, Other: TensorGroup>(
  into carry: (First, Second), over sequences: Elements, length: Int? = nil, reversed: Bool = false,
  file: String = #fileID,
  line: Int = #line, body: (_ carry: inout (First, Second), _ elements: Elements) -> (One, Other)
) -> (carry: (First, Second), outputs: (One, Other)) {
  scan(
    Structure(carry), over: sequences, length: length, reversed: reversed, file: file, line: line,
    outputs: { Structure($0) }, body: body)
}

/// The loop behind all typed ones.
private func scan<Carry, Elements: TensorGroup, Output>(
  _ carry: Structure<Carry>, over sequences: Elements, length: Int?, reversed: Bool, file: String, line: Int,
  outputs: (Output) -> Structure<Output>, body: (_ carry: inout Carry, _ elements: Elements) -> Output
) -> (carry: Carry, outputs: Output) {
  func step(_ values: [Tensor], _ elements: [Tensor]) -> (carry: [Tensor], outputs: Structure<Output>) {
    var next = carry.make(values)
    let output = outputs(body(&next, sequences.with(elements)))
    return (carry.flatten(next), output)
  }
  var structure: Structure<Output>?
  let result = scan(
    carry: carry.tensors, over: sequences.tensors, length: length, reversed: reversed, file: file, line: line
  ) { values, elements in
    let result = step(values, elements)
    structure = result.outputs
    return (result.carry, result.outputs.tensors)
  }
  // A loop that fails before its body is traced still has outputs of the body's structure.
  let made = structure ?? step(result.carry, sequences.tensors).outputs
  guard result.outputs.count == made.tensors.count else {
    let failed =
      result.carry.first { $0.diagnostic != nil }
      ?? .failed(Scan.name, "needs a length of 0 or more, or a sequence", sequences.tensors, file: file, line: line)
    return (carry.make(result.carry), made.make(made.tensors.map { _ in failed }))
  }
  return (carry.make(result.carry), made.make(result.outputs))
}

extension Tensor {
  /// A loop over a traced body; `histories` are the carries before each step.
  static func scan(
    _ body: Subgraph, carry: [Tensor], sequences: [Tensor], length: Int, reversed: Bool, start: Tensor? = nil,
    file: String = #fileID, line: Int = #line
  ) -> (carry: [Tensor], sequences: [Tensor], histories: [Tensor]) {
    let primitive = Scan(
      body: body, length: length, carryCount: carry.count, sequenceCount: sequences.count, isReversed: reversed,
      hasStart: start != nil)
    let inputs = carry + sequences + (start.map { [$0] } ?? []) + body.captures
    var results = Tensor.apply(primitive, to: inputs, file: file, line: line)
    if let failed = body.results.first(where: { $0.diagnostic != nil }) {
      results = Array(repeating: failed, count: primitive.resultCount)
    }
    let collected = results.dropFirst(carry.count)
    return (
      Array(results.prefix(carry.count)), Array(collected.prefix(primitive.collectedCount)),
      Array(collected.dropFirst(primitive.collectedCount))
    )
  }
}
