import PJRT

/// Batch normalization, or its gradient, as a call of a kernel.
extension BatchNormalization {
  /// - Parameter operation: the kernel's name.
  /// - Returns: nil if the engine has no kernel for it.
  func call(
    _ operation: String, _ inputs: [Value], _ results: [TensorType], in writer: inout ProgramWriter
  ) -> [Value]? {
    let type = inputs[0].type
    guard writer.kernels.contains(.batchNormalization), [.float32, .bfloat16].contains(type.dtype),
      !type.shape.contains(0)
    else { return nil }
    return writer.call(
      "\(operation).1", inputs,
      ["epsilon": ProgramWriter.attribute(epsilon), "relu": "\(activation == .relu ? 1 : 0) : i64"], results)
  }
}
