/// A primitive that combines the elements along some axes, which then are gone.
protocol Reduction: Primitive {
  static var operation: String { get }
  var axes: [Int] { get }
  init(axes: [Int])
  /// The literal that changes nothing when combined.
  static func identity(_ dtype: DType) -> String
  static var domain: ElementDomain { get }
  /// Whether half precision is combined in `float32`, whatever the backend would do by itself.
  static var accumulates: Bool { get }
}

extension Reduction {
  static var accumulates: Bool { false }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try Self.domain.check(inputs)
    guard Set(axes).count == axes.count, axes.allSatisfy(inputs[0].shape.indices.contains) else {
      throw ShapeError("\(axes) aren't distinct axes of \(inputs[0].shape)")
    }
    return [TensorType(inputs[0].dtype, inputs[0].shape.removing(axes: axes))]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    emitReduction(inputs, results, to: &writer)
  }

  func emitReduction(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    let dtype = Self.accumulates ? results[0].dtype.accumulation : results[0].dtype
    let input = writer.convert(inputs[0], to: dtype)
    let initial = writer.scalar(Self.identity(dtype), dtype)
    let wide = TensorType(dtype, results[0].shape)
    let combined = writer.assign(
      "stablehlo.reduce(\(input) init: \(initial)) applies \(Self.operation) across dimensions = \(axes) : "
        + "(\(input.type), \(initial.type)) -> \(wide)", [wide])
    return combined.map { writer.convert($0, to: results[0].dtype) }
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(Self(axes: axes.map { $0 + 1 }), to: inputs)
  }

  /// `tensor`, of the result's shape, repeated along the reduced axes to the input's `shape`.
  func restored(_ tensor: Tensor, to shape: Shape) -> Tensor {
    Tensor(Broadcast(shape: shape, axes: shape.indices.filter { !axes.contains($0) }), [tensor])
  }
}

/// The greatest or least element: the cotangent goes to the elements equal to the result, in equal shares.
protocol ExtremeReduction: Reduction {}

extension ExtremeReduction {
  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    let isResult = (inputs[0] .== restored(results[0], to: inputs[0].shape)).cast(to: cotangents[0].dtype)
    let share = cotangents[0] / Tensor(Sum(axes: axes), [isResult])
    return [restored(share, to: inputs[0].shape) * isResult]
  }
}

/// The sum over some axes; that of half precision is added up in `float32`.
struct Sum: Reduction {
  static let name = "sum"
  static let operation = "stablehlo.add"
  static let domain = ElementDomain.numeric
  static let accumulates = true
  let axes: [Int]

  static func identity(_ dtype: DType) -> String { dtype.isFloatingPoint ? "0.0" : "0" }

  /// Elements and rows from which on the kernel is no slower than XLA's reduction, which also takes long to compile.
  private static let fewest = (elements: 1 << 9, rows: 16)

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    call(inputs, results, in: &writer) ?? emitReduction(inputs, results, to: &writer)
  }

  /// The sum over rows as a call of a kernel, nil if there is none for it.
  private func call(_ inputs: [Value], _ results: [TensorType], in writer: inout ProgramWriter) -> [Value]? {
    let (shape, sorted) = (inputs[0].type.shape, axes.sorted())
    guard writer.kernels.contains(.sum), [.float32, .bfloat16].contains(results[0].dtype), let first = sorted.first,
      let last = sorted.last, last - first + 1 == sorted.count, last < shape.rank - 1, !shape.contains(0),
      shape.elementCount >= Self.fewest.elements, sorted.reduce(1, { $0 * shape[$1] }) >= Self.fewest.rows,
      Shape(shape.dropFirst(last + 1)).elementCount > 1
    else { return nil }
    return writer.call(
      "sum.1", inputs, ["outer": "\(first) : i64", "rows": "\(sorted.count) : i64"], results)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    [restored(cotangents[0], to: inputs[0].shape)]
  }
}

/// The product over some axes.
struct Product: Reduction {
  static let name = "product"
  static let operation = "stablehlo.multiply"
  static let domain = ElementDomain.numeric
  let axes: [Int]

  static func identity(_ dtype: DType) -> String { dtype.isFloatingPoint ? "1.0" : "1" }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    // The product of the others, from those before and those after: dividing by the element fails at zeros,
    // and masking the zeros out loses their second derivatives.
    let x = inputs[0]
    let kept = x.shape.indices.filter { !axes.contains($0) }
    let moved = x.transpose(kept + axes)
    let rows = moved.reshape(to: Shape(kept.map { x.shape[$0] } + [axes.reduce(1) { $0 * x.shape[$1] }]))
    let others = rows.productBefore() * rows.reverse([-1]).productBefore().reverse([-1])
    var inverse = kept + axes
    for (index, axis) in (kept + axes).enumerated() { inverse[axis] = index }
    return [restored(cotangents[0], to: x.shape) * others.reshape(to: moved.shape).transpose(inverse)]
  }
}

extension Tensor {
  /// For each element of the last axis the product of those before it, by doubling strides.
  fileprivate func productBefore() -> Tensor {
    let one = Tensor(1, dtype: dtype)
    func shifted(_ tensor: Tensor, by count: Int) -> Tensor {
      let none = shape.map { _ in 0 }
      let low = Array(none.dropLast()) + [count]
      let high = Array(none.dropLast()) + [-count]
      return Tensor(Pad(low: low, high: high, interior: none), [tensor, one])
    }
    let extent = shape.last
    guard extent > 0 else { return self }
    var product = shifted(self, by: 1)
    var stride = 1
    while stride < extent {
      product = product * shifted(product, by: stride)
      stride *= 2
    }
    return product
  }
}

/// The greatest element over some axes; NaN if any is. Equal elements share the cotangent.
struct MaximumReduction: Reduction, ExtremeReduction {
  static let name = "max"
  static let operation = "stablehlo.maximum"
  static let domain = ElementDomain.any
  let axes: [Int]

  static func identity(_ dtype: DType) -> String {
    switch dtype {
    case .bool: "false"
    case .float32: "0xFF800000"
    case .float64: "0xFFF0000000000000"
    case .float16: "0xFC00"
    case .bfloat16: "0xFF80"
    default: dtype.isUnsigned ? "0" : "-\(UInt64(1) << (dtype.byteCount * 8 - 1))"
    }
  }
}

/// The least element over some axes; NaN if any is. Equal elements share the cotangent.
struct MinimumReduction: Reduction, ExtremeReduction {
  static let name = "min"
  static let operation = "stablehlo.minimum"
  static let domain = ElementDomain.any
  let axes: [Int]

  static func identity(_ dtype: DType) -> String {
    switch dtype {
    case .bool: "true"
    case .float32: "0x7F800000"
    case .float64: "0x7FF0000000000000"
    case .float16: "0x7C00"
    case .bfloat16: "0x7F80"
    default: "\(UInt64.max >> (64 - dtype.byteCount * 8 + (dtype.isUnsigned ? 0 : 1)))"
    }
  }
}

/// Each element replaced by the sum of those up to it along an axis, from the end if reversed.
struct CumulativeSum: Primitive {
  static let name = "cumulativeSum"
  let axis: Int
  var isReversed = false

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try ElementDomain.numeric.check(inputs)
    guard inputs[0].shape.indices.contains(axis) else { throw ShapeError("no axis \(axis) in \(inputs[0].shape)") }
    return inputs
  }

  /// A window as long as the axis, which XLA rewrites into a tree of short ones.
  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    let shape = inputs[0].type.shape
    let before = shape.indices.map { $0 == axis ? shape[axis] - 1 : 0 }
    let none = shape.map { _ in 0 }
    return writer.reduceWindow(
      inputs[0], by: "add", from: Sum.identity(inputs[0].type.dtype), window: before.map { $0 + 1 },
      strides: none.map { _ in 1 }, low: isReversed ? none : before, high: isReversed ? before : none,
      result: results[0])
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    Tensor.apply(CumulativeSum(axis: axis, isReversed: !isReversed), to: cotangents)
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(CumulativeSum(axis: axis + 1, isReversed: isReversed), to: inputs)
  }
}
