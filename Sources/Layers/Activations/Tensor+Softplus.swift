extension Tensor {
  /// log(1 + e^x), computed without overflow.
  public func softplus() -> Tensor {
    // At 0 the maximum gives the gradient a half and the absolute value none: together the right half.
    maximum(0) + (-abs()).exp().log1p()
  }
}
