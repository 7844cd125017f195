import Configuration

/// A random matrix whose rows or columns, whichever are fewer, are orthogonal and of length `gain`
/// (Saxe et al. 2013, https://arxiv.org/abs/1312.6120), uniformly distributed over all such. Of a convolution kernel, the matrix
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
    let vectors = key.normal([Swift.min(rows, columns), Swift.max(rows, columns)], dtype: work).transpose()
    let (q, r) = vectors.qr()
    // The decomposition whose diagonal is positive is the only one, and uniformly distributed.
    let signs = (r * Tensor.identity(r.shape.last, dtype: work)).sum([0]).sign()
    let orthonormal = q * signs
    return ((rows < columns ? orthonormal.transpose() : orthonormal) * gain).reshape(to: shape).cast(to: dtype)
  }
}

extension Initializer where Self == OrthogonalInitializer {
  /// ``OrthogonalInitializer``.
  public static func orthogonal(gain: Double = 1) -> Self { OrthogonalInitializer(gain: gain) }
}
