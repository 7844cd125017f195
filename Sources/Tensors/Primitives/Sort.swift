/// Sorts tensors of one shape along an axis by the first of them: stable, NaN last, equal zeros equal.
///
/// Results: each input in its new order, then the order itself (int32): where along the axis each element
/// came from. The gradient needs the order; a program in which nothing reads it leaves it out.
struct Sort: SelectiveEmission {
  static let name = "sort"
  let axis: Int
  var operandCount = 1
  var isDescending = false

  var resultCount: Int { operandCount + 1 }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard let key = inputs.first, inputs.count == operandCount else {
      throw ShapeError("\(inputs.count) tensors where \(operandCount) are to be sorted")
    }
    guard key.shape.indices.contains(axis), key.shape[axis] <= Int(Int32.max) else {
      throw ShapeError("no axis \(axis) in \(key.shape) that int32 can count")
    }
    for input in inputs where input.shape != key.shape {
      throw ShapeError("\(input.shape) can't be sorted by \(key.shape): the shapes must agree")
    }
    return inputs + [TensorType(.int32, key.shape)]
  }

  func emit(
    _ inputs: [Value], _ results: [TensorType], used: [Bool], to writer: inout ProgramWriter
  ) -> [Value] {
    var operands = inputs
    let order = results[operandCount]
    if used[operandCount] { operands += writer.assign("stablehlo.iota dim = \(axis) : \(order)", [order]) }
    let elements = operands.flatMap { operand in
      (0..<2).map { _ in Value(name: writer.fresh("%a"), type: TensorType(operand.type.dtype, [])) }
    }
    let types = operands.map(\.type.description).joined(separator: ", ")
    let sorted = writer.regional(
      "\"stablehlo.sort\"(\(operands.map(\.name).joined(separator: ", "))) "
        + "<{dimension = \(axis) : i64, is_stable = true}>",
      over: elements, type: "(\(types)) -> (\(types))", operands.map(\.type)
    ) { writer in before(elements[0], elements[1], &writer) }
    return used[operandCount] ? sorted : sorted + [Value(name: "%unused", type: order)]
  }

  /// Whether `x` belongs before `y`.
  private func before(_ x: Value, _ y: Value, _ writer: inout ProgramWriter) -> Value {
    let precedes = writer.compare(isDescending ? .greater : .less, x, y)
    guard x.type.dtype.isFloatingPoint else { return precedes }
    // Comparisons with NaN are false: numbers come before it.
    let isNumber = writer.compare(.equal, x, x)
    let isNaN = writer.compare(.notEqual, y, y)
    return writer.binary("or", precedes, writer.binary("and", isNumber, isNaN))
  }

  /// Sorting the cotangents by where the elements came from puts them back.
  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    let smooth = inputs.indices.filter { inputs[$0].dtype.isFloatingPoint }
    let inverse = Sort(axis: axis, operandCount: smooth.count + 1)
    let restored = Tensor.apply(inverse, to: [results[operandCount]] + smooth.map { cotangents[$0] })
    var found: [Tensor?] = inputs.map { _ in nil }
    for (index, cotangent) in zip(smooth, restored.dropFirst()) { found[index] = cotangent }
    return found
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(
      Sort(axis: axis + 1, operandCount: operandCount, isDescending: isDescending),
      to: inputs.batched(isBatched, size))
  }
}
