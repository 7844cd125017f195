/// A trained vector for each integer in `0..<count`: `[batch, …]` to `[batch, …, size]`, table `[count, size]`.
///
/// Integers outside are clamped to the first or last.
public struct Embedding: Layer {
  public var count: Int
  public var size: Int
  public var table: any Initializer

  /// - Parameter table: Keras' default; PyTorch draws from a normal distribution of deviation 1.
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
