// Axes and elements in other places. Transposing, repeating and adding or removing axes of extent 1 write nothing: the
// result is another view of what is stored.

extension Identity: ONNXOperation {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] { call.inputs }
}

extension StopGradient: ONNXOperation {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] { call.inputs }
}

extension Barrier: ONNXOperation {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] { call.inputs }
}

extension Transpose: ONNXOperation {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] {
    let layout = call.inputs[0].layout.map { axis in axis.flatMap { permutation.firstIndex(of: $0) } }
    return [call.inputs[0].seen(as: call.results[0].shape, layout: layout)]
  }
}

extension Broadcast: ONNXOperation {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] {
    let (input, shape) = (call.inputs[0], call.results[0].shape)
    let layout = input.layout.map { axis in
      axis.flatMap { input.shape[$0] == shape[axes[$0]] ? axes[$0] : nil }
    }
    return [input.seen(as: shape, layout: layout)]
  }
}

extension Reshape: ONNXOperation {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) throws -> [ONNXValue] {
    let (input, shape) = (call.inputs[0], call.results[0].shape)
    let one = SymbolicExtent(fixed: 1)
    let (before, after) = (
      input.shape.indices.filter { input.shape[$0] != one }, shape.indices.filter { shape[$0] != one }
    )
    guard before.map({ input.shape[$0] }) != after.map({ shape[$0] }) else {
      let places = Dictionary(uniqueKeysWithValues: zip(before, after))
      return [input.seen(as: shape, layout: input.layout.map { axis in axis.flatMap { places[$0] } })]
    }
    return [try writer.reshaped(input, to: shape)]
  }
}

extension Reverse: ONNXOperation {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] {
    let input = call.inputs[0]
    // An axis along which the value repeats is its own reverse.
    let places = input.layout.indices.filter { input.layout[$0].map(axes.contains) ?? false }
    guard !places.isEmpty else { return [input] }
    let bounds = [places.map { _ in -1 }, places.map { _ in Int(Int32.min) }, places, places.map { _ in -1 }]
    let name = writer.add("Slice", [writer.name(of: input)] + bounds.map { writer.integers($0) })
    return [ONNXValue(.named(name), call.results[0], layout: input.layout)]
  }
}

extension Slice: ONNXOperation {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) throws -> [ONNXValue] {
    let (input, result) = (call.inputs[0], call.results[0])
    var (starts, ends, places, steps): ([Int], [Int], [Int], [Int]) = ([], [], [], [])
    for (place, axis) in input.layout.enumerated() {
      guard let axis, input.shape[axis] != result.shape[axis] || strides[axis] != 1 || start[axis] != 0 else {
        continue
      }
      let extent = call.tensor.node.inputs[0].shape[axis]
      starts.append(start[axis])
      // Where the result grows with the batch, the limit is so far from the end of the axis.
      let isOpen = !result.shape[axis].isFixed
      ends.append(!isOpen ? limit[axis] : limit[axis] == extent ? Int(Int32.max) : limit[axis] - extent)
      places.append(place)
      steps.append(strides[axis])
    }
    guard !places.isEmpty else { return [input.seen(as: result.shape, layout: input.layout)] }
    let name = writer.add(
      "Slice", [writer.name(of: input)] + [starts, ends, places, steps].map { writer.integers($0) })
    return [ONNXValue(.named(name), result, layout: input.layout)]
  }
}

extension Concatenate: ONNXOperation {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] {
    let result = call.results[0]
    let whole = call.inputs.first { $0.axes.count == result.shape.count && $0.constant == nil }
    let order = whole?.axes ?? Array(result.shape.indices)
    let names = call.inputs.map { input in writer.name(of: writer.full(input, order)) }
    let place = order.firstIndex(of: axis) ?? axis
    return [ONNXValue(.named(writer.add("Concat", names, ["axis": .integer(place)])), result, layout: order)]
  }
}

extension Pad: ONNXOperation {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) throws -> [ONNXValue] {
    let input = call.inputs[0]
    var stored = writer.full(input, input.axes.count == input.rank ? input.axes : nil)
    var high = high
    for axis in interior.indices where interior[axis] > 0 && stored.shape[axis] != SymbolicExtent(fixed: 0) {
      // What is inserted behind the last element is cropped again.
      stored = try spread(stored, axis, call.inputs[1], in: &writer)
      high[axis] -= interior[axis]
    }
    let pads = writer.integers((stored.axes.map { low[$0] }) + stored.axes.map { high[$0] })
    let name = writer.add("Pad", [writer.name(of: stored), pads, writer.name(of: call.inputs[1])])
    return [ONNXValue(.named(name), call.results[0], layout: stored.layout)]
  }

  /// A value with padding behind each element along an axis.
  private func spread(
    _ value: ONNXValue, _ axis: Int, _ padding: ONNXValue, in writer: inout ONNXWriter
  ) throws -> ONNXValue {
    let (count, place) = (interior[axis] + 1, value.axes.firstIndex(of: axis) ?? axis)
    let apart = writer.add("Unsqueeze", [writer.name(of: value), writer.integers([place + 1])])
    let edges = (0...value.rank).map { $0 == place + 1 ? interior[axis] : 0 }
    let pads = writer.integers(edges.map { _ in 0 } + edges)
    let padded = writer.add("Pad", [apart, pads, writer.name(of: padding)])
    var stored = value.axes.map { value.shape[$0] }
    stored.insert(SymbolicExtent(fixed: count), at: place + 1)
    let (before, after) = (stored, value.axes.map { $0 == axis ? value.shape[$0].times(count) : value.shape[$0] })
    let type = ONNXType(dtype: value.dtype, shape: before)
    let merged = try writer.reshaped(ONNXValue(.named(padded), type), to: after)
    var shape = value.shape
    shape[axis] = shape[axis].times(count)
    return ONNXValue(merged.storage, ONNXType(dtype: value.dtype, shape: shape), layout: value.layout)
  }
}

extension SymbolicExtent {
  fileprivate func times(_ factor: Int) -> SymbolicExtent {
    SymbolicExtent(perExample: perExample * factor, fixed: fixed * factor)
  }
}

extension Iota: ONNXOperation {
  /// Only where the extent depends on the batch size or an axis beside it does; the others are constants.
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] {
    let result = call.results[0]
    let extent = result.shape[axis]
    if extent.isFixed {
      let numbers = Tensor.iota([extent.fixed], dtype: result.dtype)
      return [ONNXValue(.constant(numbers), result, layout: [axis])]
    }
    let zero = writer.name(of: writer.scalar(0, .int64))
    let count = writer.add("Squeeze", [writer.extents([extent])])
    let numbers = writer.add("Range", [zero, count, writer.name(of: writer.scalar(1, .int64))])
    let cast = writer.add("Cast", [numbers], ["to": .integer(result.dtype.onnxCode)])
    return [ONNXValue(.named(cast), result, layout: [axis])]
  }
}

extension Gather: ONNXOperation {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] {
    let (operand, indices, result) = (call.inputs[0], call.inputs[1], call.results[0])
    // The operators take indices of these types only.
    let isIndex = batchCount == 0 ? [.int32, .int64].contains(indices.dtype) : indices.dtype == .int64
    let places = writer.full(isIndex ? indices : writer.cast(indices, to: .int64))
    if batchCount == 0 {
      let rows = writer.full(operand)
      let name = writer.add("Gather", [rows, places].map { writer.name(of: $0) }, ["axis": .integer(axis)])
      return [ONNXValue(.named(name), result)]
    }
    // The axes of the operand after the shared ones and the one that is taken from.
    let shared = Array(0..<batchCount)
    let rest = (batchCount..<operand.rank).filter { $0 != axis }
    let rows = writer.full(operand, shared + [axis] + rest)
    let vectors = writer.add("Unsqueeze", [writer.name(of: places), writer.integers([-1])])
    let name = writer.add(
      "GatherND", [writer.name(of: rows), vectors], ["batch_dims": .integer(batchCount)])
    // Stored are the shared axes, those of the indices, the rest; the result has the indices' where the axis was.
    let count = indices.rank - batchCount
    let moved = rest.map { $0 < axis ? $0 : $0 - 1 + count }
    return [ONNXValue(.named(name), result, layout: shared + Array(axis..<axis + count) + moved)]
  }
}
