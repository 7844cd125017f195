/// One of two traced functions, chosen by a predicate when the program runs.
///
/// Inputs: the predicate, then each branch's captures. Only the chosen branch runs.
struct Conditional: Primitive {
  static let name = "conditional"
  let then: Subgraph
  let otherwise: Subgraph

  var resultCount: Int { then.results.count }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard inputs.first == TensorType(.bool, []) else { throw ShapeError("the predicate must be a bool scalar") }
    let (types, others) = (then.results.map(\.type), otherwise.results.map(\.type))
    guard types == others else { throw ShapeError("the branches return different types: \(types) and \(others)") }
    return types
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    let name = writer.fresh()
    let types = results.map(\.description).joined(separator: ", ")
    writer.write("\(name)\(results.count > 1 ? ":\(results.count)" : "") = \"stablehlo.if\"(\(inputs[0])) ({")
    writer.region(then, branch(inputs, 0))
    writer.write("}, {")
    writer.region(otherwise, branch(inputs, 1))
    writer.write("}) : (\(inputs[0].type)) -> (\(types))")
    return results.enumerated().map {
      Value(name: results.count > 1 ? "\(name)#\($0.offset)" : name, type: $0.element)
    }
  }

  /// A conditional again: the chosen branch runs once more and is pulled back.
  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    let captures = [branch(inputs, 0), branch(inputs, 1)]
    let smooth = captures.map { own in own.indices.filter { own[$0].dtype.isFloatingPoint } }
    func pulled(_ index: Int, _ body: Subgraph) -> Subgraph {
      Subgraph {
        let found = body.pulledBack(captures[index], cotangents, at: smooth[index])
        let zeros = smooth[1 - index].map { captures[1 - index][$0].zerosLike() }
        return index == 0 ? found + zeros : zeros + found
      }
    }
    let found = Tensor.conditional(inputs[0], pulled(0, then), pulled(1, otherwise))
    var all: [Tensor?] = inputs.map { _ in nil }
    let start = 1 + captures[0].count
    let places: [Int] = smooth[0].map { $0 + 1 } + smooth[1].map { $0 + start }
    for (place, cotangent) in zip(places, found) { all[place] = cotangent }
    return all
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    func run(_ index: Int, _ body: Subgraph) -> [Tensor] {
      Tensors.vectorized(body, branch(inputs, index), branch(isBatched, index), size: size)
    }
    guard isBatched[0] else {
      return Tensor.conditional(inputs[0], Subgraph { run(0, then) }, Subgraph { run(1, otherwise) })
    }
    // Members choose differently: both branches run.
    return zip(run(0, then), run(1, otherwise)).map { chosen, other in
      Tensor(Select(), [Tensor(Broadcast(shape: chosen.shape, axes: [0]), [inputs[0]]), chosen, other])
    }
  }

  /// The part of the inputs, their flags or their values that belongs to a branch.
  private func branch<Element>(_ inputs: [Element], _ index: Int) -> [Element] {
    let captured = inputs.dropFirst()
    return Array(index == 0 ? captured.prefix(then.captures.count) : captured.dropFirst(then.captures.count))
  }
}
