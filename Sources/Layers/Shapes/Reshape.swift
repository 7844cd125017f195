/// The elements of each example under another shape, in row-major order. One extent may be -1: it is computed.
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
