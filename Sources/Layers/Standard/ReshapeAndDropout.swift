/// `[batch, …]` to `[batch, elements]`, in row-major order.
public struct Flatten: Layer {
  public init() {}

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank >= 1 else {
      return .failed(Diagnostic(operation: label, message: "takes [batch, …]", inputs: [x.type]))
    }
    return x.reshape(to: [x.shape[0], x.shape.dropFirst().reduce(1, *)])
  }
}

/// Changes the shape of each example, in row-major order. One extent may be -1 and is inferred.
public struct Reshape: Layer {
  /// An example's shape, without the batch axis.
  public var shape: Shape

  public init(_ shape: Shape) { self.shape = shape }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    let elements = x.shape.dropFirst().reduce(1, *)
    let known = shape.filter { $0 != -1 }.reduce(1, *)
    let open = shape.count { $0 == -1 }
    guard x.rank >= 1, open <= 1, shape.allSatisfy({ $0 >= -1 }),
      open == 0 ? known == elements : known > 0 && elements.isMultiple(of: known)
    else {
      let message = "an example of \(elements) elements can't take the shape \(shape)"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    return x.reshape(to: Shape([x.shape[0]] + shape.map { $0 == -1 ? elements / known : $0 }))
  }
}

/// In training, sets random elements to 0 and scales the others by `1/(1 - rate)`, which preserves the mean (Srivastava
/// et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html). Otherwise it changes nothing.
public struct Dropout: Layer {
  /// The probability of dropping an element, 0 or more and below 1.
  public var rate: Double

  public init(_ rate: Double) { self.rate = rate }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard rate >= 0, rate < 1 else {
      let message = "the rate is \(rate), but must be at least 0 and below 1"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    guard scope.isTraining, rate > 0 else { return x }
    let isKept = scope.key("mask").bernoulli(x.shape, probability: 1 - rate)
    return (x / (1 - rate)).replaced(where: .!isKept, by: 0)
  }
}
