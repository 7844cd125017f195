extension Tensor {
  /// `e^x / sum(e^x)` along an axis, computed without overflow.
  public func softmax(axis: Int = -1, file: String = #fileID, line: Int = #line) -> Tensor {
    if let refused = refusal(axis, "softmax", file, line) { return refused }
    let last = rank - 1
    if axis == -1 || axis == last { return Tensor(Softmax(), [self], file: file, line: line) }
    return Tensor(Softmax(), [moveAxis(from: axis, to: last)], file: file, line: line).moveAxis(from: last, to: axis)
  }

  /// The logarithm of ``softmax(axis:file:line:)``, finite where that rounds to 0.
  public func logSoftmax(axis: Int = -1, file: String = #fileID, line: Int = #line) -> Tensor {
    if let refused = refusal(axis, "logSoftmax", file, line) { return refused }
    let shifted = shiftedBelowZero(axis)
    return shifted - shifted.exp().sum([axis], keepDims: true, file: file, line: line).log()
  }

  /// Subtracts the maximum along an axis as a constant, which changes no softmax.
  func shiftedBelowZero(_ axis: Int) -> Tensor { self - max([axis], keepDims: true).stopGradient() }

  private func refusal(_ axis: Int, _ operation: String, _ file: String, _ line: Int) -> Tensor? {
    if diagnostic != nil { return self }
    if (-rank..<rank).contains(axis), dtype.isFloatingPoint { return nil }
    let message = "needs floating-point elements and an existing axis, not \(axis)"
    return .failed(Diagnostic(operation: operation, message: message, inputs: [type], file: file, line: line))
  }

  /// The cross entropy `-sum(t log softmax(x))` of targets t and these logits x over the last axis, in float32 for float16 and
  /// bfloat16.
  ///
  /// ```swift
  /// let logits = Tensor([2.0, 1.0, 0.0, 0.0, 0.0, 0.0], shape: [2, 3])
  /// let targets = Tensor([1.0, 0.0, 0.0, 0.5, 0.5, 0.0], shape: [2, 3])
  /// print(try logits.softmaxCrossEntropy(targets).values(as: Double.self))  // [0.4076…, 1.0986…]
  /// ```
  /// - Parameter targets: of the type of the logits, `[…, classes]`; a row is a distribution, mostly.
  /// - Returns: `[…]`.
  public func softmaxCrossEntropy(_ targets: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor(CrossEntropy(), [self, targets], file: file, line: line)
  }
}
