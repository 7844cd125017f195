/// A fully connected layer on the last axis: `x · kernel + bias`, kernel `[inputs, units]`, bias `[units]`.
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

/// A trainable vector for each integer in `0..<count`: `[batch, …]` to `[batch, …, size]`, table `[count, size]`.
///
/// Integers out of range are clamped to the first or last.
public struct Embedding: Layer {
  public var count: Int
  public var size: Int
  public var table: any Initializer

  /// - Parameter table: by default Keras' initializer; PyTorch draws from a normal distribution with σ = 1.
  public init(_ count: Int, size: Int, table: any Initializer = .uniform(limit: 0.05)) {
    self.count = count
    self.size = size
    self.table = table
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard count > 0, size > 0 else {
      let message = "needs a count and a size of 1 or more, not \(count) and \(size)"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    return scope.parameter("table", [count, size], table).take(x)
  }
}
