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
      ["epsilon": DType.float64.literal(epsilon) + " : f64", "relu": "\(activation == .relu ? 1 : 0) : i64"], results)
  }
}

extension DType {
  /// A number as MLIR spells it.
  fileprivate func literal(_ value: Double) -> String {
    literal(withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init))
  }
}
