import Configuration

/// `[batch, …]` to `[batch, elements]`, in row-major order.
public struct Flatten: ComposableLayer {
  public static let declaration = Declaration(
    "flatten", "all elements of an example along one axis", standard: Flatten())

  public init() {}

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank >= 1 else {
      return .failed(Diagnostic(operation: label, message: "takes [batch, …]", inputs: [x.type]))
    }
    return x.reshape(to: [x.shape[0], x.shape.dropFirst().reduce(1, *)])
  }
}

/// Changes the shape of each example, in row-major order. One extent may be -1 and is inferred.
public struct Reshape: ComposableLayer {
  public static let declaration = Declaration(
    "reshape", "another shape of each example", standard: Reshape([-1]),
    settings: [
      Setting(
        "shape", \.extents, .integers(in: -1...1_000_000_000),
        "the shape of an example, without the batch axis; one extent may be -1 and is inferred")
    ])

  /// An example's shape, without the batch axis.
  public var shape: Shape

  public init(_ shape: Shape) { self.shape = shape }

  private var extents: [Int] {
    get { Array(shape) }
    set { shape = Shape(newValue) }
  }

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
