extension Tensor {
  /// log(1 + e^x), computed without overflow.
  public func softplus(file: String = #fileID, line: Int = #line) -> Tensor {
    // At 0 the maximum gives the gradient a half and the absolute value none: together the right half.
    maximum(0, file: file, line: line) + (-abs(file: file, line: line)).exp(file: file, line: line).log1p()
  }
}
