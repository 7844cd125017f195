/// The greatest element of each window; NaN if any is. Its cotangent goes to the first that is greatest.
struct WindowMaximum: WindowReduction {
  static let name = "windowMaximum"
  static let operation = "maximum"
  let geometry: WindowGeometry

  static func identity(_ dtype: DType) -> String { MaximumReduction.identity(dtype) }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    geometry.call("max_pool", inputs, results, over: inputs[0].type, in: &writer)
      ?? emitReduction(inputs, results, to: &writer)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    [Tensor(WindowMaximumGradient(geometry: geometry), inputs + results + cotangents)]
  }
}

extension WindowGeometry {
  /// Whether windows stand side by side and cover the beginning of every axis.
  func isTiling(_ input: Shape, _ result: Shape) -> Bool {
    input.indices.allSatisfy { axis in
      low[axis] == 0 && high[axis] == 0 && (strides[axis] == window[axis] || result[axis] == 1)
    }
  }

  /// Maximum pooling of images, or its gradient, as a call of a kernel, nil if there is none for it.
  func call(
    _ operation: String, _ inputs: [Value], _ results: [TensorType], over input: TensorType,
    in writer: inout ProgramWriter
  ) -> [Value]? {
    let rank = input.shape.rank
    guard writer.kernels.contains(.maximumPooling), [.float32, .bfloat16].contains(input.dtype), rank >= 3,
      window.last == 1, window.dropLast(3).allSatisfy({ $0 == 1 }),
      zip(window, zip(strides, low + high)).allSatisfy({ $0 == $1.0 && $1.1 == 0 }), high.allSatisfy({ $0 == 0 }),
      !(inputs.map(\.type) + results).contains(where: { $0.shape.contains(0) })
    else { return nil }
    let sides = Array(window.dropLast().suffix(2))
    return writer.call("\(operation).1", inputs, ["window": ProgramWriter.attribute(sides)], results)
  }
}
