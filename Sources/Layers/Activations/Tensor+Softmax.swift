extension Tensor {
  /// `e^x / sum(e^x)` along an axis, computed without overflow.
  public func softmax(axis: Int = -1, file: String = #fileID, line: Int = #line) -> Tensor {
    let powers = shiftedBelowZero(axis, "softmax", file, line).exp()
    return powers / powers.sum([axis], keepingAxes: true, file: file, line: line)
  }

  /// The logarithm of ``softmax(axis:file:line:)``, finite where that rounds to 0.
  public func logSoftmax(axis: Int = -1, file: String = #fileID, line: Int = #line) -> Tensor {
    let shifted = shiftedBelowZero(axis, "logSoftmax", file, line)
    return shifted - shifted.exp().sum([axis], keepingAxes: true, file: file, line: line).log()
  }

  /// Less the greatest along an axis, which changes no softmax and is held constant.
  private func shiftedBelowZero(_ axis: Int, _ operation: String, _ file: String, _ line: Int) -> Tensor {
    if diagnostic != nil { return self }
    guard (-rank..<rank).contains(axis), dtype.isFloatingPoint else {
      let message = "needs floating-point elements and an axis that is there, not \(axis)"
      return .failed(Diagnostic(operation: operation, message: message, inputs: [type], file: file, line: line))
    }
    return self - max([axis], keepingAxes: true, file: file, line: line).stopGradient()
  }
}
