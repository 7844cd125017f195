/// A linear map of the last axis: `x · kernel + bias`, kernel `[inputs, units]`, bias `[units]`.
public struct Dense: Layer {
  public var units: Int
  public var hasBias: Bool
  public var kernel: any Initializer
  public var bias: any Initializer

  public init(
    _ units: Int, hasBias: Bool = true, kernel: any Initializer = .glorotUniform, bias: any Initializer = .zeros
  ) {
    self.units = units
    self.hasBias = hasBias
    self.kernel = kernel
    self.bias = bias
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard units > 0 else {
      return .failed(Diagnostic(operation: "dense", message: "needs 1 unit or more, not \(units)", inputs: [x.type]))
    }
    guard x.rank >= 2 else {
      return .failed(
        Diagnostic(operation: "dense", message: "takes [batch, …, inputs]: flatten or reshape first", inputs: [x.type]))
    }
    let product = x.matmul(scope.parameter("kernel", [x.shape.last, units], kernel))
    return hasBias ? product + scope.parameter("bias", [units], bias) : product
  }
}
