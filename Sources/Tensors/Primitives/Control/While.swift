/// A loop that runs while a condition on its carry holds.
///
/// Inputs: the carry, the condition's captures, the body's captures. Results: the last carry. There is no
/// gradient: the carries of a number of steps known only at run time can't be stored.
struct While: Primitive {
  static let name = "while"
  let condition: Subgraph
  let body: Subgraph

  private var carryCount: Int { body.parameters.count }
  var resultCount: Int { carryCount }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard condition.results.map(\.type) == [TensorType(.bool, [])] else {
      throw ShapeError("the condition must return a bool scalar, not \(condition.results.map(\.type))")
    }
    let carry = Array(inputs.prefix(carryCount))
    guard body.results.map(\.type) == carry else {
      throw ShapeError("the body turns \(carry) into \(body.results.map(\.type)): a carry keeps its types")
    }
    return carry
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    let final = writer.loop(inputs) { writer, values in
      writer.inline(condition, carry(values) + captures(values).condition)[0]
    } body: { writer, values in
      writer.inline(body, carry(values) + captures(values).body) + values.dropFirst(carryCount)
    }
    return carry(final)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    let failed = Tensor.failed(
      "whileLoop",
      "a loop without a fixed length has no gradient: use scan, or stopGradient() on what goes into the loop",
      inputs, file: nil, line: 0)
    return inputs.map { $0.dtype.isFloatingPoint ? failed : nil }
  }

  /// Runs while any member's condition holds; finished members stay as they are.
  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    let initial = carry(inputs).batched(carry(isBatched), size)
    let (captured, flags) = (captures(inputs), captures(isBatched))
    let own = Array(repeating: true, count: carryCount)
    func holds(_ carry: [Tensor]) -> Tensor {
      Tensors.vectorized(self.condition, carry + captured.condition, own + flags.condition, size: size)[0]
    }
    let condition = Subgraph(initial.map(\.type)) { [Tensor(MaximumReduction(axes: [0]), [holds($0)])] }
    let body = Subgraph(initial.map(\.type)) { carry in
      let isRunning = holds(carry)
      let next = Tensors.vectorized(self.body, carry + captured.body, own + flags.body, size: size)
      return zip(next, carry).map { new, old in
        Tensor(Select(), [Tensor(Broadcast(shape: old.shape, axes: [0]), [isRunning]), new, old])
      }
    }
    return Tensor.apply(
      While(condition: condition, body: body), to: initial + condition.captures + body.captures)
  }

  private func carry<Element>(_ inputs: [Element]) -> [Element] { Array(inputs.prefix(carryCount)) }

  private func captures<Element>(_ inputs: [Element]) -> (condition: [Element], body: [Element]) {
    let captured = inputs.dropFirst(carryCount)
    let count = condition.captures.count
    return (Array(captured.prefix(count)), Array(captured.dropFirst(count)))
  }
}
