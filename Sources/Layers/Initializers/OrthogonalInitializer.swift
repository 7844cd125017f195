import Configuration

/// A random matrix whose rows or columns, whichever are fewer, are orthogonal and of length `gain`
/// (Saxe et al. 2013), uniformly distributed over all such. Of a convolution kernel, the matrix
/// `[height·width·inputs, outputs]`.
public struct OrthogonalInitializer: Initializer {
  public static let name = "orthogonal"
  public static let summary = "A random orthogonal matrix (Saxe et al. 2013)."
  public static let parameters = [Parameter("gain", default: 1, "the length of rows or columns")]

  public var gain: Double

  public init(gain: Double = 1) { self.gain = gain }

  public init(from options: inout Options) throws(ConfigurationError) {
    gain = try options.number("gain", default: 1, in: -1e30...1e30)
  }

  public func callAsFunction(_ shape: Shape, dtype: DType, key: Key) -> Tensor {
    guard shape.rank >= 2, shape.allSatisfy({ $0 > 0 }) else {
      return .failed(Diagnostic(operation: Self.name, message: "makes matrices and kernels, not \(shape)"))
    }
    let (rows, columns) = (shape.dropLast().reduce(1, *), shape.last)
    let work: DType = dtype == .float64 ? .float64 : .float32
    let vectors = key.normal([Swift.min(rows, columns), Swift.max(rows, columns)], dtype: work).orthonormalized()
    return ((rows < columns ? vectors : vectors.transpose()) * gain).reshape(to: shape).cast(to: dtype)
  }
}

extension Initializer where Self == OrthogonalInitializer {
  /// ``OrthogonalInitializer``.
  public static func orthogonal(gain: Double = 1) -> Self { OrthogonalInitializer(gain: gain) }
}

extension Tensor {
  /// The rows `[n, m]`, n ≤ m, made orthonormal one after the other by Gram and Schmidt's process.
  func orthonormalized() -> Tensor {
    let count = shape[0]
    let positions = Tensor.iota([count, 1], axis: 0)
    return scan(carry: [zerosLike()], over: [self, Tensor.iota([count])]) { carry, elements in
      let known = carry[0]
      var row = elements[0].expand(at: 0)
      // Once isn't enough in floating point: the second time takes out what rounding left.
      for _ in 0..<2 { row = row - row.matmul(known.transpose()).matmul(known) }
      row = row / row.squared().sum().sqrt()
      return ([known.replaced(where: positions .== elements[1], by: row)], [])
    }.carry[0]
  }
}
