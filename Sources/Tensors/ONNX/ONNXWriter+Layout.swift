/// A stored tensor, and an order of axes it is wanted in.
struct ONNXArrangement: Hashable {
  let name: String
  let layout: [Int?]
  let target: [Int?]
}

// How views become stored elements.
extension ONNXWriter {
  /// The value with its stored axes in the order of `order`, which has all of them; axes of `order` that it doesn't store
  /// have extent 1. Axes of extent 1 in front are left out, unless `hasAll`.
  mutating func arranged(_ value: ONNXValue, as order: [Int], hasAll: Bool = false) -> ONNXValue {
    let own = Set(value.axes)
    func trimmed(_ layout: [Int?]) -> [Int?] { hasAll ? layout : Array(layout.drop { $0 == nil }) }
    let target = trimmed(order.map { own.contains($0) ? $0 : nil })
    // More axes of extent 1 in front than there are axes would add to those of a result.
    if trimmed(value.layout) == target, value.layout.count <= order.count { return value }
    let wanted = target.compactMap(\.self)
    if let tensor = value.constant {
      let shape = Shape(value.axes.map { value.shape[$0].fixed })
      let moved = tensor.reshape(to: shape).transpose(wanted.compactMap { value.axes.firstIndex(of: $0) })
      let extents = target.map { axis in axis.map { value.shape[$0].fixed } ?? 1 }
      return ONNXValue(.constant(moved.reshape(to: Shape(extents))), value.type, layout: target)
    }
    let arrangement = ONNXArrangement(name: name(of: value), layout: value.layout, target: target)
    return once(arrangement) { writer in
      var name = arrangement.name
      let units = value.layout.indices.filter { value.layout[$0] == nil }
      if !units.isEmpty { name = writer.add("Squeeze", [name, writer.integers(units)]) }
      if value.axes != wanted {
        let permutation = wanted.compactMap { value.axes.firstIndex(of: $0) }
        name = writer.add("Transpose", [name], ["perm": .integers(permutation)])
      }
      let gaps = target.indices.filter { target[$0] == nil }
      if !gaps.isEmpty { name = writer.add("Unsqueeze", [name, writer.integers(gaps)]) }
      return ONNXValue(.named(name), value.type, layout: target)
    }
  }

  /// The value with all of its axes stored, in the given order, by default its own.
  mutating func full(_ value: ONNXValue, _ order: [Int]? = nil) -> ONNXValue {
    let order = order ?? Array(0..<value.rank)
    let own = Set(value.axes)
    let missing = order.filter { !own.contains($0) && value.shape[$0] != SymbolicExtent(fixed: 1) }
    let stored = arranged(value, as: order, hasAll: true)
    let layout: [Int?] = order
    guard !missing.isEmpty else { return ONNXValue(stored.storage, value.type, layout: layout) }
    if let tensor = stored.constant, let shape = value.shape.fixedShape {
      let repeated = tensor.broadcast(to: Shape(order.map { shape[$0] }))
      return ONNXValue(.constant(repeated), value.type, layout: layout)
    }
    // An extent of 1 leaves the axis as it is.
    let name = name(of: stored)
    let repeats = extents(order.map { missing.contains($0) ? value.shape[$0] : SymbolicExtent(fixed: 1) })
    return ONNXValue(.named(add("Expand", [name, repeats])), value.type, layout: layout)
  }

  /// The stored elements in row-major order under another shape, seen as a value of that shape.
  /// - Parameter order: the order in which the value's axes are to be stored, by default its own.
  mutating func reshaped(
    _ value: ONNXValue, _ order: [Int]? = nil, to shape: [SymbolicExtent]
  ) throws -> ONNXValue {
    let order = order ?? Array(0..<value.rank)
    let stored = full(value, order)
    let extents = order.map { value.shape[$0] }
    let type = ONNXType(dtype: value.dtype, shape: shape)
    if extents == shape { return ONNXValue(stored.storage, type) }
    if let tensor = stored.constant, let fixed = shape.fixedShape {
      return ONNXValue(.constant(tensor.reshape(to: fixed)), type)
    }
    // 0 keeps the extent of the same axis, and one extent may be -1, which is what the others leave.
    var open = 0
    let target = shape.indices.map { axis in
      if shape[axis].isFixed { return shape[axis].fixed }
      if axis < extents.count, extents[axis] == shape[axis] { return 0 }
      open += 1
      return -1
    }
    guard open <= 1 else {
      throw ONNXFormError(message: "several extents of the shape \(shape) depend on the batch size N")
    }
    return ONNXValue(.named(add("Reshape", [name(of: stored), integers(target)])), type)
  }

  /// Applies an operator that works on corresponding elements and repeats axes of extent 1, as all of ONNX's do.
  ///
  /// The result's axes are in the order of the input that stores most of them, so that this moves as little as possible.
  mutating func elementwise(
    _ operation: String, _ inputs: [ONNXValue], _ result: ONNXType, _ attributes: [String: ONNXAttribute] = [:]
  ) -> ONNXValue {
    if operation != "Cast", inputs.contains(where: \.dtype.isShortInteger) {
      // ONNX Runtime computes with integers of 32 bits and more only.
      let wide = inputs.map { $0.dtype.isShortInteger ? cast($0, to: .int32) : $0 }
      let dtype = result.dtype.isShortInteger ? .int32 : result.dtype
      return cast(
        elementwise(operation, wide, ONNXType(dtype: dtype, shape: result.shape), attributes), to: result.dtype)
    }
    let all = Set(inputs.flatMap(\.axes))
    let leading = inputs.first { $0.axes.count == all.count && $0.constant == nil }
    let order = leading?.axes ?? inputs.first { $0.axes.count == all.count }?.axes ?? all.sorted()
    let names = inputs.map { input in name(of: arranged(input, as: order)) }
    return ONNXValue(.named(add(operation, names, attributes)), result, layout: order)
  }

  /// The value in another element type.
  mutating func cast(_ value: ONNXValue, to dtype: DType) -> ONNXValue {
    if value.dtype == dtype { return value }
    let type = ONNXType(dtype: dtype, shape: value.shape)
    if let tensor = value.constant { return ONNXValue(.constant(tensor.cast(to: dtype)), type, layout: value.layout) }
    return elementwise("Cast", [value], type, ["to": .integer(dtype.onnxCode)])
  }
}

extension DType {
  fileprivate var isShortInteger: Bool { isInteger && byteCount < 4 }
}
