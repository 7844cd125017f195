import PJRT

/// A convolution, or one of its gradients, as a call of a kernel.
extension Convolution {
  /// - Parameter operation: the kernel's name.
  /// - Returns: nil if the engine has no kernel for it.
  func call(
    _ operation: String, _ inputs: [Value], _ results: [TensorType], in writer: inout ProgramWriter
  ) -> [Value]? {
    let needed: KernelSet
    switch results[0].dtype {
    case .float32: needed = .convolution
    case .bfloat16: needed = .bfloat16Convolution
    default: return nil
    }
    let types = inputs.map(\.type) + results
    guard writer.kernels.contains(needed), (1...3).contains(strides.count), inputDilation.allSatisfy({ $0 == 1 }),
      (low + high).allSatisfy({ $0 >= 0 }), !types.contains(where: { $0.shape.contains(0) })
    else { return nil }
    return writer.call(
      "\(operation).1", inputs,
      [
        "strides": ProgramWriter.attribute(strides), "low": ProgramWriter.attribute(low),
        "high": ProgramWriter.attribute(high), "dilation": ProgramWriter.attribute(kernelDilation),
        "groups": "\(groups) : i64",
      ], results)
  }
}
