/// A traced function with a pullback of its own.
///
/// Inputs: the arguments, the value's captures, the pullback's captures. The value's captures get their
/// ordinary gradients; those of the pullback alone don't affect the value and get none.
struct CustomGradient: Primitive {
  static let name = "customGradient"
  let value: Subgraph
  /// From arguments, results and cotangents to the cotangents of the arguments in `places`.
  let rule: Subgraph
  let places: [Int]

  private var argumentCount: Int { value.parameters.count }
  var resultCount: Int { value.results.count }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    for (place, cotangent) in zip(places, rule.results) where inputs[place] != cotangent.type {
      throw ShapeError(
        "the pullback gives argument \(place), \(inputs[place].dtype)\(inputs[place].shape), a cotangent "
          + "\(cotangent.dtype)\(cotangent.shape)")
    }
    return value.results.map(\.type)
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    writer.inline(value, Array(inputs.prefix(argumentCount + value.captures.count)))
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    let (arguments, captures, ruleCaptures) = split(inputs)
    var found: [Tensor?] = inputs.map { _ in nil }
    for (place, cotangent) in zip(places, rule(arguments + results + cotangents + ruleCaptures)) {
      found[place] = cotangent
    }
    let smooth = captures.indices.filter { captures[$0].dtype.isFloatingPoint }.map { argumentCount + $0 }
    for (place, cotangent) in zip(smooth, value.pulledBack(arguments + captures, cotangents, at: smooth)) {
      found[place] = cotangent
    }
    return found
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    let (arguments, captures, ruleCaptures) = split(inputs.batched(isBatched, size))
    func all(_ body: Subgraph, _ arguments: [Tensor]) -> [Tensor] {
      Tensors.vectorized(body, arguments, arguments.map { _ in true }, size: size)
    }
    let value = Subgraph(arguments.map(\.type)) { all(self.value, $0 + captures) }
    let rule = Subgraph(arguments.map(\.type) + value.results.map(\.type) + value.results.map(\.type)) {
      all(self.rule, $0 + ruleCaptures)
    }
    return Tensor.apply(
      CustomGradient(value: value, rule: rule, places: places), to: arguments + value.captures + rule.captures)
  }

  private func split(_ inputs: [Tensor]) -> (arguments: [Tensor], captures: [Tensor], ruleCaptures: [Tensor]) {
    let captured = inputs.dropFirst(argumentCount)
    return (
      Array(inputs.prefix(argumentCount)), Array(captured.prefix(value.captures.count)),
      Array(captured.dropFirst(value.captures.count))
    )
  }
}
