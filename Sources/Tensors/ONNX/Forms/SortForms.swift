// What is found at run time: orders, and blocks whose place depends on the inputs.

extension Sort: ONNXOperation {
  /// The operator for the greatest elements, which is stable, with as many as there are. It says nothing about NaN, so that
  /// these are moved to the end by sorting once more.
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) throws -> [ONNXValue] {
    let key = call.inputs[0]
    let order = key.axes.count == key.rank ? key.axes : Array(0..<key.rank)
    let place = order.firstIndex(of: axis) ?? axis
    let inputs = call.inputs.map { writer.full($0, order) }
    let count = writer.extents([key.shape[axis]])
    func places(_ value: ONNXValue, isDescending: Bool, in writer: inout ONNXWriter) -> String {
      let names = writer.add(
        "TopK", [writer.name(of: value), count],
        ["axis": .integer(place), "largest": .integer(isDescending ? 1 : 0), "sorted": .integer(1)], count: 2)
      return names[1]
    }
    func gathered(_ name: String, _ places: String, in writer: inout ONNXWriter) -> String {
      writer.add("GatherElements", [name, places], ["axis": .integer(place)])
    }
    var numbers = try writer.comparable(inputs[0])
    var found: String
    if key.dtype.isFloatingPoint {
      let type = ONNXType(dtype: .bool, shape: key.shape)
      let isNaN = writer.full(writer.elementwise("IsNaN", [numbers], type), order)
      let end = writer.scalar(isDescending ? -.infinity : .infinity, numbers.dtype)
      numbers = writer.full(writer.elementwise("Where", [isNaN, end, numbers], numbers.type), order)
      let first = places(numbers, isDescending: isDescending, in: &writer)
      // Where a number and NaN are equally far at the end, the number comes first.
      let flags = gathered(writer.name(of: writer.full(writer.cast(isNaN, to: .int32), order)), first, in: &writer)
      let stored = ONNXValue(.named(flags), ONNXType(dtype: .int32, shape: key.shape), layout: order)
      found = gathered(first, places(stored, isDescending: false, in: &writer), in: &writer)
    } else {
      found = places(numbers, isDescending: isDescending, in: &writer)
    }
    let sorted = zip(inputs, call.results).map { input, result in
      ONNXValue(.named(gathered(writer.name(of: input), found, in: &writer)), result, layout: order)
    }
    let indices = ONNXValue(.named(found), ONNXType(dtype: .int64, shape: key.shape), layout: order)
    return sorted + [writer.cast(indices, to: .int32)]
  }
}

extension ONNXWriter {
  /// A value in a type of at least its range that runtimes sort.
  fileprivate mutating func comparable(_ value: ONNXValue) throws -> ONNXValue {
    let dtype: DType =
      switch value.dtype {
      case .float32, .float64, .int32, .int64: value.dtype
      case .float16, .bfloat16: .float32
      case .bool, .int8, .uint8, .int16, .uint16: .int32
      case .uint32: .int64
      case .uint64: throw ONNXFormError(message: "no runtime sorts uint64")
      }
    return full(cast(value, to: dtype), value.axes)
  }

  /// Where a block begins along some axes, `int64[axes]`, moved so that the block stays inside.
  /// - Parameter starts: a scalar for each axis of the value.
  fileprivate mutating func starts(
    _ starts: [ONNXValue], _ axes: [Int], of shape: [SymbolicExtent], block: [SymbolicExtent]
  ) -> (starts: String, room: String) {
    let parts = axes.map { axis in
      add("Unsqueeze", [name(of: full(cast(starts[axis], to: .int64))), integers([0])])
    }
    let all = parts.count == 1 ? parts[0] : add("Concat", parts, ["axis": .integer(0)])
    let room = extents(
      axes.map {
        SymbolicExtent(
          perExample: shape[$0].perExample - block[$0].perExample, fixed: shape[$0].fixed - block[$0].fixed)
      })
    return (add("Max", [add("Min", [all, room]), integers([0])]), room)
  }
}

extension DynamicSlice: ONNXOperation {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] {
    let (input, result) = (call.inputs[0], call.results[0])
    // A block of the whole extent begins at 0, and an axis along which the value repeats is the same everywhere.
    let places = input.layout.indices.filter { place in
      input.layout[place].map { input.shape[$0] != result.shape[$0] } ?? false
    }
    guard !places.isEmpty else { return [input.seen(as: result.shape, layout: input.layout)] }
    let axes = places.compactMap { input.layout[$0] }
    let (starts, _) = writer.starts(Array(call.inputs.dropFirst()), axes, of: input.shape, block: result.shape)
    let ends = writer.add("Add", [starts, writer.extents(axes.map { result.shape[$0] })])
    let name = writer.add("Slice", [writer.name(of: input), starts, ends, writer.integers(places)])
    return [ONNXValue(.named(name), result, layout: input.layout)]
  }
}

extension DynamicUpdateSlice: ONNXOperation {
  /// The block is padded to the whole, and chosen where a mask that is padded alike says so.
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] {
    let (whole, block) = (call.inputs[0], call.inputs[1])
    guard whole.rank > 0 else { return [block] }
    let (starts, room) = writer.starts(
      Array(call.inputs.dropFirst(2)), Array(0..<whole.rank), of: whole.shape, block: block.shape)
    let pads = writer.add("Concat", [starts, writer.add("Sub", [room, starts])], ["axis": .integer(0)])
    func padded(_ value: ONNXValue, _ number: Double, in writer: inout ONNXWriter) -> ONNXValue {
      let names = [writer.name(of: writer.full(value)), pads, writer.name(of: writer.scalar(number, value.dtype))]
      return ONNXValue(.named(writer.add("Pad", names)), ONNXType(dtype: value.dtype, shape: whole.shape))
    }
    let truth = ONNXValue(.constant(Tensor(true)), ONNXType(dtype: .bool, shape: block.shape), layout: [])
    let inside = padded(truth, 0, in: &writer)
    return [writer.elementwise("Where", [inside, padded(block, 0, in: &writer), whole], call.results[0])]
  }
}
