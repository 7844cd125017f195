import PJRT

/// Products summed over the contracted axes, for each index of the batch axes.
///
/// The result's axes are the batch axes, then what is left of the first input, then of the second.
struct DotGeneral: Primitive {
  static let name = "dotGeneral"
  /// For each input, the axes run together and the axes summed over.
  let batch: (Axes, Axes)
  let contracted: (Axes, Axes)
  typealias Axes = [Int]

  static func == (x: DotGeneral, y: DotGeneral) -> Bool { x.batch == y.batch && x.contracted == y.contracted }

  func hash(into hasher: inout Hasher) {
    for axes in [batch.0, batch.1, contracted.0, contracted.1] { hasher.combine(axes) }
  }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let (x, y) = (inputs[0].shape, inputs[1].shape)
    guard inputs[0].dtype == inputs[1].dtype else {
      throw ShapeError("element types \(inputs[0].dtype) and \(inputs[1].dtype) differ: cast one of them")
    }
    try ElementDomain.numeric.check(inputs)
    guard batch.0.count == batch.1.count, contracted.0.count == contracted.1.count else {
      throw ShapeError("axes \(batch.0 + contracted.0) and \(batch.1 + contracted.1) don't pair up")
    }
    for (shape, axes) in [(x, batch.0 + contracted.0), (y, batch.1 + contracted.1)] {
      guard Set(axes).count == axes.count, axes.allSatisfy(shape.indices.contains) else {
        throw ShapeError("\(axes) aren't distinct axes of \(shape)")
      }
    }
    for (i, j) in zip(batch.0 + contracted.0, batch.1 + contracted.1) where x[i] != y[j] {
      throw ShapeError("axis \(i) of \(x) has extent \(x[i]), axis \(j) of \(y) has \(y[j]): they must agree")
    }
    return [
      TensorType(
        inputs[0].dtype,
        Shape(
          batch.0.map { x[$0] } + free(x, batch.0 + contracted.0).map { x[$0] }
            + free(y, batch.1 + contracted.1).map { y[$0] }))
    ]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    if let called = call(inputs, results, in: &writer) { return called }
    let batching = batch.0.isEmpty ? "" : "batching_dims = \(batch.0) x \(batch.1), "
    let precision = ProductPrecision.of(inputs[0].type.dtype).map { ", precision = [\($0), \($0)]" } ?? ""
    return writer.assign(
      "stablehlo.dot_general \(inputs[0]), \(inputs[1]), \(batching)contracting_dims = \(contracted.0) x "
        + "\(contracted.1)\(precision) : (\(inputs[0].type), \(inputs[1].type)) -> \(results[0])", results)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    let (x, y) = (inputs[0], inputs[1])
    let xFree = free(x.shape, batch.0 + contracted.0)
    let yFree = free(y.shape, batch.1 + contracted.1)
    let leading = Array(0..<batch.0.count)
    let rows = Array(leading.count..<leading.count + xFree.count)
    let columns = Array(leading.count + xFree.count..<results[0].rank)
    let (xAxes, yAxes) = ((batch.0, xFree, contracted.0), (batch.1, yFree, contracted.1))
    return [
      gradient(xAxes, cotangents[0], summed: (leading, columns), with: y, yAxes),
      gradient(yAxes, cotangents[0], summed: (leading, rows), with: x, xAxes),
    ]
  }

  /// The gradient of one input: the cotangent times the other input, summed over the other's free axes.
  ///
  /// A product has the batch axes first, then what is left of the first factor and of the second. Where the cotangent as
  /// second factor leaves all axes in their places, it is that; otherwise it is the first, and a transpose follows if
  /// need be.
  private func gradient(
    _ own: (batch: Axes, free: Axes, contracted: Axes), _ cotangent: Tensor, summed: (batch: Axes, free: Axes),
    with partner: Tensor, _ other: (batch: Axes, free: Axes, contracted: Axes)
  ) -> Tensor {
    let contracted = zip(own.contracted, other.contracted).sorted { $0.1 < $1.1 }.map(\.0)
    let reversed = own.batch + contracted + own.free
    if !own.free.isEmpty, reversed == Array(reversed.indices) {
      return Tensor(
        DotGeneral(batch: (other.batch, summed.batch), contracted: (other.free, summed.free)), [partner, cotangent])
    }
    var permutation = own.batch + own.free + contracted
    for (index, axis) in (own.batch + own.free + contracted).enumerated() { permutation[axis] = index }
    return Tensor(
      DotGeneral(batch: (summed.batch, other.batch), contracted: (summed.free, other.free)), [cotangent, partner]
    ).transpose(permutation)
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    let next = { (axes: Axes) in axes.map { $0 + 1 } }
    if isBatched[0], isBatched[1] {
      return Tensor.apply(
        DotGeneral(
          batch: ([0] + next(batch.0), [0] + next(batch.1)), contracted: (next(contracted.0), next(contracted.1))),
        to: inputs)
    }
    // One input is shared: the batch is one more free axis of the other, which the result has to lead with.
    let dot = DotGeneral(
      batch: isBatched[0] ? (next(batch.0), batch.1) : (batch.0, next(batch.1)),
      contracted: isBatched[0] ? (next(contracted.0), contracted.1) : (contracted.0, next(contracted.1)))
    let position =
      batch.0.count
      + (isBatched[0] ? 0 : inputs[0].rank - batch.0.count - contracted.0.count)
    return [Tensor(dot, inputs).moveAxis(from: position, to: 0)]
  }

  private func free(_ shape: Shape, _ taken: Axes) -> Axes { shape.indices.filter { !taken.contains($0) } }

  /// The product of matrices as a call of a kernel, nil if there is none for it.
  private func call(_ inputs: [Value], _ results: [TensorType], in writer: inout ProgramWriter) -> [Value]? {
    let rank = batch.0.count + 2
    let leading = Array(0..<batch.0.count)
    let types = inputs.map(\.type) + results
    // The same matrix twice: half of the product is enough.
    if writer.kernels.contains(.linearAlgebra), inputs[0].name == inputs[1].name, results[0].dtype == .float64,
      types.allSatisfy({ $0.shape.rank == rank && !$0.shape.contains(0) }), batch.0 == leading, batch.1 == leading,
      contracted.0 == [rank - 2], contracted.1 == [rank - 2]
    {
      return writer.call("gram.3", writer.matrixParts(of: inputs[0]), [:], results)
    }
    guard let call = kernelCall(for: types, writer.kernels) else { return nil }
    let matrices = zip(inputs, call.types).map { writer.reshape($0, to: $1.shape) }
    let product = writer.call(call.kernel, matrices, call.attributes, [call.types[2]])
    return [writer.reshape(product[0], to: results[0].shape)]
  }

  /// Whether a kernel computes an array plus the product times a number.
  ///
  /// - Parameter types: those of the two factors and of their product.
  func canBeAdded(_ types: [TensorType], _ kernels: Kernels) -> Bool {
    types[2].dtype == .float32 && kernelCall(for: types, kernels) != nil
  }

  /// Writes an array plus the product times a number.
  func emit(
    _ inputs: [Value], times number: Value, addedTo array: Value, to writer: inout ProgramWriter
  ) -> [Value] {
    guard let call = kernelCall(for: inputs.map(\.type) + [array.type], writer.kernels) else { return [] }
    let matrices = zip(inputs + [array], call.types).map { writer.reshape($0, to: $1.shape) }
    let sum = writer.call(
      call.kernel, matrices + [number], call.attributes, [call.types[2]], overwriting: inputs.count)
    return [writer.reshape(sum[0], to: array.type.shape)]
  }

  /// Products of elements from which on the kernel is faster than XLA. Vectors are always left to XLA, which puts their
  /// products together with what surrounds them.
  private static let fewest = 1 << 20
  /// Elements of a matrix from which on copies of its blocks are worth their time. The kernel makes none, oneDNN does.
  private static let large = 1 << 19

  /// The kernel that computes the product of two factors, what it takes besides them, and the types of factors and product as
  /// it sees them, `[batch…, rows, columns]`: axes that are run through or summed up one after the other are one of its axes.
  private func kernelCall(
    for types: [TensorType], _ kernels: Kernels
  ) -> (kernel: String, attributes: KeyValuePairs<String, String>, types: [TensorType])? {
    let leading = Array(0..<batch.0.count)
    guard batch.0 == leading, batch.1 == leading, let left = matrix(types[0].shape, contracted.0),
      let right = matrix(types[1].shape, contracted.1)
    else { return nil }
    let product = Shape(left.batch.dimensions + [left.free, right.free])
    let matrices = zip(types, [left.shape, right.shape, product]).map { TensorType($0.dtype, $1) }
    guard let kernel = kernel(for: matrices, inner: left.contracted, kernels) else { return nil }
    func flag(_ isSet: Bool) -> String { isSet ? "1 : i64" : "0 : i64" }
    return (
      kernel,
      ["transposed_left": flag(left.isContractedFirst), "transposed_right": flag(!right.isContractedFirst)], matrices
    )
  }

  /// A factor whose free axes and whose contracted axes lie side by side, in order.
  private struct Matrix {
    let batch: Shape
    let free: Int
    let contracted: Int
    let isContractedFirst: Bool

    var shape: Shape { Shape(batch.dimensions + (isContractedFirst ? [contracted, free] : [free, contracted])) }
  }

  /// A factor as a matrix for each index of the batch; nil for vectors, and for axes in another order.
  private func matrix(_ shape: Shape, _ contracted: Axes) -> Matrix? {
    let own = Array(shape.indices.dropFirst(batch.0.count))
    let free = own.filter { !contracted.contains($0) }
    guard !free.isEmpty, !contracted.isEmpty, !shape.contains(0), [free + contracted, contracted + free].contains(own)
    else { return nil }
    func extent(_ axes: Axes) -> Int { axes.map { shape[$0] }.reduce(1, *) }
    return Matrix(
      batch: Shape(shape.prefix(batch.0.count)), free: extent(free), contracted: extent(contracted),
      isContractedFirst: own == contracted + free)
  }

  /// The kernel for matrices of these types, two factors and their product.
  private func kernel(for types: [TensorType], inner: Int, _ kernels: Kernels) -> String? {
    let rank = types[2].shape.rank
    switch types[2].dtype {
    case .bfloat16: return kernels.contains(.bfloat16Product) && rank <= 6 ? "dot.1" : nil
    case .float32:
      guard types[2].shape.suffix(2).allSatisfy({ $0 >= 4 }), types[2].shape.elementCount * inner >= Self.fewest else {
        return nil
      }
      let isLarge = types.contains { Shape($0.shape.suffix(2)).elementCount >= Self.large }
      if isLarge, rank <= 6 { return kernels.contains(.largeProduct) ? "dot.1" : nil }
      return kernels.contains(.product) ? "product.1" : nil
    default: return nil
    }
  }
}

/// How exactly products and convolutions are computed.
enum ProductPrecision {
  /// XLA's word for it. By default accelerators round float32 to fewer bits before they multiply, NVIDIA's to
  /// TF32's 10 and TPUs to bfloat16's 7, so that float32 training there would not be what it is on a CPU. Other
  /// element types have one precision only.
  static func of(_ dtype: DType) -> String? { dtype == .float32 ? "HIGHEST" : nil }
}
