/// Runs `body` once for each element of the sequences, in one compiled loop.
///
/// - Parameters:
///   - carry: values handed from step to step; the body must return as many, of the same types.
///   - sequences: tensors whose leading axis is the loop's; the body sees one element of each.
///   - length: needed where there are no sequences.
///   - reversed: whether the loop runs from the last element to the first.
///   - body: what it uses from outside is constant for the loop.
/// - Returns: The last carry, and what the body put out, stacked along a leading axis.
public func scan(
  carry: [Tensor], over sequences: [Tensor] = [], length: Int? = nil, reversed: Bool = false,
  file: String = #fileID, line: Int = #line,
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
    traced, carry: carry, sequences: sequences, length: length, reversed: reversed, file: file, line: line)
  return (result.carry, result.sequences)
}

extension Tensor {
  /// A loop over a traced body; `histories` are the carries before each step.
  static func scan(
    _ body: Subgraph, carry: [Tensor], sequences: [Tensor], length: Int, reversed: Bool,
    file: String = #fileID, line: Int = #line
  ) -> (carry: [Tensor], sequences: [Tensor], histories: [Tensor]) {
    let primitive = Scan(
      body: body, length: length, carryCount: carry.count, sequenceCount: sequences.count, isReversed: reversed)
    var results = Tensor.apply(primitive, to: carry + sequences + body.captures, file: file, line: line)
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
