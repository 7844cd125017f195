import PJRT

/// A primitive that a kernel of the engine computes where there is one for its arrays, and elementary operations otherwise.
protocol KernelPrimitive: Primitive {
  /// The call of a kernel; nil if the engine has none for these arrays.
  func call(_ inputs: [Value], _ results: [TensorType], in writer: inout ProgramWriter) -> [Value]?

  /// The same made of elementary operations.
  func composed(_ inputs: [Tensor]) -> [Tensor]
}

extension KernelPrimitive {
  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    call(inputs, results, in: &writer) ?? writer.inline(Subgraph(inputs.map(\.type), composed), inputs)
  }

  /// That of the elementary operations.
  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    Subgraph(inputs.map(\.type), composed).pulledBack(inputs, cotangents, at: Array(inputs.indices))
  }
}

extension ProgramWriter {
  /// A call of a kernel for arrays of float32 or bfloat16 with elements; nil if there is none.
  mutating func call(
    _ kernel: String, of kind: KernelSet, _ inputs: [Value], _ results: [TensorType],
    attributes: KeyValuePairs<String, String> = [:]
  ) -> [Value]? {
    let type = inputs[0].type
    guard kernels.contains(kind), [.float32, .bfloat16].contains(type.dtype), !type.shape.contains(0) else {
      return nil
    }
    return call(kernel, inputs, attributes, results)
  }
}
